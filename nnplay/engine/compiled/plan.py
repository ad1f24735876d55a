"""From a stack of Dense layers to rows of numbers that the kernel goes by."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnplay.catalog import Dense, Dropout, Flatten, Identity, Layer, Shape
from nnplay.engine.compiled.bends import BENDS
from nnplay.engine.compiled.dense import (
    backward_narrow,
    backward_wide,
    forward_narrow,
    forward_wide,
)
from nnplay.engine.compiled.desk import (
    BEND,
    BIAS,
    COLUMNS,
    FIRST,
    FROM,
    INPUTS,
    KIND,
    NARROW,
    PLACE,
    UNITS,
    WEIGHT,
    WIDE,
)
from nnplay.engine.compiled.dropping import Dropping, drop, larger
from nnplay.engine.jit import Piece
from nnplay.engine.jit.kinds import LANES
from nnplay.experiment import Experiment

WIDE_FROM = 4096
"""So many weights make a layer wide: BLAS is then quicker than vectors."""
_NARROW, _WIDE = (forward_narrow, backward_narrow), (forward_wide, backward_wide)
_CACHE = 8192
"""Numbers of a block that the fastest cache should hold."""
_LEAST, _LEAST_WIDE, _MOST = 128, 512, 2048
"""Samples of a block; BLAS is at its best with many."""


@dataclass(frozen=True)
class Plan:
    """What the kernel needs to know of a network."""

    ops: npt.NDArray[np.int64]
    """A row per layer that does anything; see the desk for its columns."""
    hyperparameters: tuple[tuple[float, float], ...]
    pieces: tuple[tuple[Piece, Piece | None], ...]
    """For each row its two constants, which of a Dense layer are its L1 and L2, and its functions
    forwards and backwards."""
    has_penalty: bool
    """Whether any layer has an L1 or L2."""
    has_wide: bool
    """Whether any layer needs BLAS."""
    block: int
    """Samples worked on at a time."""
    weights: Tensor
    """All of them in one row, which the network's own parameters are now parts of."""
    acts: int
    slopes: int
    widest: int
    """Numbers per sample of a block: answers, slopes, and the longest answer."""
    dropping: Dropping


def make_plan(experiment: Experiment, in_shape: Shape, model: nn.Sequential, batch: int) -> Plan:
    """Lay out the stack, and the parameters of its torch module in one row of memory."""
    rules = experiment.regularisation
    features = prod(in_shape)
    rows: list[list[int]] = []
    hyperparameters: list[tuple[float, float]] = []
    pieces: list[tuple[Piece, Piece | None]] = []
    drops: list[tuple[int, float]] = []
    place, acts, slopes, here, dropped = 0, features, 0, 0, 0
    for layer in experiment.network:
        # A Dropout that never drops draws nothing either.
        if isinstance(layer, Flatten | Identity) or (isinstance(layer, Dropout) and not layer.p):
            continue
        row = [0] * COLUMNS
        row[INPUTS], row[FROM], row[FIRST] = features, here, here == 0
        if isinstance(layer, Dense):
            wide = features * layer.units >= WIDE_FROM
            row[KIND] = WIDE if wide else NARROW
            pieces.append(_WIDE if wide else _NARROW)
            l1, l2 = layer.strengths
            hyperparameters.append((rules.l1 + l1, rules.l2 + l2))
            row[WEIGHT], place = place, _behind(place, features * layer.units)
            row[BIAS] = place if layer.bias else -1
            place = _behind(place, layer.units * layer.bias)
            row[PLACE], here, features = acts, acts, layer.units
            acts += features
        else:
            row[KIND], row[PLACE] = BEND, slopes
            slopes += features
            if isinstance(layer, Dropout):
                row[WEIGHT], dropped = dropped, dropped + features
                drops.append((features, layer.p))
                pieces.append((drop, None))
                hyperparameters.append((larger(layer.p), 0.0))
            else:
                pieces.append((BENDS[layer.key], None))
                hyperparameters.append(_hyperparameters(layer))
        row[UNITS] = features
        rows.append(row)
    ops = np.array(rows, dtype=np.int64)
    dense = ops[ops[:, KIND] != BEND]
    widest = int(ops[:, [INPUTS, UNITS]].max())
    has_wide = bool((dense[:, KIND] == WIDE).any())
    least = _LEAST_WIDE if has_wide else _LEAST
    block = max(least, min(_MOST, _CACHE // (acts + slopes + 2 * widest)))
    return Plan(
        ops,
        tuple(hyperparameters),
        tuple(pieces),
        any(
            any(pair) for pair, row in zip(hyperparameters, rows, strict=True) if row[KIND] != BEND
        ),
        has_wide,
        _behind(0, min(block, batch)),
        _one_row(model, dense, place),
        acts,
        slopes,
        widest,
        Dropping(tuple(drops)),
    )


def _behind(place: int, size: int) -> int:
    """Return where the next piece begins, so that each begins with a whole vector."""
    return place + -(-size // LANES) * LANES


def _hyperparameters(layer: Layer) -> tuple[float, float]:
    values = [
        float(value != "none") if isinstance(value, str) else float(value)
        for value in layer.own_values().values()
    ]
    first, second, *_rest = (*values, 0.0, 0.0)
    return first, second


def _one_row(model: nn.Sequential, dense: npt.NDArray[np.int64], size: int) -> Tensor:
    row = torch.zeros(size)
    layers = [module for module in model if isinstance(module, nn.Linear)]
    for layer, op in zip(layers, dense, strict=True):
        for parameter, place in ((layer.weight, op[WEIGHT]), (layer.bias, op[BIAS])):
            if parameter is not None:
                part = row[place : place + parameter.numel()].view(parameter.shape)
                part.copy_(parameter.detach())
                parameter.data = part
    return row
