"""The residuals of a finished regression, over its predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec
from nnplay.gui.panel.plot_panel import PlotPanel
from nnplay.gui.panel.registry import panel
from nnplay.gui.views.metric_block import number
from nnplay.link import Part, Result
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts

_PARTS: dict[Part, str] = {
    "train": n_("training samples"),
    "validation": n_("validation samples"),
    "test": n_("test samples"),
}


@panel(n_("Residuals"), "centre", 60, fits=lambda spec: spec.task == "regression")
class ResidualsPanel(PlotPanel):
    """Target minus prediction for every sample: any pattern in it was not learned."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            _("prediction"), _("target − prediction"), _("Residuals over the predictions"),
            parent=parent,
        )  # fmt: skip
        self.points = self.add_points()
        self.zero = self.add_marker("muted", y=0.0)
        self.add_reset_tool(_("Show all points again"))
        self.set_content(self.plot)
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Remove the residuals of other data."""
        self.clear()

    def show_result(self, result: Result) -> None:
        """Draw a point for every sample and output."""
        # Late: it brings all of the package that stores runs.
        from nnplay.record.metrics import regression_metrics

        predictions = result.regression_predictions
        if predictions is None or not np.isfinite(predictions.predicted).all():
            return
        x = predictions.predicted.reshape(-1)
        y = (predictions.target - predictions.predicted).reshape(-1)
        self.points.set_points(x, y)
        width, height = float(np.ptp(x)) or 2.0, 2 * float(np.abs(y).max()) or 2.0
        self.home = QRectF(
            float(x.min()) - 0.03 * width, -0.56 * height, 1.06 * width, 1.12 * height
        )
        off = regression_metrics(predictions.target, predictions.predicted)
        # Above the plot: in any corner of it, there may be points.
        text = _("RMSE {rmse} · R² {r2} · {part}")
        part = _(_PARTS[predictions.part])
        self.set_note(text.format(rmse=number(off.rmse), r2=number(off.r2), part=part))
        self.set_empty("")
        self.reset_view()

    def clear(self) -> None:
        """Remove the residuals."""
        self.set_note("")
        self.set_empty(
            _("The differences between targets and predictions are shown here after a run.")
        )


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(ResidualsPanel))
