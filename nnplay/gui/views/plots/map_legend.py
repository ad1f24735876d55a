"""Legends of a map of the plane: the marks of many classes, and a colour scale of values."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.views.colours import mix
from nnplay.gui.views.metric_block import number
from nnplay.gui.views.plots.markers import draw_mark, shape_name
from nnplay.gui.views.plots.prediction_image import GROUND
from nnplay.translation import _

_MARK = 10
_GAP = 5
_ROW = 18
_SCALE_WIDTH = 96
_SIDE = SPACE * 3 // 2


class ClassLegend(QWidget):
    """The marks and names of classes, in as many rows as the width requires."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        bus.changed.connect(self.update)

    def show_names(self, names: tuple[str, ...], held_out: bool) -> None:
        """Show the names of the classes in order, and whether some points are hollow."""
        self._names = names
        lines = [f"{name}: {shape_name(index)}" for index, name in enumerate(names)]
        lines.append(_("The paler the background, the less confident the prediction."))
        if held_out:
            lines.append(_("Hollow points are held out from training."))
        self.setToolTip(plain("\n".join(lines)))
        self.setAccessibleName(", ".join(lines))
        self.updateGeometry()
        self.update()

    def places(self, width: int) -> list[QRectF]:
        """Return the rectangles of mark and name of each class at a width of the legend."""
        metrics = QFontMetricsF(font("small"))
        left, top = float(_SIDE), 0.0
        found: list[QRectF] = []
        for name in self._names:
            # A name longer than a whole row is cut off.
            wide = min(_MARK + _GAP + metrics.horizontalAdvance(name) + 2, width - 2 * _SIDE)
            if found and left + wide > width - _SIDE:
                left, top = float(_SIDE), top + _ROW
            found.append(QRectF(left, top, wide, _ROW))
            left += wide + SPACE
        return found

    def heightForWidth(self, width: int) -> int:
        """Return the height of the rows."""
        found = self.places(width)
        return ceil(found[-1].bottom()) if found else 0

    def sizeHint(self) -> QSize:
        """Return the room for one row; the layout asks again once it knows the width."""
        return QSize(160, _ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw marks and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        metrics = QFontMetricsF(font("small"))
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for index, place in enumerate(self.places(self.width())):
            draw_mark(painter, index, QPointF(place.left() + _MARK / 2, place.center().y()), _MARK)
            room = place.adjusted(_MARK + _GAP, 0, 0, 0)
            name = self._names[index]
            name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width())
            painter.setPen(QColor(theme().text))
            painter.drawText(room, left, name)
        painter.end()


class ScaleLegend(QWidget):
    """The colours of a map of values, with the smallest and the largest of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ends = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        bus.changed.connect(self.update)

    def show_range(self, low: float, high: float, held_out: bool) -> None:
        """Show the range of values, and whether some points are held out from training."""
        self._ends = number(low, 3), number(high, 3)
        text = _("Colours show targets (points) and predictions (background) from {low} to {high}.")
        text = text.format(low=self._ends[0], high=self._ends[1])
        if held_out:
            text += " " + _("Points with a bold outline are held out from training.")
        self.setToolTip(plain(text))
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @property
    def ends(self) -> tuple[str, str]:
        """The texts at both ends."""
        return self._ends

    def sizeHint(self) -> QSize:
        """Return the room for both numbers and the scale."""
        metrics = QFontMetricsF(font("small"))
        words = sum(metrics.horizontalAdvance(end) for end in self._ends)
        return QSize(ceil(words + _SCALE_WIDTH + 2 * SPACE + 4), 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw number, scale, number."""
        look = theme()
        painter = QPainter(self)
        painter.setFont(font("small"))
        painter.setPen(QColor(look.text))
        whole = QRectF(self.rect()).adjusted(2, 0, -2, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(whole, middle | Qt.AlignmentFlag.AlignLeft, self._ends[0])
        painter.drawText(whole, middle | Qt.AlignmentFlag.AlignRight, self._ends[1])
        left = whole.left() + QFontMetricsF(font("small")).horizontalAdvance(self._ends[0]) + SPACE
        bar = QRectF(left, self.height() / 2 - 4, _SCALE_WIDTH, 8)
        blend = QLinearGradient(bar.topLeft(), bar.topRight())
        blend.setColorAt(0, QColor(mix(look.classes[0], look.surface, GROUND)))
        blend.setColorAt(0.5, QColor(look.surface))
        blend.setColorAt(1, QColor(mix(look.classes[1], look.surface, GROUND)))
        painter.setPen(QPen(QColor(look.border), 1))
        painter.setBrush(blend)
        painter.drawRect(bar)
        painter.end()
