"""The regression: all points, and the curve that the network draws through them."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.catalog import DataSpec, PaintedCurve
from nnplay.data.arrays import Parts
from nnplay.engine.probes.fit import FitCurve
from nnplay.experiment import Experiment
from nnplay.gui.painting.paint_controller import COPY_TIP, PaintController
from nnplay.gui.painting.view_range import blank_home, painted_home, stays
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.roles import FIT, Role
from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.metric_block import Corner, Figure, MetricBlock, number
from nnplay.gui.views.plots.density import DensityItem, Floats
from nnplay.gui.views.plots.plot import Plot
from nnplay.link import Frame, PayloadKind
from nnplay.translation import _

LINE_WIDTH = 3
_NOTHING = np.empty(0, dtype=np.float32)


class FitPanel(Panel):
    """Points of one input and one output, with the fitted curve and its figures on top."""

    role: ClassVar[Role] = FIT
    wants: ClassVar[frozenset[PayloadKind]] = frozenset({FitCurve})
    min_interval_ms: ClassVar[int] = 16

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_(self.role.heading), parent)
        self.plot = Plot("x", "y", self)
        self.plot.setAccessibleName(_("Data points with the fitted curve"))
        self.points = DensityItem()
        self.curve = pg.PlotCurveItem(skipFiniteCheck=True)
        self.plot.addItem(self.points, ignoreBounds=True)
        self.plot.addItem(self.curve, ignoreBounds=True)
        self.curve.setZValue(10)
        self.figures = MetricBlock(self.plot)
        self.plot.area_changed.connect(self.figures.set_area)
        self._home = QRectF(-1, -1, 2, 2)
        self.add_tool(
            _("Reset view"), _("Show all points again"), self.reset_view,
            key="A", icon="whole",
        )  # fmt: skip
        self.paint_controller = PaintController(PaintedCurve, self.plot, self, self)
        self.paint_controller.edited.connect(self.edited)
        self.paint_controller.set_copy_button(
            self.add_tool(_("Paint"), _(COPY_TIP), self.paint_controller.copy_points, key="P")
        )
        self._was_painted = False
        self._places: tuple[Floats, Floats] = (_NOTHING, _NOTHING)
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.paint_controller)
        layout.addWidget(self.plot, 1)
        self.set_content(content)
        self._say_no_data()
        bus.changed.connect(self._recolour)
        self._recolour()

    def show_experiment(self, experiment: Experiment) -> None:
        """Offer to paint where the data are painted, or can be."""
        self.paint_controller.show_experiment(experiment)

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show every point of all parts, and fit the view to them."""
        if not self.fits(spec):
            self._say_no_data()
            return
        every = (parts.train, parts.validation, parts.test)
        x = np.concatenate([part.x.reshape(-1) for part in every])
        y = np.concatenate([np.asarray(part.y, dtype=np.float32).reshape(-1) for part in every])
        self.show_points(x, y)

    def show_points(self, x: Floats, y: Floats) -> None:
        """Show points, both of shape (n,), and fit the view to them."""
        self._places = (x, y)
        self.points.set_points(x, y)
        across, up = self.points.dataBounds(0), self.points.dataBounds(1)
        if across is None or up is None:
            self._say_no_data()
            return
        self.set_empty("")
        self.set_note(_("{count:,} points").format(count=len(x)))
        wide, high = (across[1] - across[0]) or 2.0, (up[1] - up[0]) or 2.0
        self._home = QRectF(across[0] - 0.03 * wide, up[0] - 0.06 * high, 1.06 * wide, 1.12 * high)
        was_painted, self._was_painted = self._was_painted, self.paint_controller.is_open
        if self.paint_controller.is_open:
            self._home = painted_home(x, y)
        self.figures.set_corner(_emptier_top_corner(x, y))
        self.clear()
        self.paint_controller.canvas.settle()
        view = self.plot.getViewBox().viewRect()
        if not (self.paint_controller.is_open and was_painted and stays(view, x, y)):
            self.reset_view()

    def show_blank(self) -> None:
        """Show an empty plot to paint on."""
        self._places = (_NOTHING, _NOTHING)
        self.points.set_points(*self._places)
        self.curve.setData([], [])
        self.figures.set_metrics([Figure(_("No points yet: paint some"))])
        self.set_note("")
        if not self._was_painted:
            self._was_painted = True
            self._home = blank_home()
            self.reset_view()
        self.set_empty("")

    def places(self) -> tuple[Floats, Floats]:
        """Return where the points are, x and y of shape (n,)."""
        return self._places

    def show_only(self, kept: npt.NDArray[np.bool_]) -> None:
        """Hide those points where `kept`, of shape (n,), is false."""
        x, y = self._places
        self.points.set_points(x[kept], y[kept])

    def show_frame(self, frame: Frame) -> None:
        """Draw the curve of this moment."""
        fit = frame.get(FitCurve)
        if fit is None:
            return
        if np.isfinite(fit.y).all():
            # Beyond this a painter's coordinates overflow; nobody can see so far out anyway.
            far = 1000 * self._home.height()
            middle = self._home.center().y()
            self.curve.setData(fit.x, np.clip(fit.y, middle - far, middle + far))
        else:
            self.curve.setData([], [])
        self.figures.set_metrics(self._figures_of(frame, fit))

    def clear(self) -> None:
        """Take the curve away."""
        self.curve.setData([], [])
        self.figures.set_metrics([Figure(_("Press Train to fit the curve"))])

    def reset_view(self) -> None:
        """Show all points."""
        self.plot.getViewBox().setRange(self._home, padding=0)

    @staticmethod
    def _figures_of(frame: Frame, fit: FitCurve) -> list[Figure]:
        figures = [Figure(_("loss"), number(frame.loss))]
        if fit.weight is not None:
            figures.append(Figure(_("weight"), number(fit.weight)))
        if fit.bias is not None:
            figures.append(Figure(_("bias"), number(fit.bias)))
        step, epoch = frame.step, frame.progress.epoch
        if round(epoch) != step:
            figures.append(Figure(_("epoch"), f"{epoch:,.2f}"))
            figures.append(Figure(_("step"), f"{step:,}"))
        else:  # a full batch: the two count the same
            figures.append(Figure(_("epoch"), f"{step:,}"))
        return figures

    def _say_no_data(self) -> None:
        self.set_note("")
        self.set_empty(
            _("Here a curve is fitted to points.\nChoose data with one number in and one out.")
        )

    def _recolour(self) -> None:
        look = theme()
        self.points.set_colours(look.points, look.surface)
        self.curve.setPen(pg.mkPen(look.fit, width=LINE_WIDTH, capStyle=Qt.PenCapStyle.RoundCap))
        self.curve.setShadowPen(pg.mkPen(look.surface, width=LINE_WIDTH + 3))


def _emptier_top_corner(x: Floats, y: Floats) -> Corner:
    """Return the upper corner with fewer points, where the figures hide least."""
    every = max(1, len(x) // 10_000)  # so many say it as well as all
    x, y = x[::every], y[::every]
    upper = y > np.quantile(y, 0.6)
    left = np.count_nonzero(upper & (x < np.quantile(x, 0.4)))
    right = np.count_nonzero(upper & (x > np.quantile(x, 0.6)))
    return "top-left" if left <= right else "top-right"


if __name__ == "__main__":
    from nnplay.gui.panels.preview import main

    raise SystemExit(main(FitPanel))
