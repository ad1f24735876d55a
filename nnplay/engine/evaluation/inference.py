"""How a network answers when it is asked and not trained."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Switch dropout off and batch statistics to the running ones, and back at the end."""
    # Not `train()` in the end: a frozen normalisation keeps to its running statistics.
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module in training:
            module.training = True


def predictions_of(model: nn.Module, x: Tensor) -> Tensor:
    """Return what a network answers to samples, which are not learned from."""
    with evaluating(model):
        predictions: Tensor = model(x)
    return predictions
