"""The learning-rate schedule of a run: the factor of the rate in each of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Any

import numpy as np

from nnplay.catalog import Constant, PlateauState, ReduceOnPlateau
from nnplay.engine.step import Floats, constant_factors
from nnplay.experiment import Experiment
from nnplay.link.resume_point import Array


class LearningRateSchedule:
    """Gives the factor of any step whose epoch has begun, also of a repeated one.

    A schedule that depends on a metric observes every epoch once, and never a repeated one, so that
    steps that are repeated after a divergence get the same factors again.
    """

    def __init__(self, experiment: Experiment, per_epoch: int) -> None:
        self._schedule = experiment.schedule
        self._per_epoch = per_epoch
        self._ticks = self._schedule.ticks(per_epoch)
        self._course = self._schedule.in_ticks(self._ticks)
        self._count = experiment.epochs * self._ticks
        self._higher = experiment.policy.metric.higher
        self._plateau = PlateauState()
        self._observed = 0
        self._since = [0]
        self._shares = [1.0]
        """The factor after each reduction, from the epoch in `_since` on."""

    @property
    def is_known(self) -> bool:
        """Whether all factors are known before the run."""
        return not self._schedule.uses_metric

    def factors(self, first: int, steps: int) -> Floats:
        """Return the factors of that many steps from `first` on, counted from 0."""
        if isinstance(self._schedule, Constant) and not self._schedule.warmup:
            return constant_factors(first, steps)
        start, end = self._tick(first), self._tick(first + steps - 1)
        values = self._factors(start, end + 1)
        if self._ticks == self._per_epoch:
            return values
        rates: Floats = values[self._tick(np.arange(first, first + steps)) - start]
        return rates

    def factor(self, step: int) -> float:
        """Return the factor of one step; after the last one, that of the last."""
        tick = min(self._tick(step), self._count - 1)
        return float(self._factors(tick, tick + 1)[0])

    def observe(self, epoch: int, monitored: float) -> None:
        """Take the monitored metric after an epoch; NaN if there is none.

        Must be called for each epoch in order; epochs repeated after a divergence are ignored.
        """
        # Epochs of the warm-up say nothing about the full rate.
        if not isinstance(self._schedule, ReduceOnPlateau) or epoch <= self._schedule.warmup:
            return
        if epoch <= self._observed:
            return
        self._observed = epoch
        if isnan(monitored):
            return
        self._plateau = self._schedule.after_epoch(self._plateau, monitored, self._higher)
        if self._plateau.share != self._shares[-1]:
            self._since.append(epoch)
            self._shares.append(self._plateau.share)

    def set_epochs(self, epochs: int) -> None:
        """Span that many epochs from now on, if the schedule spans the run."""
        self._count = epochs * self._ticks

    def saved(self) -> tuple[dict[str, Array], dict[str, int]]:
        """Return what the epochs so far have done to the rate."""
        plateau = self._plateau
        best = np.nan if plateau.best is None else plateau.best
        arrays = {
            "plateau": np.array([plateau.share, best]),
            "since": np.array(self._since),
            "shares": np.array(self._shares),
        }
        value = {"observed": self._observed}
        return arrays, value | {"without": plateau.without, "resting": plateau.resting}

    def resume(self, arrays: Mapping[str, Array], value: Any) -> None:
        """Continue with a saved state."""
        share, best = arrays["plateau"].tolist()
        self._plateau = PlateauState(
            share, None if isnan(best) else best, value["without"], value["resting"]
        )
        self._since, self._shares = arrays["since"].tolist(), arrays["shares"].tolist()
        self._observed = value["observed"]

    def _tick(self, step: Any) -> Any:
        return step * self._ticks // self._per_epoch

    def _factors(self, first: int, end: int) -> Floats:
        factors: Floats = np.array(self._course.factors(range(first, end), self._count))
        if isinstance(self._schedule, ReduceOnPlateau):
            epochs = np.arange(first, end) // self._ticks
            factors *= np.array(self._shares)[np.searchsorted(self._since, epochs, "right") - 1]
        return factors
