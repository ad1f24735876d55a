"""Initialisation of weights."""

from collections.abc import Callable

from torch import nn


def initialise(layer: nn.Module, draw: Callable[..., object], **hyperparameters: object) -> None:
    """Initialise the matrices, kernels and tables of a layer, and set its biases to 0.

    The gains of a normalisation in it, which have one dimension, stay at 1.
    """
    for name, weight in layer.named_parameters():
        if weight.ndim >= 2:
            draw(weight, **hyperparameters)
        elif "bias" in name.rpartition(".")[2]:
            nn.init.zeros_(weight)
