"""A panel with a plot on which the user can paint data points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.catalog import Painted, PaintedCurve
from nnplay.experiment import Experiment
from nnplay.gui.panel.plot_panel import Floats, PlotPanel
from nnplay.translation import _


class PaintablePanel(PlotPanel):
    """Shows the painting tools above the plot while its points are painted ones."""

    def __init__(
        self,
        kind: type[Painted] | type[PaintedCurve],
        x_title: str,
        y_title: str,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        """Make the plot; `kind` is the data set that painting makes."""
        # Late: it needs pyqtgraph, and the window is first painted without it.
        from nnplay.gui.painting.paint_controller import COPY_TIP, PaintController

        super().__init__(x_title, y_title, name, parent=parent)
        self._tip = _(COPY_TIP)
        self._was_painted = False
        self.paint_controller = PaintController(kind, self.plot, self, self)
        self.paint_controller.edited.connect(self.edited)

    def show_experiment(self, experiment: Experiment) -> None:
        """Offer the painting tools where the data are painted, or can be turned into such."""
        self.paint_controller.show_experiment(experiment)

    def show_blank(self) -> None:
        """Show an empty plot to paint on."""
        from nnplay.gui.painting.view_range import blank_home

        self.clear_points()
        if not self._was_painted:
            self._was_painted = True
            self.home = blank_home()
            self.reset_view()
        self.set_empty("")

    def clear_points(self) -> None:
        """Remove all points and what was drawn for them."""
        raise NotImplementedError

    def places(self) -> tuple[Floats, Floats]:
        """Return x and y of the points on the plot, both of shape (n,)."""
        raise NotImplementedError

    def show_only(self, kept: npt.NDArray[np.bool_]) -> None:
        """Hide the points for which `kept`, of shape (n,), is false, while they are erased."""
        raise NotImplementedError

    def lay_out(self, *widgets: QWidget) -> None:
        """Put the painting tools, other widgets and the plot below each other."""
        self.add_reset_tool(_("Show all points again"))
        self.paint_controller.set_copy_button(
            self.add_tool(_("Paint"), self._tip, self.paint_controller.copy_points, key="P")
        )
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.paint_controller, *widgets):
            layout.addWidget(widget)
        layout.addWidget(self.plot, 1)
        self.set_content(content)

    def show_home(self, home: QRectF, x: Floats, y: Floats) -> None:
        """Show all points at x and y, both (n,), in the view `home`.

        Painted points get more room around them, and their view does not move with every stroke.
        """
        from nnplay.gui.painting.view_range import painted_home, stays

        was_painted, self._was_painted = self._was_painted, self.paint_controller.is_open
        self.home = painted_home(x, y) if self._was_painted else home
        self.clear()
        self.paint_controller.canvas.settle()
        keeps_view = was_painted and self._was_painted
        if not (keeps_view and stays(self.plot.getViewBox().viewRect(), x, y)):
            self.reset_view()
