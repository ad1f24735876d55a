"""From a network to the layers that the kernels go through."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from nnplay.catalog import BatchNorm, Dense, Dropout, Flatten, Identity, LayerNorm, Shape
from nnplay.catalog import Layer as Kind
from nnplay.engine.kernels import context as c
from nnplay.engine.kernels.dropout_masks import DropoutMasks, scale_of_kept
from nnplay.engine.kernels.library import Library, NamedKernel
from nnplay.experiment import Experiment

WIDE_FROM = 4096
"""From this number of weights on, BLAS is quicker than vectors."""
_CACHED = 8192
"""Numbers of a block that the fastest cache should hold."""
_SMALLEST, _SMALLEST_WIDE, _LARGEST = 128, 512, 2048
"""Samples of a block. Small blocks stay in the cache from layer to layer; BLAS is at its best with
many samples."""
LARGEST_NORMALISED = 8192
"""Samples of a batch that is normalised, which has to be one block: its statistics are needed
before anything behind them."""


@dataclass(frozen=True)
class Plan:
    """What the kernels need to know of a network."""

    layers: ctypes.Array[c.Layer]
    has_penalty: bool
    """Whether any layer has an L1 or L2."""
    has_wide: bool
    """Whether any layer needs BLAS."""
    block: int
    """Samples worked on at a time."""
    weights: Tensor
    """All of them in one row, which the network's own parameters are now views of."""
    trained: int
    """How many of them are trained; the frozen ones follow."""
    activations: int
    saved: int
    widest: int
    """Numbers per sample: outputs of all layers, what backward needs, and the widest output."""
    masks: DropoutMasks
    parameters: tuple[Any, ...]
    """The structs that the layers point to, which have to live as long."""


def make_plan(
    experiment: Experiment, in_shape: Shape, model: nn.Sequential, batch: int, library: Library
) -> Plan:
    """Lay out the network, and the parameters of its torch module in one row of memory."""
    work = [
        (kind, module)
        for kind, module in zip(experiment.network, model, strict=True)
        if _does_something(kind)
    ]
    modules = [module for _kind, module in work]
    weights, places, trained = _one_row(modules)
    rules = experiment.regularisation
    layers = (c.Layer * len(work))()
    structs: list[Any] = []
    drops: list[tuple[int, float]] = []
    features = widest = prod(in_shape)
    activations, saved, here, wide, learns = features, 0, 0, False, False
    is_whole = False
    for (kind, module), layer in zip(work, layers, strict=True):
        kernel = _kernel_of(kind, features, library)
        layer.forward, layer.backward = kernel.address, kernel.backward
        layer.inputs = features
        for name, parameter in module.named_parameters(recurse=False):
            setattr(layer, name, places[parameter])
            setattr(layer, f"{name}_count", parameter.numel())
        for name in ("weight", "bias"):
            if getattr(module, name, None) is None:
                setattr(layer, name, -1)
        trains = any(p.requires_grad for p in module.parameters())
        layer.is_frozen = not trains
        layer.is_first, learns = trains and not learns, learns or trains
        if isinstance(kind, Dense):
            l1, l2 = kind.penalties
            layer.l1, layer.l2 = (rules.l1 + l1, rules.l2 + l2) if trains else (0, 0)
            layer.overwrites = features * kind.units >= WIDE_FROM
            wide = wide or bool(layer.overwrites)
            layer.input, layer.output = here, activations
            here, features = activations, kind.units
            activations += features
        else:
            layer.saved = saved
            saved += _saved(kind, features)
            named, values = kernel, kind.own_values()
            if isinstance(kind, Dropout):
                layer.mask = sum(units for units, _p in drops)
                drops.append((features, kind.p))
                values = {"scale": scale_of_kept(kind.p)}
            elif kind.key in library.tables["activations"]:
                named = library.tables["activations"][kind.key]
                layer.activation = named.address
            elif isinstance(kind, BatchNorm):
                layer.running_mean = module.get_buffer("running_mean").data_ptr()
                layer.running_variance = module.get_buffer("running_var").data_ptr()
                is_whole = is_whole or trains
            structs.append(named.pack(values))
            layer.parameters = ctypes.addressof(structs[-1])
        layer.units = features
        widest = max(widest, features)
    smallest = _SMALLEST_WIDE if wide else _SMALLEST
    block = max(smallest, min(_LARGEST, _CACHED // (activations + saved + 2 * widest)))
    return Plan(
        layers,
        any(layer.l1 or layer.l2 for layer in layers),
        wide,
        c.whole_vectors(batch if is_whole else min(block, batch)),
        weights,
        trained,
        activations,
        saved,
        widest,
        DropoutMasks(tuple(drops)),
        tuple(structs),
    )


def _does_something(kind: Kind) -> bool:
    # A Dropout that never drops draws nothing either.
    return not (isinstance(kind, Flatten | Identity) or (isinstance(kind, Dropout) and not kind.p))


def _kernel_of(kind: Kind, features: int, library: Library) -> NamedKernel:
    if isinstance(kind, Dense):
        is_wide = features * kind.units >= WIDE_FROM
        return library.tables["layers"]["Dense, by BLAS" if is_wide else "Dense"]
    is_pointwise = kind.key in library.tables["activations"]
    return library.tables["layers"]["activation" if is_pointwise else kind.key]


def _saved(kind: Kind, features: int) -> int:
    """Return how many numbers per lane a layer keeps for its way back."""
    if isinstance(kind, LayerNorm):
        return features + 1
    if isinstance(kind, BatchNorm):
        # A number per feature, for all lanes together, of which there are LANES at least.
        return features + c.whole_vectors(features) // c.LANES
    return features


def _one_row(modules: Sequence[nn.Module]) -> tuple[Tensor, dict[nn.Parameter, int], int]:
    """Move all parameters into one row, the frozen ones last.

    Returns the row, where each parameter begins in it, and where the frozen ones begin. Each begins
    with a whole vector.
    """
    parameters = [p for module in modules for p in module.parameters()]
    places: dict[nn.Parameter, int] = {}
    size = trained = 0
    for is_trained in (True, False):
        for parameter in parameters:
            if parameter.requires_grad == is_trained:
                places[parameter] = size
                size += c.whole_vectors(parameter.numel())
        trained = size if is_trained else trained
    row = torch.zeros(size)
    for parameter, place in places.items():
        part = row[place : place + parameter.numel()].view(parameter.shape)
        part.copy_(parameter.detach())
        parameter.data = part
    return row, places, trained
