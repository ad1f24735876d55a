"""The pace of a run: what the learning rate is multiplied by in each of its epochs."""

from __future__ import annotations

from bisect import bisect_right
from math import isnan

from nnplay.catalog import Heard, ReduceOnPlateau
from nnplay.experiment import Experiment
from nnplay.link import Trace


class Pace:
    """The factor of any epoch that has begun, also of one that is gone back to.

    A schedule that listens is folded over the rows of the epochs, which are written once and never
    change: so the same rows give the same factors, whoever goes back or goes on from them.
    """

    def __init__(self, experiment: Experiment, epochs: Trace) -> None:
        self._schedule = experiment.schedule
        self._count = experiment.epochs
        self._higher = experiment.policy.figure.higher
        self._rows = epochs
        self._read = 0
        self._heard = Heard()
        self._since = [0]
        self._shares = [1.0]
        """What the drops have left of the rate, each from an epoch on (`_since`)."""

    def factor(self, epoch: int) -> float:
        """Return the factor of an epoch, counted from 0, whose predecessors have their rows."""
        planned = self._schedule.factor(epoch, self._count)
        if not isinstance(self._schedule, ReduceOnPlateau):
            return planned
        self._hear(self._schedule)
        return planned * self._shares[bisect_right(self._since, epoch) - 1]

    def _hear(self, schedule: ReduceOnPlateau) -> None:
        rows = self._rows.read(self._read)
        if not len(rows):
            return
        self._read += len(rows)
        done, watched = (self._rows.columns.index(name) for name in ("epoch", "watched"))
        for row in rows:
            epoch, value = round(row[done]), float(row[watched])
            # What comes before the warm-up ends says nothing about the full rate.
            if epoch <= schedule.warmup or isnan(value):
                continue
            self._heard = schedule.hear(self._heard, value, self._higher)
            if self._heard.share != self._shares[-1]:
                self._since.append(epoch)
                self._shares.append(self._heard.share)
