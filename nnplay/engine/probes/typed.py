"""What the network predicts for the sample that the user has typed or drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nnplay.engine.probes.probe import Probe, probe
from nnplay.experiment import Experiment
from nnplay.link import Payload, Selection, frozen_array
from nnplay.link.frames import Floats

if TYPE_CHECKING:
    from nnplay.catalog import DataSpec
    from nnplay.engine.setup import Setup
    from nnplay.engine.trained_network import Predictions


@dataclass(frozen=True)
class TypedPrediction(Payload):
    """The prediction for one sample that is not in the data."""

    inputs: tuple[float, ...]
    """As in the Selection."""
    probabilities: Floats | None
    """(classes,) or (labels,); None for a regression."""
    values: npt.NDArray[np.float64] | None
    """(outputs,) in the units of the data; None for classes and labels."""


@probe(TypedPrediction)
class TypedProbe(Probe[TypedPrediction]):
    """Asks about the typed sample in each frame."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._typed: tuple[float, ...] | None = None

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return True: every network predicts something for its inputs."""
        return True

    def select(self, selection: Selection) -> None:
        """Ask about the typed sample."""
        self._typed = selection.typed

    def take(self) -> TypedPrediction | None:
        """Return the prediction at the current step, None where nothing was typed for such data."""
        typed = self._typed
        if typed is None:
            return None
        # Late, as views import this module and torch is slow to import.
        import torch

        from nnplay.engine.trained_network import network_inputs, predictions_from

        setup = self._setup

        def predict(raw: npt.NDArray[np.float64]) -> Predictions:
            inputs = torch.from_numpy(network_inputs(raw, setup.scaling.inputs))
            outputs = setup.stepper.predictions(inputs.to(setup.device))
            return predictions_from(outputs, setup.output, setup.spec.task)

        return typed_prediction(typed, setup.spec, predict)


def typed_prediction(
    typed: tuple[float, ...],
    spec: DataSpec,
    predict: Callable[[npt.NDArray[np.float64]], Predictions],
) -> TypedPrediction | None:
    """Return the prediction for typed inputs, None if they are not for such data.

    They may be for the data set before, for a moment after another one was chosen. `predict` takes
    samples (n, *in_shape) that are not scaled.
    """
    if len(typed) != prod(spec.in_shape):
        return None
    found = predict(np.array(typed).reshape(1, *spec.in_shape))
    odds, values = found.probabilities, found.values
    return TypedPrediction(
        typed,
        None if odds is None else frozen_array(odds[0]),
        None if values is None else frozen_array(values[0]),
    )
