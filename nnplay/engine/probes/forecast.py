"""How a network continues a series when it is fed its own predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnplay.engine.probes.probe import Probe, probe
from nnplay.experiment import Experiment
from nnplay.link import Payload, frozen_array
from nnplay.link.frames import Floats

if TYPE_CHECKING:
    from torch import nn

    from nnplay.data import Scaling
    from nnplay.data.synthetic.windows import Values
    from nnplay.engine.evaluation.output import Output
    from nnplay.engine.setup import Setup


@dataclass(frozen=True)
class Forecast(Payload):
    """The end of a series and a prediction of it, in the units of the data."""

    known: Floats
    """(steps,): the true values that the forecast starts from."""
    target: Floats
    """(n,): the true values that follow."""
    predicted: Floats
    """(n,): what the network predicts for them; it sees none of `target`."""


@probe(Forecast)
class ForecastProbe(Probe[Forecast]):
    """Predicts one step at a time, with every prediction among the inputs of the next."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._steps = setup.spec.in_shape[0]

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether the samples are windows of one series."""
        return experiment.data.spec().is_series

    def take(self) -> Forecast | None:
        """Return the forecast at the current step, None for a series too short to have an end."""
        setup = self._setup
        if setup.tail is None:
            return None
        return forecast(setup.model, setup.tail, self._steps, setup.parts.scaling, setup.output)


def forecast(
    model: nn.Module, tail: Values, steps: int, scaling: Scaling | None, output: Output
) -> Forecast:
    """Return how a network continues the first `steps` values of `tail`, and the rest of it.

    After the first step it sees its own predictions in place of the true values; `tail` and the
    result are in the units of the data.
    """
    import torch

    from nnplay.engine.evaluation.inference import evaluating

    device = next(model.parameters()).device
    known, target = tail[:steps], tail[steps:]
    size = 1.0 if scaling is None else float(scaling.size[..., 0].reshape(-1)[0])
    shift = 0.0 if scaling is None else float(scaling.shift[..., 0].reshape(-1)[0])
    window = torch.tensor((known - shift) / size, dtype=torch.float32, device=device)
    predictions = []
    with evaluating(model):
        for _step in target:
            prediction = output.values(model(window.reshape(1, steps, 1)))[0]
            predictions.append(prediction)
            following = torch.tensor((prediction - shift) / size, dtype=torch.float32)
            window = torch.cat((window[1:], following.to(device)))
    predicted = np.concatenate(predictions).astype(np.float32)
    return Forecast(frozen_array(known), frozen_array(target), frozen_array(predicted))
