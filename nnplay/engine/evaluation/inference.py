"""A network in evaluation mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put a network into evaluation mode without gradients, and back at the end."""
    # Not `train()` at the end: a frozen normalisation stays in evaluation mode.
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module in training:
            module.training = True


def predictions_of(model: nn.Module, x: Tensor) -> Tensor:
    """Return the outputs of a network in evaluation mode, without gradients."""
    with evaluating(model):
        predictions: Tensor = model(x)
    return predictions
