"""Modules that change the form of samples, or average it away."""

import torch
from torch import nn


class Reshape(nn.Module):
    """Cuts the numbers of each sample into another shape."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.reshape(len(x), *self.shape)

    def extra_repr(self) -> str:
        return str(self.shape)


class PictureRows(nn.Module):
    """Makes a step of every row of pixels, all channels side by side."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.transpose(1, 2).flatten(2)


class GlobalAverage(nn.Module):
    """Averages pictures over height and width, sequences over their steps."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3)) if x.dim() == 4 else x.mean(1)
