"""The same answers with less work: each shortcut gives the very same numbers, forwards and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import unwrap

import torch
from torch import Tensor, nn

from nnplay.engine.model.fused_pooling import PooledReLU, has_small_windows

Answer = Callable[[Tensor], Tensor]


def fused_forward(model: nn.Sequential) -> Answer:
    """Return what answers as the model does, its layers taken in the quickest order."""
    steps = with_fused_pools(pools_first(list(model)))
    if steps == list(model):
        return model

    def forward(x: Tensor) -> Tensor:
        for step in steps:
            x = step(x)
        return x

    return forward


def pools_first(layers: list[nn.Module]) -> list[nn.Module]:
    """Return the layers with each max-pooling ahead of the ReLU that it follows.

    The largest of a window is the same number before and after a ReLU, and the gradient goes to the
    same place; but then the ReLU has only a quarter of the numbers to look at.
    """
    order = list(layers)
    for i in range(len(order) - 1):
        if type(order[i]) is nn.ReLU and type(order[i + 1]) is nn.MaxPool2d:
            order[i], order[i + 1] = order[i + 1], order[i]
    return order


def with_fused_pools(layers: Sequence[nn.Module]) -> list[Answer]:
    """Return the layers with each pair that compiled code is made for taken as one."""
    steps: list[Answer] = []
    for layer in layers:
        pool = steps[-1] if steps else None
        if type(pool) is nn.MaxPool2d and type(layer) is nn.ReLU and has_small_windows(pool):
            steps[-1] = PooledReLU(pool, layer)
        else:
            steps.append(layer)
    return steps


class UnwrappedOptimizer:
    """An optimizer without what torch wraps its calls in: hooks, and notes for its profiler.

    That takes as long as the update itself where a network is small.
    """

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self._optimizer = optimizer
        self._update = unwrap(type(optimizer).step)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for group in self._optimizer.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    def step(self) -> None:
        """Move the weights."""
        with torch.no_grad():
            self._update(self._optimizer)
