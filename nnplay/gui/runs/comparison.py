"""What several runs predict for one sample, as values and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnplay.translation import _, ngettext

if TYPE_CHECKING:
    from nnplay.engine.probes.typed import TypedPrediction
    from nnplay.record.recorded_run import RecordedRun

Inputs = tuple[float, ...]


@dataclass(frozen=True)
class ComparisonQuestion:
    """A sample, and the recorded runs that are to predict it."""

    inputs: Inputs
    """In row-major order and not scaled, as in a Selection."""
    runs: tuple[RecordedRun, ...]


@dataclass(frozen=True)
class RunPrediction:
    """What one recorded run predicts."""

    run_id: str
    prediction: TypedPrediction | None
    why: str = ""
    """Why there is no prediction."""


@dataclass(frozen=True)
class ComparedPredictions:
    """What recorded runs predict for a sample."""

    inputs: Inputs
    runs: tuple[RunPrediction, ...]


def agreement(predicted: Sequence[str]) -> str:
    """Return in words how many networks predict what, the most frequent prediction first."""
    count = len(predicted)
    if count < 2:
        return ""
    votes = Counter(predicted).most_common()
    if len(votes) == 1:
        return _("All {n} predict {what}").format(n=count, what=votes[0][0])
    texts = [
        ngettext("{k} predicts {what}", "{k} predict {what}", k).format(k=k, what=what)
        for what, k in votes[1:]
    ]
    what, k = votes[0]
    first = ngettext("{k} of {n} predicts {what}", "{k} of {n} predict {what}", k)
    return ", ".join((first.format(k=k, n=count, what=what), *texts))


def value_range(values: Sequence[float]) -> str:
    """Return in words how far the numbers that several networks predict are apart."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    text = _("From {low:.6g} to {high:.6g}, {apart:.3g} apart")
    return text.format(low=low, high=high, apart=high - low).replace("-", "\u2212")
