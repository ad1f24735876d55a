"""The forward pass of one layer for several networks at once, each with weights of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from nnplay.catalog import Layer

Tensors = Mapping[str, Tensor]
LayerForward = Callable[[Tensor, bool], tuple[Tensor, bool]]
"""Takes inputs and whether they have a leading axis of networks; returns outputs likewise."""

Layout = tuple[int, ...]


def can_vmap(network: Sequence[Layer]) -> bool:
    """Return whether networks of this kind can share one stream of random numbers.

    Some layers draw more or fewer numbers depending on their inputs, so that each network needs a
    stream of its own.
    """
    return all(layer.randomness != "by input" for layer in network)


def forward_of(
    kind: Layer,
    module: nn.Module,
    weights: Tensors,
    buffers: Tensors,
    networks: int,
    layout: Layout,
) -> LayerForward:
    """Return the forward pass of a layer of several networks.

    `weights` and `buffers` are those that differ between the networks, with a leading axis for
    them; `layout` is the memory layout of the layer's inputs for a single network: its axes by
    descending stride.
    """
    if kind.randomness == "mask":
        return _masked(module, layout)
    if not weights and not buffers:
        return _shared(module, networks)
    if isinstance(module, nn.Linear):
        return _dense(weights["weight"], weights.get("bias"), networks)
    if not kind.works_in_vmap:
        return _one_by_one(module, weights, buffers, networks)
    return _vectorised(module, weights, buffers)


def _masked(module: nn.Module, layout: Layout) -> LayerForward:
    """Draw one mask for all networks: the one that a single network would draw."""

    def forward(x: Tensor, is_stacked: bool) -> tuple[Tensor, bool]:
        if not is_stacked:
            return module(x), False
        # torch draws in the order of memory, so the mask needs the layout of a single network.
        ones = torch.empty_permuted(x.shape[1:], layout, dtype=x.dtype, device=x.device)
        return x * module(ones.fill_(1.0)), True

    return forward


def _shared(module: nn.Module, networks: int) -> LayerForward:
    """Apply a layer that is the same for all networks to their samples as one batch."""

    def forward(x: Tensor, is_stacked: bool) -> tuple[Tensor, bool]:
        if not is_stacked:
            return module(x), False
        outputs = module(x.flatten(0, 1))
        return outputs.unflatten(0, (networks, x.shape[1])), True

    return forward


def _dense(weight: Tensor, bias: Tensor | None, networks: int) -> LayerForward:
    """Multiply the matrices of all networks in one call; vmap takes ten times as long for it.

    `weight` is (networks, units, inputs), `bias` (networks, units).
    """
    transposed = weight.transpose(1, 2)
    shift = None if bias is None else bias.unsqueeze(1)

    def forward(x: Tensor, is_stacked: bool) -> tuple[Tensor, bool]:
        if not is_stacked:
            x = x.expand(networks, *x.shape)
        return x @ transposed if shift is None else torch.baddbmm(shift, x, transposed), True

    return forward


def _vectorised(module: nn.Module, weights: Tensors, buffers: Tensors) -> LayerForward:
    """Let torch vectorise each operation over the networks."""

    def one(weights: Tensors, buffers: Tensors, x: Tensor) -> Tensor:
        outputs: Tensor = functional_call(module, (dict(weights), dict(buffers)), (x,))
        return outputs

    for_own_inputs = vmap(one, in_dims=(0, 0, 0))
    for_shared_inputs = vmap(one, in_dims=(0, 0, None))

    def forward(x: Tensor, is_stacked: bool) -> tuple[Tensor, bool]:
        return (for_own_inputs if is_stacked else for_shared_inputs)(weights, buffers, x), True

    return forward


def _one_by_one(
    module: nn.Module, weights: Tensors, buffers: Tensors, networks: int
) -> LayerForward:
    """Apply the layers of the networks one after the other."""

    def forward(x: Tensor, is_stacked: bool) -> tuple[Tensor, bool]:
        outputs = [
            functional_call(
                module,
                (
                    {name: weight[i] for name, weight in weights.items()},
                    {name: buffer[i] for name, buffer in buffers.items()},
                ),
                (x[i] if is_stacked else x,),
            )
            for i in range(networks)
        ]
        return torch.stack(outputs), True

    return forward


def losses_of(loss_function: nn.Module, networks: int) -> Callable[[Tensor, Tensor], Tensor]:
    """Return a function of logits (networks, samples, ...) and targets that gives (networks,)."""
    if not _is_plain_mean(loss_function):

        def one_by_one(logits: Tensor, y: Tensor) -> Tensor:
            return torch.stack([loss_function(one, y) for one in logits.unbind()])

        return one_by_one
    per_sample: Any = deepcopy(loss_function)
    per_sample.reduction = "none"

    def at_once(logits: Tensor, y: Tensor) -> Tensor:
        targets = y.expand(networks, *y.shape).flatten(0, 1)
        losses: Tensor = per_sample(logits.flatten(0, 1), targets)
        return losses.reshape(networks, -1).mean(1)

    return at_once


def _is_plain_mean(loss_function: nn.Module) -> bool:
    """Return whether a loss is the unweighted mean over all samples and outputs."""
    if not type(loss_function).__module__.startswith("torch.nn."):
        return False
    is_mean = getattr(loss_function, "reduction", "") == "mean"
    return is_mean and getattr(loss_function, "weight", None) is None
