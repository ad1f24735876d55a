"""What a network with two inputs predicts over the plane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnplay.engine.probes.probe import Probe, probe
from nnplay.experiment import Experiment
from nnplay.link import Payload, frozen_array
from nnplay.link.frames import Counts, Floats

if TYPE_CHECKING:
    from torch import Tensor

    from nnplay.engine.setup import Setup

MAP_SIDE = 100
MAP_MARGIN = 0.1
"""Share of the range of the data that is added on each side."""


@dataclass(frozen=True)
class DecisionMap(Payload):
    """Predictions on a grid over a rectangle of the plane, in the units of the data."""

    values: Floats
    """(rows, columns), row 0 at y_low: the probability of class 1 of two, that of the most
    probable of more, or the value predicted by a regression."""
    x_low: float
    x_high: float
    y_low: float
    y_high: float
    winners: Counts | None = None
    """(rows, columns): the most probable class where there are more than two."""
    labels: Floats | None = None
    """(labels, rows, columns): the probability of each label of multi-label data; `values` is that
    of the first."""

    def of(self, label: int) -> DecisionMap:
        """Return the map of one label; the map itself where there are no labels."""
        return self if self.labels is None else replace(self, values=self.labels[label])


@probe(DecisionMap)
class DecisionProbe(Probe[DecisionMap]):
    """Evaluates the network on a grid around the training inputs."""

    def __init__(self, setup: Setup) -> None:
        import torch

        self._setup = setup
        x = setup.parts.train.x
        low, high = x.min(0), x.max(0)
        margin = np.maximum((high - low) * MAP_MARGIN, 1e-3)
        low, high = low - margin, high + margin
        columns = np.linspace(low[0], high[0], MAP_SIDE, dtype=np.float32)
        rows = np.linspace(low[1], high[1], MAP_SIDE, dtype=np.float32)
        grid = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 2)
        self._grid = torch.from_numpy(grid).to(setup.device)
        if setup.parts.scaling is not None:
            low, high = setup.parts.scaling.inverse(low), setup.parts.scaling.inverse(high)
        self._edges = float(low[0]), float(high[0]), float(low[1]), float(high[1])

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether the inputs are points of the plane."""
        return experiment.data.spec().is_plane

    def take(self) -> DecisionMap:
        """Return the map at the current step."""
        output = self._setup.output
        outputs = self._setup.stepper.predictions(self._grid)
        if output.form == "values":
            values = output.values(outputs)[:, 0].reshape(MAP_SIDE, MAP_SIDE)
            return DecisionMap(frozen_array(values.astype(np.float32)), *self._edges)
        each = output.probabilities(outputs)
        if output.form == "labels":
            labels = frozen_array(each.T.cpu().numpy().reshape(-1, MAP_SIDE, MAP_SIDE))
            return DecisionMap(_on_grid(each[:, 0]), *self._edges, labels=labels)
        if each.shape[1] > 2:
            highest, winners = each.max(1)
            return DecisionMap(_on_grid(highest), *self._edges, _on_grid(winners))
        return DecisionMap(_on_grid(each[:, 1]), *self._edges)


def _on_grid(predictions: Tensor) -> npt.NDArray[Any]:
    return frozen_array(predictions.cpu().numpy().reshape(MAP_SIDE, MAP_SIDE))
