"""Networks of one stack but with weights of their own, all asked at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

Tensors = Mapping[str, Tensor]
Ask = Callable[[Tensor, bool], tuple[Tensor, bool]]
"""Takes inputs and whether they have the axis of the networks in front, gives answers alike."""

Layout = tuple[int, ...]
_IN_TURN = (nn.RNNBase, nn.MultiheadAttention, nn.PReLU)
"""What torch's vmap does not take, or only with a complaint."""
_MASKS = (nn.Dropout, nn.Dropout2d)
"""What multiplies by chance, alike for all inputs of a shape: all networks can have one mask."""
_CHANCY = (*_MASKS, nn.Dropout1d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout, nn.RReLU)


def can_vmap(model: nn.Sequential) -> bool:
    """Say whether networks of this kind can draw from the same chance.

    Some layers draw more or less often by their inputs, so that each network needs chance of its
    own.
    """
    return not any(
        isinstance(part, _CHANCY)
        for layer in model
        if not isinstance(layer, _MASKS)
        for part in layer.modules()
    )


def ask_of(
    module: nn.Module,
    weights: Tensors,
    buffers: Tensors,
    networks: int,
    layout: Layout,
) -> Ask:
    """Return how a layer of several networks is asked.

    `weights` and `buffers` are those that differ between the networks, with an axis for them in
    front; `layout` is how the layer's inputs lie in memory where there is a single network: the
    axes, the one with the widest strides first.
    """
    if isinstance(module, _MASKS):
        return _masked(module, layout)
    if not weights and not buffers:
        return _alike(module, networks)
    if isinstance(module, nn.Linear):
        return _dense(weights["weight"], weights.get("bias"), networks)
    if any(isinstance(part, _IN_TURN) for part in module.modules()):
        return _in_turn(module, weights, buffers, networks)
    return _vectorised(module, weights, buffers)


def _masked(module: nn.Module, layout: Layout) -> Ask:
    """Draw one mask for all networks: the one that a single network would draw."""

    def ask(x: Tensor, is_stacked: bool) -> tuple[Tensor, bool]:
        if not is_stacked:
            return module(x), False
        # Chance falls in the order of the memory.
        ones = torch.empty_permuted(x.shape[1:], layout, dtype=x.dtype, device=x.device)
        return x * module(ones.fill_(1.0)), True

    return ask


def _alike(module: nn.Module, networks: int) -> Ask:
    """Ask a layer that is the same for all networks: their samples can stand in one batch."""

    def ask(x: Tensor, is_stacked: bool) -> tuple[Tensor, bool]:
        if not is_stacked:
            return module(x), False
        answer = module(x.flatten(0, 1))
        return answer.unflatten(0, (networks, x.shape[1])), True

    return ask


def _dense(weight: Tensor, bias: Tensor | None, networks: int) -> Ask:
    """Multiply the matrices of all networks in one call: vmap comes to the same ten times slower.

    `weight` is (networks, units, inputs), `bias` (networks, units).
    """
    turned = weight.transpose(1, 2)
    shift = None if bias is None else bias.unsqueeze(1)

    def ask(x: Tensor, is_stacked: bool) -> tuple[Tensor, bool]:
        if not is_stacked:
            x = x.expand(networks, *x.shape)
        return x @ turned if shift is None else torch.baddbmm(shift, x, turned), True

    return ask


def _vectorised(module: nn.Module, weights: Tensors, buffers: Tensors) -> Ask:
    """Let torch find out how each operation is done for all networks at once."""

    def one(weights: Tensors, buffers: Tensors, x: Tensor) -> Tensor:
        answer: Tensor = functional_call(module, (dict(weights), dict(buffers)), (x,))
        return answer

    for_all = vmap(one, in_dims=(0, 0, 0))
    for_shared = vmap(one, in_dims=(0, 0, None))

    def ask(x: Tensor, is_stacked: bool) -> tuple[Tensor, bool]:
        return (for_all if is_stacked else for_shared)(weights, buffers, x), True

    return ask


def _in_turn(module: nn.Module, weights: Tensors, buffers: Tensors, networks: int) -> Ask:
    """Ask one network after the other."""

    def ask(x: Tensor, is_stacked: bool) -> tuple[Tensor, bool]:
        predictions = [
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
        return torch.stack(predictions), True

    return ask


def losses_of(loss_function: nn.Module, networks: int) -> Callable[[Tensor, Tensor], Tensor]:
    """Return what gives the loss of each network from logits (networks, samples, ...) and truth."""
    if not _is_plain_mean(loss_function):

        def in_turn(logits: Tensor, y: Tensor) -> Tensor:
            return torch.stack([loss_function(one, y) for one in logits.unbind()])

        return in_turn
    each: Any = deepcopy(loss_function)
    each.reduction = "none"

    def at_once(logits: Tensor, y: Tensor) -> Tensor:
        target = y.expand(networks, *y.shape).flatten(0, 1)
        losses: Tensor = each(logits.flatten(0, 1), target)
        return losses.reshape(networks, -1).mean(1)

    return at_once


def _is_plain_mean(loss_function: nn.Module) -> bool:
    """Say whether a loss is the mean of what it gives without one: weights make it another."""
    if not type(loss_function).__module__.startswith("torch.nn."):
        return False
    is_mean = getattr(loss_function, "reduction", "") == "mean"
    return is_mean and getattr(loss_function, "weight", None) is None
