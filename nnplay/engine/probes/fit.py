"""The curve that a network with one input and one output draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnplay.engine.probes.probe import Probe, probe
from nnplay.experiment import Experiment
from nnplay.link import Payload, frozen_array
from nnplay.link.frames import Floats

if TYPE_CHECKING:
    from nnplay.engine.setup import Setup

CURVE_POINTS = 512


@dataclass(frozen=True)
class FitCurve(Payload):
    """A curve y(x), in the units of the data."""

    x: Floats
    """(n,), ascending."""
    y: Floats
    """(n,)."""
    weight: float | None
    """Of a network that is a single Dense(1), else None."""
    bias: float | None


@probe(FitCurve)
class FitProbe(Probe[FitCurve]):
    """Evaluates the network on an even grid over the range of the training inputs."""

    def __init__(self, setup: Setup) -> None:
        import torch

        self._setup = setup
        x = setup.parts.train.x
        self._grid = np.linspace(x.min(), x.max(), CURVE_POINTS, dtype=np.float32)
        self._inputs = torch.from_numpy(self._grid).reshape(-1, 1).to(setup.device)

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether there is one number in and one out."""
        return experiment.data.spec().is_curve

    def take(self) -> FitCurve:
        """Return the curve at the current step."""
        grid, scaling = self._grid, self._setup.parts.scaling
        outputs = self._setup.stepper.predictions(self._inputs)
        y = self._setup.output.values(outputs).reshape(-1).astype(np.float32)
        weight, bias = self._line()
        if scaling is not None:
            grid = scaling.inverse(grid).astype(np.float32)
        if weight is not None and bias is not None:
            # The network sees scaled numbers; the line that is drawn has these parameters.
            weight, bias = self._setup.scaling.line_in_units(weight, bias)
        return FitCurve(frozen_array(grid), frozen_array(y), weight, bias)

    def _line(self) -> tuple[float | None, float | None]:
        """Return the weight and the bias of a network that is a straight line."""
        from torch.nn import Linear

        model = self._setup.stepper.model
        if self._setup.experiment.loss.link != "identity":
            return None, None
        if len(model) != 1 or not isinstance(model[0], Linear):
            return None, None
        bias = model[0].bias
        return model[0].weight.item(), bias.item() if bias is not None else 0.0
