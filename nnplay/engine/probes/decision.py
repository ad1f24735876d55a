"""What a network with two inputs predicts over the plane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnplay.engine.probes.probe import Probe, probe
from nnplay.experiment import Experiment
from nnplay.link import Area, Payload, Selection, frozen_array
from nnplay.link.frames import Counts, Floats

if TYPE_CHECKING:
    from torch import Tensor

    from nnplay.engine.setup import Setup

MAP_SIDE = 100
"""Rows and columns where nothing else is visible than the data; other grids have as many points."""
FINER = 4
"""Points of the finer grid for each point of the usual one, in each direction."""
ROOM_AT_END = 0.25
"""Share of what is visible that the last map of a run adds on each side, to zoom and pan into."""
MAP_MARGIN = 0.1
"""Share of the range of the data that is added on each side."""
REACH = 2.0
"""How far from the data the map goes, in widths of the data: further out it would be coarse."""
MOST_UNEVEN = 4.0
"""How many times more columns than usual there are at most, and how many times fewer."""


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


@dataclass(frozen=True)
class _Grid:
    """Where the network is asked: points of a rectangle, row by row from below."""

    area: Area
    rows: int
    columns: int

    @property
    def points(self) -> npt.NDArray[np.float64]:
        """(rows * columns, 2), in the units of the data."""
        x = np.linspace(self.area.x_low, self.area.x_high, self.columns)
        y = np.linspace(self.area.y_low, self.area.y_high, self.rows)
        return np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)

    def finer(self, room: float) -> _Grid:
        """Return a grid for a network that does not change, with some room around the rectangle.

        `room` is a share of the width and of the height, on each side.
        """
        area = self.area
        across = room * (area.x_high - area.x_low)
        up = room * (area.y_high - area.y_low)
        wider = Area(area.x_low - across, area.x_high + across, area.y_low - up, area.y_high + up)
        return _Grid(wider, FINER * self.rows, FINER * self.columns)


@probe(DecisionMap)
class DecisionProbe(Probe[DecisionMap]):
    """Evaluates the network on a grid around the training inputs and over what is visible.

    The grid is finer at a step at which there is time for it: in a pause and at the end.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        x = setup.parts.train.x
        low, high = x.min(0), x.max(0)
        margin = np.maximum((high - low) * MAP_MARGIN, 1e-3)
        low, high = low - margin, high + margin
        if setup.parts.scaling is not None:
            low, high = setup.parts.scaling.inverse(low), setup.parts.scaling.inverse(high)
        self._around_data = Area(float(low[0]), float(high[0]), float(low[1]), float(high[1]))
        self._seen: Area | None = None
        self._outputs: list[Tensor] = []
        """For parts of the finer grid, each as large as the usual grid."""
        self._use(_Grid(self._around_data, MAP_SIDE, MAP_SIDE))
        self._step = -1
        """The step at which the outputs for the finer grid were computed."""

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether the inputs are points of the plane."""
        return experiment.data.spec().is_plane

    def select(self, selection: Selection) -> None:
        """Cover what is visible of the plane, besides the data."""
        if selection.area in (None, self._seen):
            return
        self._seen = selection.area
        assert self._seen is not None
        self._use(_visible_grid(self._around_data, self._seen))

    def advance(self, seconds: float) -> bool:
        """Ask for a part of the finer grid if no step was taken since the last time."""
        step = self._setup.stepper.step
        if step != self._step:
            # The network is training: a finer map would be old before it is complete.
            self._step, self._outputs = step, []
            return False
        return self._work(seconds)

    def refine(self, seconds: float) -> None:
        """Ask for the finer grid, and beyond what is visible: no other map follows the view."""
        self._step, self._outputs = self._setup.stepper.step, []
        self._finer = self._grid.finer(ROOM_AT_END)
        self._work(seconds)

    def take(self) -> DecisionMap:
        """Return the map at the current step."""
        import torch

        if self._is_refined and self._step == self._setup.stepper.step:
            return self._map(torch.cat(self._outputs), self._finer)
        return self._map(self._setup.stepper.predictions(self._inputs), self._grid)

    @property
    def _is_refined(self) -> bool:
        return len(self._outputs) == FINER * FINER

    def _use(self, grid: _Grid) -> None:
        self._grid, self._inputs = grid, self._as_inputs(grid.points)
        self._finer = grid.finer(0.0)
        self._outputs = []

    def _as_inputs(self, points: npt.NDArray[np.float64]) -> Tensor:
        import torch

        scaling = self._setup.parts.scaling
        x = points.astype(np.float32) if scaling is None else scaling.transform(points)
        return torch.from_numpy(x).to(self._setup.device)

    def _work(self, seconds: float) -> bool:
        """Ask about as much of the finer grid as the time allows; return whether that was all."""
        if self._is_refined:
            return False
        end = perf_counter() + seconds
        parts = np.array_split(self._finer.points, FINER * FINER)
        while not self._is_refined and perf_counter() < end:
            inputs = self._as_inputs(parts[len(self._outputs)])
            self._outputs.append(self._setup.stepper.predictions(inputs))
        return self._is_refined

    def _map(self, outputs: Tensor, grid: _Grid) -> DecisionMap:
        output, area = self._setup.output, grid.area
        edges = area.x_low, area.x_high, area.y_low, area.y_high
        shape = grid.rows, grid.columns
        if output.form == "values":
            values = output.values(outputs)[:, 0].reshape(shape)
            return DecisionMap(frozen_array(values.astype(np.float32)), *edges)
        each = output.probabilities(outputs)
        if output.form == "labels":
            labels = frozen_array(each.T.cpu().numpy().reshape(-1, *shape))
            return DecisionMap(_on_grid(each[:, 0], shape), *edges, labels=labels)
        if each.shape[1] > 2:
            highest, winners = each.max(1)
            return DecisionMap(_on_grid(highest, shape), *edges, _on_grid(winners, shape))
        return DecisionMap(_on_grid(each[:, 1], shape), *edges)


def _visible_grid(data: Area, seen: Area) -> _Grid:
    """Return a grid over both rectangles with square cells, about as many as on the usual one."""
    reach = REACH * max(data.x_high - data.x_low, data.y_high - data.y_low)
    area = Area(
        min(data.x_low, max(seen.x_low, data.x_low - reach)),
        max(data.x_high, min(seen.x_high, data.x_high + reach)),
        min(data.y_low, max(seen.y_low, data.y_low - reach)),
        max(data.y_high, min(seen.y_high, data.y_high + reach)),
    )
    ratio = (area.x_high - area.x_low) / (area.y_high - area.y_low)
    columns = round(min(max(ratio**0.5, 1 / MOST_UNEVEN), MOST_UNEVEN) * MAP_SIDE)
    return _Grid(area, MAP_SIDE * MAP_SIDE // columns, columns)


def _on_grid(predictions: Tensor, shape: tuple[int, int]) -> npt.NDArray[Any]:
    return frozen_array(predictions.cpu().numpy().reshape(shape))
