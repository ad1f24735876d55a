"""What views ask a network: its curve, its map of the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnplay.data import Samples, Scaling
from nnplay.engine.evaluation.evaluate import probabilities
from nnplay.engine.step import Stepper
from nnplay.link import DecisionMap, Fit, frozen_array

CURVE_POINTS = 512
MAP_SIDE = 100
MAP_MARGIN = 0.1


def fit_curve(stepper: Stepper, x: Samples, scaling: Scaling | None = None) -> Fit:
    """Return the network's y(x) over the range of one-dimensional inputs.

    Where these are scaled, the answer is in the units of the data all the same: also the weight and
    the bias, which are those of the line that is seen.
    """
    model = stepper.model
    device = next(model.parameters()).device
    grid = np.linspace(x.x.min(), x.x.max(), CURVE_POINTS, dtype=np.float32)
    y = (
        stepper.predictions(torch.from_numpy(grid).reshape(-1, 1).to(device))
        .reshape(-1)
        .cpu()
        .numpy()
    )
    weight = bias = None
    if len(model) == 1 and isinstance(model[0], nn.Linear):
        weight = model[0].weight.item()
        bias = model[0].bias.item() if model[0].bias is not None else 0.0
    if scaling is not None:
        grid = scaling.back(grid)
        if weight is not None and bias is not None:
            weight /= float(scaling.size[0])
            bias -= weight * float(scaling.shift[0])
    return Fit(frozen_array(grid), frozen_array(y), weight, bias)


@dataclass(frozen=True)
class Plane:
    """The places at which a network with two inputs is asked."""

    grid: Tensor
    """(MAP_SIDE * MAP_SIDE, 2), as the network takes them, row by row."""
    edges: tuple[float, float, float, float]
    """Left, right, bottom and top in the units of the data, also where the inputs are scaled."""


def plane_around(x: Samples, device: torch.device, scaling: Scaling | None = None) -> Plane:
    """Return the plane around two-dimensional inputs."""
    low, high = x.x.min(0), x.x.max(0)
    margin = np.maximum((high - low) * MAP_MARGIN, 1e-3)
    low, high = low - margin, high + margin
    columns = np.linspace(low[0], high[0], MAP_SIDE, dtype=np.float32)
    rows = np.linspace(low[1], high[1], MAP_SIDE, dtype=np.float32)
    grid = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 2)
    if scaling is not None:
        low, high = scaling.back(low), scaling.back(high)
    edges = float(low[0]), float(high[0]), float(low[1]), float(high[1])
    return Plane(torch.from_numpy(grid).to(device), edges)


def decision_map(stepper: Stepper, plane: Plane, target_form: str) -> DecisionMap:
    """Return what the network says over a plane."""
    answer = stepper.predictions(plane.grid)
    with torch.no_grad():
        winners = labels = None
        if target_form == "values":
            values = answer[:, 0]
        elif target_form == "binary":
            values = answer[:, 0].sigmoid()
        elif target_form == "labels":
            shares = probabilities(answer, target_form)
            labels = frozen_array(shares.T.cpu().numpy().reshape(-1, MAP_SIDE, MAP_SIDE))
            values = shares[:, 0]
        else:
            shares = probabilities(answer, target_form)
            values = shares[:, 1]
            if shares.shape[1] > 2:
                values, winners = shares.max(1)
    likeliest = None if winners is None else _on_grid(winners)
    return DecisionMap(_on_grid(values), *plane.edges, likeliest, labels)


def _on_grid(predictions: Tensor) -> npt.NDArray[Any]:
    return frozen_array(predictions.cpu().numpy().reshape(MAP_SIDE, MAP_SIDE))
