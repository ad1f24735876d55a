"""The curves of recorded runs as ghosts in a plot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnplay.gui.runs.run_curves import Values, curves_of
from nnplay.gui.runs.run_rows import short_name
from nnplay.gui.views.plots.ghost_line import Ghost
from nnplay.record.recorded_run import RecordedRun
from nnplay.translation import _

Placed = Sequence[tuple[int, RecordedRun]]
"""Runs with their places among those that are compared."""


def ghosts_of(runs: Placed, kind: str) -> tuple[Ghost, ...]:
    """Return the curves of the `loss` or the `accuracy` of runs, validation dashed."""
    found = []
    for place, run in runs:
        curves = curves_of(run)
        for means, name, dashed in (
            (curves.train, short_name(run), False),
            (curves.validation, _("{run}, validation").format(run=short_name(run)), True),
        ):
            values = means.loss if kind == "loss" else means.accuracy
            if np.isfinite(values).any():
                found.append(Ghost(name, place, dashed, means.epoch, means.step, values))
    return tuple(found)


def longest_steps(runs: Placed) -> Values:
    """Return the losses of all steps of the longest run, of shape (n,)."""
    losses = [run.steps.column("loss") for _place, run in runs]
    return max(losses, key=len, default=np.empty(0))
