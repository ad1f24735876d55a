"""Everything that a run works with."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from nnplay.catalog import DataSpec
from nnplay.data import Parts
from nnplay.data.synthetic.windows import Values
from nnplay.engine.batches import Batches, Tensors
from nnplay.engine.evaluation.output import Output
from nnplay.engine.evaluation.running_predictions import RunningPredictions
from nnplay.engine.model.regularisation import Regulariser
from nnplay.engine.step import Stepper
from nnplay.experiment import Experiment
from nnplay.link import Part
from nnplay.link.scaling import SampleScaling


@dataclass(frozen=True)
class Setup:
    """A network on its device, with its data."""

    experiment: Experiment
    spec: DataSpec
    device: torch.device
    device_why: str
    threads: int
    parts: Parts
    tensors: dict[Part, Tensors]
    model: nn.Sequential
    loss_function: nn.Module
    batches: Batches
    stepper: Stepper
    regularisation: Regulariser
    running_predictions: RunningPredictions | None
    """For classification, of one label or several."""
    evaluated_part: Part
    """The part that predictions are shown of: test, or else validation, or else train."""
    pretrained_note: str = ""
    """Which layers start from the weights of another run, as a sentence; empty without any."""
    tail: Values | None = None
    """The end of the series that the samples are cut from, in its own units; None for others."""

    @property
    def output(self) -> Output:
        """What the outputs of the network mean."""
        return Output(self.experiment.loss, self.parts.target_scaling)

    @property
    def scaling(self) -> SampleScaling:
        """How the samples were scaled."""
        return SampleScaling(self.parts.scaling, self.parts.target_scaling)

    @property
    def target_form(self) -> str:
        """The form in which the loss takes targets."""
        return self.experiment.loss.target_form

    @property
    def steps(self) -> int:
        """The number of steps of the whole run."""
        return self.experiment.epochs * self.batches.per_epoch
