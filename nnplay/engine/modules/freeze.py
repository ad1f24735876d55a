"""Layers that training does not change."""

from torch import nn


def freeze(layer: nn.Module) -> None:
    """Freeze the weights of a layer, and the running statistics of batch normalisations in it.

    A batch normalisation then uses these statistics instead of those of the batch, so that the
    outputs for a sample do not change either. Calling `train()` on the network undoes that part.
    """
    layer.requires_grad_(False)
    for part in layer.modules():
        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            part.eval()
