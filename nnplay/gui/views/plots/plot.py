"""A plot in the colours of the theme, which can be zoomed, panned and reset."""

from __future__ import annotations

from html import escape

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from nnplay.gui.style.plain import shortened
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.style.zoom import px


def _colour_pyqtgraph() -> None:
    look = theme()
    pg.setConfigOptions(background=look.surface, foreground=look.muted, antialias=True)


bus.changed.connect(_colour_pyqtgraph)
_colour_pyqtgraph()


def plot_pen(colour: str, width: float = 1, dashed: bool = False) -> QPen:
    """Return a pen in a colour of the theme, given by its name; `width` is in pixels."""
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    pen = pg.mkPen(getattr(theme(), colour), width=width, style=style)
    assert isinstance(pen, QPen)
    return pen


LONGEST_TITLE = 60
"""Characters of the title of an axis."""
BOTTOM = 34
"""Height of the numbers and the title of the x axis together, at 100 %."""


class Plot(pg.PlotWidget):  # type: ignore[misc] # pyqtgraph has no annotations
    """Two axes with titles and a faint grid; emits a signal when the user changes the view."""

    view_changed_by_hand = Signal()
    area_changed = Signal(QRectF)
    """The inside of the axes in pixels of this widget."""

    def __init__(
        self,
        x_title: str,
        y_title: str,
        parent: QWidget | None = None,
        y_axis: pg.AxisItem | None = None,
    ) -> None:
        super().__init__(parent, axisItems={"left": y_axis} if y_axis is not None else None)
        self._titles = {"bottom": x_title, "left": y_title}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setMinimumSize(120, 80)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.plotItem.setContentsMargins(0, SPACE / 2, SPACE, 0)
        for axis in self.axes():
            axis.enableAutoSIPrefix(False)
            # The grid and the numbers are drawn when they change, not with every frame.
            axis.setCacheMode(pg.QtWidgets.QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.plotItem.showGrid(x=True, y=True, alpha=0.18)
        self.getViewBox().sigResized.connect(self._tell_area)
        self.getViewBox().sigRangeChangedManually.connect(self._tell)
        bus.changed.connect(self.recolour)
        self.recolour()

    def axes(self) -> tuple[pg.AxisItem, pg.AxisItem]:
        """Return the x and the y axis."""
        return self.getAxis("bottom"), self.getAxis("left")

    def set_title(self, side: str, title: str) -> None:
        """Set the title of the axis on that side, `bottom` or `left`."""
        self._titles[side] = title
        self.recolour()

    def recolour(self) -> None:
        """Use the colours of the current theme."""
        if self.plotItem is None:  # closed, and still there until Qt deletes it
            return
        look = theme()
        self.setBackground(QColor(look.surface))
        for side, title in self._titles.items():
            axis = self.getAxis(side)
            axis.setStyle(tickFont=font("small"), tickTextOffset=4, tickLength=-4, maxTickLevel=1)
            axis.setPen(pg.mkPen(look.border))
            axis.setTickPen(pg.mkPen(look.muted))
            axis.setTextPen(pg.mkPen(look.muted))
            # pyqtgraph renders it as HTML.
            axis.setLabel(
                escape(shortened(title, LONGEST_TITLE)),
                color=look.muted,
                **{"font-size": f"{px(11)}px"},
            )
            axis.label.setFont(font("small"))
        self.getAxis("bottom").setHeight(px(BOTTOM))

    def _tell(self, *_: object) -> None:
        self.view_changed_by_hand.emit()

    def _tell_area(self, box: pg.ViewBox) -> None:
        inside = self.mapFromScene(box.sceneBoundingRect()).boundingRect()
        self.area_changed.emit(QRectF(inside))
