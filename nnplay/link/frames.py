"""What a view may ask to see of a network in training: frozen values with read-only arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]
Part = Literal["train", "validation", "test"]
PayloadName = Literal["fit", "decision", "outcomes", "forecast"]


def frozen_array(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a read-only copy, which is all that may cross from one thread to another."""
    copy = np.array(array, copy=True)
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True)
class Progress:
    """How far a run has come."""

    step: int
    steps: int
    """Steps of the whole run."""
    epoch: float
    """Epochs done, with the part of the one under way."""
    epochs: int
    seconds: float
    """Time spent training, pauses left out."""
    samples_per_second: float
    seconds_left: float


@dataclass(frozen=True)
class Fit:
    """A curve y(x) drawn by a network with one input and one output."""

    x: Floats
    """(n,), ascending."""
    y: Floats
    """(n,)."""
    weight: float | None
    """Of a network that is a single Dense(1), else None."""
    bias: float | None


@dataclass(frozen=True)
class DecisionMap:
    """What a network answers over a rectangle of the plane."""

    values: Floats
    """(rows, columns), row 0 at y_low: of two classes the probability of class 1, of more that of
    the likeliest, of a regression the answer itself."""
    x_low: float
    x_high: float
    y_low: float
    y_high: float
    winners: Counts | None = None
    """(rows, columns): the number of the likeliest class where there are more than two."""
    labels: Floats | None = None
    """(labels, rows, columns): the probability of each label, where samples carry labels; `values`
    is of the first."""

    def of(self, label: int) -> DecisionMap:
        """Return the map of one label; the map itself where there are none."""
        return self if self.labels is None else replace(self, values=self.labels[label])


@dataclass(frozen=True)
class Outcomes:
    """What a classifier says of each sample of a part of the data."""

    part: Part
    target: Counts
    """(n,) class numbers."""
    probabilities: Floats
    """(n, classes); a row of NaN where the network has not been asked yet."""
    confusion: Counts
    """(classes, classes): rows are the truth, columns the prediction, among those asked."""
    complete: bool
    """Whether every row was asked of the same weights."""


@dataclass(frozen=True)
class LabelOutcomes:
    """What a network says of the labels of each sample of a part of the data."""

    part: Part
    target: Counts
    """(n, labels) of 0 and 1."""
    probabilities: Floats
    """(n, labels), each by itself; a row of NaN where the network has not been asked yet."""
    confusion: Counts
    """(labels, 2, 2): of each label, rows are the truth, columns the prediction."""
    complete: bool
    """Whether every row was asked of the same weights."""

    def of(self, label: int) -> Outcomes:
        """Return the outcomes of one label, as two classes: without it and with it."""
        ones = self.probabilities[:, label]
        both = np.stack([1 - ones, ones], axis=1)
        target, confusion = self.target[:, label], self.confusion[label]
        return Outcomes(self.part, target, both, confusion, self.complete)


@dataclass(frozen=True)
class Forecast:
    """How a network goes on with a series when it is fed its own answers."""

    known: Floats
    """(steps,): the true values that it starts from."""
    target: Floats
    """(n,): what came next."""
    predicted: Floats
    """(n,): what the network says came next; it sees none of `truth`."""


Payload = Fit | DecisionMap | Outcomes | LabelOutcomes | Forecast


@dataclass(frozen=True)
class Frame:
    """One moment of a run, for the views that asked for it."""

    run_id: int
    step: int
    progress: Progress
    loss: float
    """Mean over the newest steps, an epoch of them at most; NaN before the first."""
    lr: float
    payloads: Mapping[PayloadName, Payload] = field(default_factory=lambda: MappingProxyType({}))
