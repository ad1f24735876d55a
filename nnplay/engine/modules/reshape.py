"""Modules that change the shape of samples."""

import torch
from torch import nn


class Reshape(nn.Module):
    """Reshapes each sample."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.unflatten(x.flatten(1), 1, self.shape)

    def extra_repr(self) -> str:
        return str(self.shape)


class PictureRows(nn.Module):
    """Turns an image into a sequence with a step per row, the channels of a row side by side."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.transpose(1, 2).flatten(2)


class GlobalAverage(nn.Module):
    """Averages images over height and width, sequences over their steps."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3)) if x.dim() == 4 else x.mean(1)
