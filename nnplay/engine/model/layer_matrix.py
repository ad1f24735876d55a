"""The weights of any layer as one matrix of units and sources, for a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnplay.catalog import Shape
from nnplay.engine.modules.attention import SelfAttention
from nnplay.engine.modules.recurrent import Recurrent
from nnplay.engine.modules.residual import ResidualBlock

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LayerMatrix:
    """What a layer multiplies its inputs by."""

    weights: Tensor
    """(units, inputs) or, of a convolution, (units, channels, *kernel)."""
    bias: Tensor | None = None
    """(units,)."""


def layer_matrix(module: nn.Module) -> LayerMatrix | None:
    """Return the weights that lead from the inputs of a layer to its units; None without any.

    Of a recurrent layer, those from the inputs to its first states, the strongest of all gates; of
    attention, the product of the value and output projections; of a residual block, its first
    convolution; of an embedding, the table, whose rows are tokens, turned over.
    """
    if isinstance(module, Recurrent):
        return LayerMatrix(_recurrent(module))
    if isinstance(module, SelfAttention):
        attention = module.attention
        size = attention.embed_dim
        values = attention.in_proj_weight[2 * size :]
        return LayerMatrix(attention.out_proj.weight @ values, attention.out_proj.bias)
    if isinstance(module, ResidualBlock):
        return LayerMatrix(module.conv1.weight)
    if isinstance(module, nn.Embedding):
        return LayerMatrix(module.weight.T)
    weight, bias = getattr(module, "weight", None), getattr(module, "bias", None)
    if not isinstance(weight, Tensor) or weight.ndim < 2:
        return None
    if isinstance(module, nn.Conv1d | nn.Conv2d) and module.groups > 1:
        weight = _ungrouped(weight, module.groups)
    return LayerMatrix(weight, bias if isinstance(bias, Tensor) else None)


def signed_max(weights: Floats, axis: int) -> Floats:
    """Return the numbers of largest magnitude along an axis, with their signs."""
    return _larger(weights.max(axis), weights.min(axis))


def per_source(weights: Floats, earlier: Shape) -> Floats | None:
    """Return one weight per unit and earlier unit; None where inputs cannot be assigned to units.

    `earlier` is the shape that the layer before passes on, before it is flattened. Where several
    weights lead from one unit to another, as in a kernel, it is the one of largest magnitude.
    """
    units = len(weights)
    if weights.ndim > 2:
        return signed_max(weights.reshape(units, weights.shape[1], -1), 2)
    inputs = weights.shape[1]
    if len(earlier) == 1 or inputs == earlier[-1] != prod(earlier):
        return weights if inputs == earlier[-1] else None
    if inputs != prod(earlier):
        return None
    if len(earlier) == 2:
        return signed_max(weights.reshape(units, *earlier), 1)
    return signed_max(weights.reshape(units, earlier[0], -1), 2)


def tiles_of(weights: Floats, sample: Shape, most: int) -> Floats | None:
    """Return the first units' weights as images (n, height, width); None where they are none.

    `sample` is the shape of the inputs of the network for a layer that sees them, () otherwise.
    Of several channels, each pixel is the one of largest magnitude.
    """
    weights = weights[:most]
    if weights.ndim == 4:
        return signed_max(weights, 1) if weights.shape[2] > 1 else None
    if weights.ndim == 3:
        return weights if weights.shape[2] > 1 else None
    if len(sample) == 3 and weights.shape[1] == prod(sample):
        return signed_max(weights.reshape(len(weights), *sample), 1)
    return None


def downsampled(matrix: Floats, most: int) -> Floats:
    """Return a matrix with at most that many rows and columns: the largest magnitude of each block.

    Rows and columns are cut into blocks of nearly equal size, in their order.
    """
    for axis in (0, 1):
        size = matrix.shape[axis]
        if size > most:
            begins = np.linspace(0, size, most, endpoint=False).astype(int)
            high = np.maximum.reduceat(matrix, begins, axis)
            matrix = _larger(high, np.minimum.reduceat(matrix, begins, axis))
    return matrix


def _larger(high: Floats, low: Floats) -> Floats:
    found: Floats = np.where(high >= -low, high, low)
    return found


def _recurrent(module: Recurrent) -> Tensor:
    found = []
    for end in ("", "_reverse") if module.rnn.bidirectional else ("",):
        weight = getattr(module.rnn, f"weight_ih_l0{end}").detach()
        gates = weight.reshape(-1, module.units, weight.shape[1])
        at = gates.abs().argmax(0, keepdim=True)
        found.append(gates.gather(0, at)[0])
    return torch.cat(found)


def _ungrouped(weight: Tensor, groups: int) -> Tensor:
    """Return the kernels of a grouped convolution over all channels, 0 for those it cannot see."""
    filters, channels = weight.shape[0], weight.shape[1]
    whole = weight.new_zeros(filters, channels * groups, *weight.shape[2:])
    each = filters // groups
    for group in range(groups):
        rows = slice(group * each, (group + 1) * each)
        whole[rows, group * channels : (group + 1) * channels] = weight[rows]
    return whole
