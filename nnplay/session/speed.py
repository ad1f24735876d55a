"""How fast a run may step."""

from __future__ import annotations

from typing import Literal

from nnplay.experiment import Experiment, part_sizes
from nnplay.experiment.sizes import steps_per_epoch

Speed = int | Literal["watch"] | None
"""Steps per second, slow enough to watch, or no limit."""
WATCH_SECONDS = 6.0
"""Shortest duration of a run at the speed "watch": a small run is over before its first frame."""


def steps_per_second(speed: Speed, experiment: Experiment) -> float | None:
    """Return the limit that a speed sets to a run of an experiment, None for no limit."""
    if speed != "watch":
        return speed
    train = part_sizes(experiment.data.spec(), experiment.split)[0]
    drops = experiment.policy.drop_last
    steps = experiment.epochs * steps_per_epoch(train, experiment.batch_size, drops)
    return max(1.0, steps / WATCH_SECONDS)
