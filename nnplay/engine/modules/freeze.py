"""Layers that training leaves as they are."""

from torch import nn


def freeze(layer: nn.Module) -> None:
    """Keep the weights of a layer, and the running statistics of a normalisation in it.

    A normalisation then scales by these statistics and not by those of the batch, so that what
    the layer says of a sample does not change either. `train()` of the network undoes that part.
    """
    layer.requires_grad_(False)
    for part in layer.modules():
        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            part.eval()
