"""The loss of a frame as lines of a block of metrics."""

from __future__ import annotations

from nnplay.gui.views.metric_block import Metric, number
from nnplay.link import Frame
from nnplay.translation import _


def loss_metrics(frame: Frame) -> list[Metric]:
    """Return the loss, and the same in the units of the data where targets are standardised."""
    metrics = [Metric(_("loss"), number(frame.loss))]
    if frame.loss_unit is not None:
        metrics.append(Metric(_("in data units"), number(frame.loss * frame.loss_unit)))
    return metrics
