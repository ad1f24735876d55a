"""A trained network that predicts new samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from nnplay.catalog import Task
from nnplay.data.arrays import floats_of
from nnplay.engine.evaluation.inference import predictions_of
from nnplay.engine.evaluation.output import Output
from nnplay.engine.model.build import build_network
from nnplay.engine.model.own_random import OwnRandom
from nnplay.experiment import WeightsError
from nnplay.link import Trained
from nnplay.link.scaling import Scaling
from nnplay.translation import _

_AT_ONCE = 1_000


@dataclass(frozen=True)
class Predictions:
    """What a network predicts for samples."""

    probabilities: npt.NDArray[np.float32] | None
    """(n, classes) or (n, labels); None for a regression."""
    values: npt.NDArray[np.float64] | None
    """(n, outputs) in the units of the data; None for classes and labels."""


def network_inputs(raw: npt.NDArray[Any], scaling: Scaling | None) -> npt.NDArray[np.float32]:
    """Return samples as the network receives them; bytes are pixels, of which 255 is white."""
    if scaling is None:
        return floats_of(raw)
    return scaling.transform(floats_of(raw) if raw.dtype == np.uint8 else raw)


def predictions_from(outputs: torch.Tensor, output: Output, task: Task) -> Predictions:
    """Return the predictions that the outputs (n, …) of a network mean."""
    if task == "regression":
        return Predictions(None, output.values(outputs))
    return Predictions(output.probabilities(outputs).float().cpu().numpy(), None)


class TrainedNetwork:
    """Predicts with the weights of a run, on the CPU."""

    def __init__(self, trained: Trained) -> None:
        """Build the network; raises WeightsError if the weights are those of another one."""
        experiment = trained.experiment
        self.trained, self.spec = trained, experiment.data.spec()
        self._output = Output(experiment.loss, trained.scaling.targets)
        # Another network may be trained meanwhile, and must not notice.
        with OwnRandom():
            self._model: nn.Sequential = build_network(experiment.network, self.spec.in_shape)
        weights = {name: torch.from_numpy(np.array(one)) for name, one in trained.weights.items()}
        try:
            self._model.load_state_dict(weights)
        except RuntimeError as error:
            raise WeightsError(
                _("The weights do not belong to the network of this experiment."),
                _("Train again and save the run."),
            ) from error

    def predict(self, raw: npt.NDArray[Any]) -> Predictions:
        """Return predictions of samples (n, *in_shape), not scaled, with n > 0."""
        parts = [
            predictions_from(
                predictions_of(
                    self._model,
                    torch.from_numpy(
                        network_inputs(raw[start : start + _AT_ONCE], self.trained.scaling.inputs)
                    ),
                ),
                self._output,
                self.spec.task,
            )
            for start in range(0, len(raw), _AT_ONCE)
        ]
        probabilities = [one.probabilities for one in parts if one.probabilities is not None]
        values = [one.values for one in parts if one.values is not None]
        return Predictions(
            np.concatenate(probabilities) if probabilities else None,
            np.concatenate(values) if values else None,
        )
