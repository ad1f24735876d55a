"""The ROC curve: how the rates of true and false positives change with the threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec
from nnplay.gui.panel.plot_panel import PlotPanel
from nnplay.gui.panel.prediction_text import part_text, predictions_of
from nnplay.gui.panel.registry import panel
from nnplay.gui.views.metric_block import Metric, number
from nnplay.link import ClassPredictions, Frame, LabelPredictions
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts


def _has_two_classes(spec: DataSpec) -> bool:
    """Return whether there are two classes, or labels, each of which is there or not."""
    return spec.task == "multilabel" or (spec.task == "classification" and spec.outputs == 2)


@panel(
    n_("ROC curve"),
    "centre",
    50,
    tab=n_("ROC"),
    fits=_has_two_classes,
    wants=(ClassPredictions, LabelPredictions),
    min_interval_ms=100,
)
class RocPanel(PlotPanel):
    """True positive rate over false positive rate at every threshold, and the area below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.panel.label_choice import LabelChoice

        super().__init__(
            _("false positive rate"), _("true positive rate"), _("ROC curve of the two classes"),
            corner="bottom-right", parent=parent,
        )  # fmt: skip
        self.guess = self.add_curve("muted", 1, dashed=True)
        self.guess.setData([0, 1], [0, 1])
        self.curve = self.add_curve("fit", 3)
        self.home = QRectF(-0.02, -0.02, 1.04, 1.04)
        self._frame: Frame | None = None
        self.choice = LabelChoice(self)
        self.choice.activated.connect(self._show_again)
        self.add_tool_widget(self.choice)
        self.add_reset_tool(_("Show the whole curve again"))
        self.set_content(self.plot)
        self.reset_view()
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Remove the curve of other data."""
        self.choice.show_spec(spec)
        self.clear()

    def show_frame(self, frame: Frame) -> None:
        """Draw the curve of the samples predicted so far."""
        # Late: it brings all of the package that stores runs.
        from nnplay.record.metrics import area, roc_curve

        predictions = predictions_of(frame)
        if isinstance(predictions, LabelPredictions):
            self._frame = frame
            predictions = predictions.of(self.choice.label)
        if predictions is None or predictions.probabilities.shape[1] != 2:
            return
        positive = predictions.probabilities[:, 1]
        known = np.isfinite(positive)
        curve = roc_curve(predictions.target[known], positive[known])
        auc = area(curve)
        if not np.isfinite(auc):
            self.set_empty(_("All samples predicted so far are of one class: no curve yet."))
            return
        self.set_empty("")
        self.curve.setData(curve.false_rate, curve.true_rate)
        self.metrics.set_metrics(
            [Metric(_("AUC"), number(auc)), Metric(_("random guessing"), "0.5")]
        )
        self.set_note(part_text(predictions, is_picture=False))

    def clear(self) -> None:
        """Remove the curve."""
        self._frame = None
        self.curve.setData([], [])
        self.metrics.set_metrics([])
        self.set_note("")
        self.set_empty(_("Press Train to see true and false positive rates at every threshold."))

    def _show_again(self, _label: object) -> None:
        if self._frame is not None:
            self.show_frame(self._frame)


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(RocPanel))
