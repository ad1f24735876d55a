"""The results of training one experiment with several seeds, and how much they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median

import numpy as np
import numpy.typing as npt

from nnplay.link.events import Scores
from nnplay.link.trace import Trace
from nnplay.translation import _, ngettext

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SeedResult:
    """The end of the run with one seed."""

    seed: int
    train: Scores
    validation: Scores
    diverged: str = ""
    """In which step it diverged, as a sentence; empty if it did not."""


@dataclass(frozen=True)
class SeedsResult:
    """The ends of the runs with all seeds that were trained."""

    seeds: tuple[SeedResult, ...]
    stopped: bool = False
    """Whether fewer seeds were trained than were asked for."""

    @property
    def spread(self) -> str:
        """Say between which values the final metric lies."""
        validates = all(one.validation.loss is not None for one in self.seeds)
        scores = [one.validation if validates else one.train for one in self.seeds]
        part = _("validation") if validates else _("training")
        name, values = _metric(scores)
        real = [value for value in values if isfinite(value)]
        if not real:
            return _("No seed has a finite loss.")
        write = _percent if name == _("accuracy") else _three_digits
        text = ngettext(
            "{part} {metric} {low} to {high}, median {median}, {n} seed",
            "{part} {metric} {low} to {high}, median {median}, {n} seeds",
            len(real),
        )
        found = text.format(
            part=part, metric=name, low=write(min(real)), high=write(max(real)),
            median=write(median(real)), n=len(real),
        )  # fmt: skip
        diverged = sum(bool(one.diverged) for one in self.seeds)
        if diverged:
            also = ngettext("{n} seed diverged", "{n} seeds diverged", diverged)
            found = f"{found}, {also.format(n=diverged)}"
        return found


@dataclass(frozen=True)
class Band:
    """A line with a band around it, all of shape (epochs,)."""

    epoch: Values
    low: Values
    median: Values
    high: Values


def band_of(traces: Sequence[Trace], column: str) -> Band:
    """Return minimum, median and maximum over the runs at each epoch that all of them reached.

    Runs that have not ended an epoch are left out.
    """
    rows = [trace.read() for trace in traces]
    started = [one for one in rows if len(one)]
    count = min(map(len, started), default=0)
    if not count:
        return Band(*np.empty((4, 0)))
    names = traces[0].columns
    values = np.stack([one[:count, names.index(column)] for one in started])
    known = np.isfinite(values).any(axis=0)
    values = values[:, known]
    epoch = started[0][:count, names.index("epoch")][known]
    return Band(
        epoch, np.nanmin(values, axis=0), np.nanmedian(values, axis=0), np.nanmax(values, axis=0)
    )


def _metric(scores: Sequence[Scores]) -> tuple[str, list[float]]:
    """Return the name and the values of the metric that says most."""
    if all(one.accuracy is not None for one in scores):
        return _("accuracy"), [one.accuracy or 0.0 for one in scores]
    if all(one.regression is not None for one in scores):
        return "R²", [one.regression.r2 for one in scores if one.regression is not None]
    return _("loss"), [one.loss for one in scores if one.loss is not None]


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _three_digits(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
