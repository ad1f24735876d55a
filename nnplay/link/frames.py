"""Frames of a run for the views: frozen values with read-only arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]
Part = Literal["train", "validation", "test"]


class Payload:
    """What a probe reads from a network in training: each subclass is a frozen dataclass.

    Views ask for payloads by their class; `nnplay.engine.probes` has the probe of each.
    """


PayloadKind = type[Payload]
P = TypeVar("P", bound=Payload)


def frozen_array(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a read-only copy, which is all that may cross from one thread to another."""
    copy = np.array(array, copy=True)
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True)
class Progress:
    """The progress of a run."""

    step: int
    steps: int
    """Steps of the whole run."""
    epoch: float
    """Epochs done, including the fraction of the current one."""
    epochs: int
    seconds: float
    """Time spent training, without pauses."""
    samples_per_second: float
    """The current speed, with the waits of a speed limit."""
    seconds_left: float
    """At the current speed; NaN if it is unknown."""
    is_limited: bool = False
    """Whether a speed limit holds."""
    computing_speed: float = 0.0
    """Samples per second while computing, without the waits: the mean so far."""


@dataclass(frozen=True)
class ClassPredictions(Payload):
    """The predictions of a classifier for each sample of one part of the data."""

    part: Part
    target: Counts
    """(n,) class numbers."""
    probabilities: Floats
    """(n, classes); a row of NaN for samples that were not predicted."""
    confusion: Counts
    """(classes, classes): rows are targets, columns predictions, of the samples predicted."""
    step: int
    """The step of the weights that made all of these predictions."""

    @property
    def count(self) -> int:
        """The number of samples that were predicted: all, or a random subset."""
        return int(self.confusion.sum())


@dataclass(frozen=True)
class LabelPredictions(Payload):
    """The predictions of a multi-label classifier for each sample of one part of the data."""

    part: Part
    target: Counts
    """(n, labels) of 0 and 1."""
    probabilities: Floats
    """(n, labels), independent of each other; NaN for samples that were not predicted."""
    confusion: Counts
    """(labels, 2, 2): for each label, rows are targets, columns predictions."""
    step: int
    """The step of the weights that made all of these predictions."""

    @property
    def count(self) -> int:
        """The number of samples that were predicted: all, or a random subset."""
        return int(self.confusion[0].sum())

    def of(self, label: int) -> ClassPredictions:
        """Return the predictions of one label, as two classes: without it and with it."""
        ones = self.probabilities[:, label]
        both = np.stack([1 - ones, ones], axis=1)
        target, confusion = self.target[:, label], self.confusion[label]
        return ClassPredictions(self.part, target, both, confusion, self.step)


@dataclass(frozen=True)
class Frame:
    """The state of a run at one step, with the payloads that visible views asked for."""

    run_id: int
    step: int
    progress: Progress
    loss: float
    """Mean over the most recent steps, at most one epoch of them; NaN before the first step."""
    lr: float
    payloads: Mapping[PayloadKind, Payload] = field(default_factory=lambda: MappingProxyType({}))
    loss_unit: float | None = None
    """What the loss is to be multiplied by to be in the units of the data; None if it is, or if
    there is no such number."""

    def get(self, kind: type[P]) -> P | None:
        """Return the payload of that class, None where the frame has none."""
        payload = self.payloads.get(kind)
        return payload if isinstance(payload, kind) else None
