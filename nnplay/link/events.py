"""The events of a run's life cycle, and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from typing import Any

import numpy.typing as npt

from nnplay.experiment import Experiment
from nnplay.link.environment import Environment
from nnplay.link.frames import ClassPredictions, LabelPredictions, Part
from nnplay.link.input_columns import InputColumns
from nnplay.link.scaling import SampleScaling


@dataclass(frozen=True)
class RegressionMetrics:
    """How well a regression predicts its targets."""

    mse: float
    """Mean squared error."""
    rmse: float
    """Root mean squared error, in the units of the targets."""
    mae: float
    """Mean absolute error."""
    r2: float
    """Coefficient of determination: 1 is perfect, 0 no better than predicting the mean, below 0
    worse than that."""
    bias: float = nan
    """Mean of target minus prediction: above 0, predictions are too low on average."""
    largest: float = nan
    """The largest absolute error."""


@dataclass(frozen=True)
class Scores:
    """The metrics of a network on one part of the data; None where one does not apply."""

    loss: float | None = None
    accuracy: float | None = None
    top5: float | None = None
    """Share of samples whose class is among the five most probable; for six classes and more."""
    exact: float | None = None
    """Share of samples with all labels correct, where `accuracy` counts single labels."""
    auc: float | None = None
    """Area under the ROC curve; for two classes."""
    regression: RegressionMetrics | None = None
    """For a regression."""
    loss_in_units: float | None = None
    """The loss in the units of the data, where targets were standardised for learning."""


@dataclass(frozen=True)
class RegressionPredictions:
    """The predictions of a regression for each sample of one part of the data."""

    part: Part
    target: npt.NDArray[Any]
    """(n, outputs), in the units of the data."""
    predicted: npt.NDArray[Any]
    """(n, outputs), in the units of the data."""


@dataclass(frozen=True)
class Result:
    """What a run ends with: its metrics and its weights."""

    experiment: Experiment
    device: str
    threads: int
    """CPU threads it computed with; another number may round sums differently."""
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
    class_predictions: ClassPredictions | None
    """On the test part or, without one, the validation part or else the training part."""
    weights: Mapping[str, npt.NDArray[Any]]
    """By PyTorch's names, such as `0.weight`."""
    weights_sha256: str
    regression_predictions: RegressionPredictions | None = None
    """For a regression, on the same part as `class_predictions`."""
    ending: str = ""
    """Why its policy ended it before the last step, and which weights were restored."""
    label_predictions: LabelPredictions | None = None
    """In place of `class_predictions` for multi-label data."""
    stepper_why: str = ""
    """Why that stepper was selected."""
    penalty: float | None = None
    """What regularisation adds to the loss at the end; None without any."""
    scaling: SampleScaling = field(default_factory=SampleScaling)
    divergence: str = ""
    """That the last step diverged, and which weights were restored."""
    columns: InputColumns | None = None
    """How the columns of new samples are encoded; None for images and sequences."""


@dataclass(frozen=True)
class WarmingUp:
    """A step is being recorded for the GPU; Started comes after it."""

    run_id: int


@dataclass(frozen=True)
class Started:
    """The data are loaded and the network is built; the first step comes next."""

    run_id: int
    device: str
    device_why: str
    stepper: str
    stepper_why: str
    threads: int
    start: str = ""
    """Which layers start from the weights of another run, as a sentence; empty without any."""
    environment: Environment = field(default_factory=Environment)
    """The versions and the machine."""


@dataclass(frozen=True)
class Paused:
    """The run waits; `divergence` says which step diverged if that is why it paused."""

    run_id: int
    step: int
    divergence: str = ""


@dataclass(frozen=True)
class Resumed:
    """The run continues."""

    run_id: int


@dataclass(frozen=True)
class Evaluating:
    """All steps are taken and the final metrics are being computed; repeated at intervals."""

    run_id: int
    share: float
    """The share of the samples that were evaluated so far."""


@dataclass(frozen=True)
class Finished:
    """The run is over and has a result."""

    run_id: int
    result: Result


@dataclass(frozen=True)
class Failed:
    """The run could not start or continue."""

    run_id: int
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Closed:
    """The run was closed and has no result."""

    run_id: int


Event = WarmingUp | Started | Paused | Resumed | Evaluating | Finished | Failed | Closed
