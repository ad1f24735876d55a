"""The turning points of a run, and what a run leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy.typing as npt

from nnplay.experiment import Experiment
from nnplay.link.frames import Floats, LabelOutcomes, Outcomes, Part


@dataclass(frozen=True)
class Errors:
    """How far the answers of a regression are off."""

    mse: float
    """Mean of the squared errors."""
    rmse: float
    """Its root, in the unit of the truth."""
    mae: float
    """Mean of the errors without their sign."""
    r2: float
    """Share of the spread of the truth that is explained: 1 is perfect, 0 no better than the mean,
    and below 0 worse."""
    bias: float = nan
    """Mean of truth minus answer: above 0 the answers are too low."""
    largest: float = nan
    """The largest error without its sign."""


@dataclass(frozen=True)
class Scores:
    """How well a network does on one part of the data; None where it makes no sense."""

    loss: float | None = None
    accuracy: float | None = None
    top5: float | None = None
    """Share of samples whose class is among the five likeliest; from six classes on."""
    exact: float | None = None
    """Share of samples all of whose labels are right, where `accuracy` is of single labels."""
    auc: float | None = None
    """Area under the ROC curve; for two classes."""
    errors: Errors | None = None
    """Of a regression."""


@dataclass(frozen=True)
class Predictions:
    """What a regression says of each sample of a part of the data."""

    part: Part
    target: Floats
    """(n, outputs)."""
    predicted: Floats
    """(n, outputs)."""


@dataclass(frozen=True)
class Result:
    """What a run came to."""

    experiment: Experiment
    device: str
    threads: int
    """CPU threads of the arithmetic: with another number, sums may round differently."""
    stepper: str
    steps: int
    epochs: float
    seconds: float
    samples_per_second: float
    stopped: bool
    """Whether it ended before its last step."""
    train: Scores
    validation: Scores
    test: Scores
    outcomes: Outcomes | None
    """Of the test part, or where there is none of the validation or training part."""
    weights: Mapping[str, npt.NDArray[Any]]
    """By PyTorch's names, such as `0.weight`."""
    weights_sha256: str
    predictions: Predictions | None = None
    """Of a regression, of the same part as the outcomes of a classification."""
    ending: str = ""
    """Why it ended before its last step where its policy said so, and which weights it kept."""
    labels: LabelOutcomes | None = None
    """In place of the outcomes, where samples carry labels."""
    stepper_why: str = ""
    """Why that stepper was taken."""
    penalty: float | None = None
    """What large weights cost at the end, on top of the loss; None where nothing does."""


@dataclass(frozen=True)
class WarmingUp:
    """A step is being recorded for the GPU; Started comes after it."""

    run_id: int


@dataclass(frozen=True)
class Started:
    """Data are there, the network is built, the first step comes next."""

    run_id: int
    device: str
    device_why: str
    stepper: str
    stepper_why: str
    threads: int
    start: str = ""
    """Which layers start from weights that another run left, in words; nothing where none do."""


@dataclass(frozen=True)
class Paused:
    """The run waits; `trouble` says what went wrong where it paused by itself."""

    run_id: int
    step: int
    trouble: str = ""


@dataclass(frozen=True)
class Resumed:
    """The run goes on."""

    run_id: int


@dataclass(frozen=True)
class Evaluating:
    """The steps are over, the final figures are made, which takes a while; told now and then."""

    run_id: int
    share: float
    """Of the samples that are asked, how many have been."""


@dataclass(frozen=True)
class Finished:
    """The run is over and left a result."""

    run_id: int
    result: Result


@dataclass(frozen=True)
class Failed:
    """The run could not start or go on."""

    run_id: int
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Closed:
    """The run was ended at once and leaves nothing."""

    run_id: int


Event = WarmingUp | Started | Paused | Resumed | Evaluating | Finished | Failed | Closed
