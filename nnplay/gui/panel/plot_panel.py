"""A panel with one plot, a block of metrics on it, and a view to come back to."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget

from nnplay.gui.panel.panel import Panel
from nnplay.gui.style.theme import Role, bus
from nnplay.gui.views.metric_block import Corner, MetricBlock
from nnplay.translation import _

Floats = npt.NDArray[np.float32]
_FAR = 1000.0
"""Heights of the home view beyond which a painter's coordinates may overflow."""


class PlotPanel(Panel):
    """Colours its lines by names of the theme, so that they follow a change of the theme.

    pyqtgraph is imported when a panel is built: the window is first painted without it.
    """

    def __init__(
        self,
        x_title: str,
        y_title: str,
        name: str,
        *,
        corner: Corner = "top-left",
        role: Role = "body",
        parent: QWidget | None = None,
    ) -> None:
        """Make the plot; `name` is for screen readers, `corner` and `role` are for the metrics."""
        from nnplay.gui.views.plots.plot import Plot

        super().__init__(parent)
        self.plot = Plot(x_title, y_title, self)
        self.plot.setAccessibleName(name)
        self.metrics = MetricBlock(self.plot, corner, role)
        self.plot.area_changed.connect(self.metrics.set_area)
        self.home = QRectF(-1, -1, 2, 2)
        """What `reset_view` shows."""
        self._lines: list[tuple[Any, str, float, bool]] = []
        bus.changed.connect(self._recolour)

    def add_curve(self, colour: str, width: float = 2, *, dashed: bool = False) -> Any:
        """Add an empty `pyqtgraph.PlotCurveItem` in a colour of the theme."""
        import pyqtgraph as pg

        return self._add_line(pg.PlotCurveItem(skipFiniteCheck=True), colour, width, dashed)

    def add_marker(self, colour: str, *, x: float | None = None, y: float = 0.0) -> Any:
        """Add a thin line across the plot: vertical at `x`, or a dashed one at the height `y`."""
        import pyqtgraph as pg

        if x is not None:
            return self._add_line(pg.InfiniteLine(x, angle=90, movable=False), colour, 1, False)
        return self._add_line(pg.InfiniteLine(y, angle=0, movable=False), colour, 1, True)

    def add_points(self) -> Any:
        """Add an empty `DensityItem`, for any number of points."""
        from nnplay.gui.views.plots.density import DensityItem

        points = DensityItem()
        self.plot.addItem(points, ignoreBounds=True)
        return points

    def add_reset_tool(self, tip: str) -> None:
        """Add the button that shows the home view again."""
        self.add_tool(_("Reset view"), tip, self.reset_view, key="A", icon="whole")

    def reset_view(self) -> None:
        """Show the home view."""
        self.plot.getViewBox().setRange(self.home, padding=0)

    def clipped(self, y: Floats) -> Floats:
        """Return values cut off far outside the home view; NaN counts as too high."""
        middle, far = self.home.center().y(), _FAR * self.home.height()
        return np.clip(np.nan_to_num(y, nan=np.inf), middle - far, middle + far)

    def pen_of(self, line: Any) -> QPen:
        """Return the pen of a line that was added, in the current theme."""
        from nnplay.gui.views.plots.plot import plot_pen

        _item, colour, width, dashed = next(one for one in self._lines if one[0] is line)
        return plot_pen(colour, width, dashed)

    def _add_line(self, item: Any, colour: str, width: float, dashed: bool) -> Any:
        self._lines.append((item, colour, width, dashed))
        self.plot.addItem(item, ignoreBounds=True)
        item.setPen(self.pen_of(item))
        return item

    def _recolour(self) -> None:
        for line, _colour, _width, _dashed in self._lines:
            line.setPen(self.pen_of(line))
