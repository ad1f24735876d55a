"""First weights that are drawn in a chosen way."""

from collections.abc import Callable

from torch import nn


def initialise(layer: nn.Module, draw: Callable[..., object], **hyperparameters: object) -> None:
    """Draw the matrices, kernels and tables of a layer anew, and set its biases to 0.

    The gains of a normalisation inside it, which have one dimension, stay at 1.
    """
    for name, weight in layer.named_parameters():
        if weight.ndim >= 2:
            draw(weight, **hyperparameters)
        elif "bias" in name.rpartition(".")[2]:
            nn.init.zeros_(weight)
