"""What is marked on the slider of a film."""

from __future__ import annotations

import numpy as np

from nnplay.experiment import Experiment
from nnplay.gui.bars.film_slider import Mark
from nnplay.link import Link
from nnplay.translation import _


def film_marks(link: Link, experiment: Experiment, last: float) -> list[Mark]:
    """Return changes made during a run, where it diverged, and its best epoch.

    `last` is the step at the end of the slider.
    """
    marks = []
    for edit in link.edits:
        name = edit.path.removeprefix("optimizer.").removeprefix("weight.")
        text = _("{setting} changed to {value:g} at step {step:,}").format(
            setting=name,
            value=edit.value,
            step=edit.step,
        )
        marks.append(Mark(min(1.0, edit.step / last), "edit", text))
    for one in link.diverged:
        text = _("Training diverged in step {step:,}; the weights of step {back:,} were restored.")
        text = text.format(step=one.step, back=one.back)
        marks.append(Mark(min(1.0, one.step / last), "diverged", text))
    rows = link.epochs.read()
    values = rows[:, link.epochs.columns.index("watched")] if len(rows) else np.empty(0)
    metric = experiment.policy.metric
    if np.isfinite(values).any():
        best = int(np.nanargmax(values) if metric.higher else np.nanargmin(values))
        epoch, step = rows[best, :2]
        text = _("Best epoch: {epoch:g}, {metric} {value:.4g}").format(
            epoch=epoch, metric=_(experiment.policy.watch), value=values[best]
        )
        marks.append(Mark(min(1.0, step / last), "best", text))
    return marks
