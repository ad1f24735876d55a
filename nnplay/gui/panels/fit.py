"""The fit of a regression: all points, and the curve of the network through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec, PaintedCurve
from nnplay.engine.probes.fit import FitCurve
from nnplay.gui.painting.paintable_panel import PaintablePanel
from nnplay.gui.panel.loss_metrics import loss_metrics
from nnplay.gui.panel.plot_panel import Floats
from nnplay.gui.panel.registry import panel
from nnplay.gui.views.metric_block import Corner, Metric, number
from nnplay.link import Frame
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts

LINE_WIDTH = 3
_NO_POINTS = np.empty(0, dtype=np.float32)
_MOST_COUNTED = 10_000
"""Points that are enough to find the emptier corner."""


@panel(
    n_("Fit"),
    "centre",
    10,
    fits=lambda spec: spec.is_curve,
    wants=(FitCurve,),
    min_interval_ms=16,
)
class FitPanel(PaintablePanel):
    """Points with one input and one output, with the fitted curve and its metrics on top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        name = _("Data points with the fitted curve")
        super().__init__(PaintedCurve, "x", "y", name, parent)
        self.points = self.add_points()
        self.curve = self.add_curve("fit", LINE_WIDTH)
        self.curve.setZValue(10)
        self._places: tuple[Floats, Floats] = (_NO_POINTS, _NO_POINTS)
        self.lay_out()
        self._show_why_empty()
        self._recolour()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show every point of all parts, and fit the view to them."""
        if not self.fits(spec):
            self._show_why_empty()
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
            self._show_why_empty()
            return
        self.set_empty("")
        self.set_note(_("{count:,} points").format(count=len(x)))
        width, height = (across[1] - across[0]) or 2.0, (up[1] - up[0]) or 2.0
        self.metrics.set_corner(_emptier_top_corner(x, y))
        home = QRectF(across[0] - 0.03 * width, up[0] - 0.06 * height, 1.06 * width, 1.12 * height)
        self.show_home(home, x, y)

    def clear_points(self) -> None:
        """Remove the points and the curve."""
        self._places = (_NO_POINTS, _NO_POINTS)
        self.points.set_points(*self._places)
        self.curve.setData([], [])
        self.metrics.set_metrics([Metric(_("No points yet: paint some"))])
        self.set_note("")

    def places(self) -> tuple[Floats, Floats]:
        """Return x and y of the points, both of shape (n,)."""
        return self._places

    def show_only(self, kept: npt.NDArray[np.bool_]) -> None:
        """Hide the points for which `kept`, of shape (n,), is false."""
        x, y = self._places
        self.points.set_points(x[kept], y[kept])

    def show_frame(self, frame: Frame) -> None:
        """Draw the curve at the step of the frame."""
        fit = frame.get(FitCurve)
        if fit is None:
            return
        if np.isfinite(fit.y).all():
            self.curve.setData(fit.x, self.clipped(fit.y))
        else:
            self.curve.setData([], [])
        self.metrics.set_metrics(_metrics_of(frame, fit))

    def clear(self) -> None:
        """Remove the curve."""
        self.curve.setData([], [])
        self.metrics.set_metrics([Metric(_("Press Train to fit the curve"))])

    def _show_why_empty(self) -> None:
        self.set_note("")
        self.set_empty(
            _("The curve of the network through the data points.\n")
            + _("Choose data with one input and one output.")
        )

    def _recolour(self) -> None:
        from nnplay.gui.views.plots.plot import plot_pen

        super()._recolour()
        pen = self.pen_of(self.curve)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self.curve.setPen(pen)
        self.curve.setShadowPen(plot_pen("surface", LINE_WIDTH + 3))


def _metrics_of(frame: Frame, fit: FitCurve) -> list[Metric]:
    metrics = loss_metrics(frame)
    if fit.weight is not None:
        metrics.append(Metric(_("weight"), number(fit.weight)))
    if fit.bias is not None:
        metrics.append(Metric(_("bias"), number(fit.bias)))
    step, epoch = frame.step, frame.progress.epoch
    if round(epoch) != step:
        metrics.append(Metric(_("epoch"), f"{epoch:,.2f}"))
        metrics.append(Metric(_("step"), f"{step:,}"))
    else:  # with full batches, each epoch is one step
        metrics.append(Metric(_("epoch"), f"{step:,}"))
    return metrics


def _emptier_top_corner(x: Floats, y: Floats) -> Corner:
    """Return the upper corner with fewer points, where the metrics hide the least."""
    every = max(1, len(x) // _MOST_COUNTED)
    x, y = x[::every], y[::every]
    upper = y > np.quantile(y, 0.6)
    left = np.count_nonzero(upper & (x < np.quantile(x, 0.4)))
    right = np.count_nonzero(upper & (x > np.quantile(x, 0.6)))
    return "top-left" if left <= right else "top-right"


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(FitPanel))
