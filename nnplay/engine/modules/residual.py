"""The building block of residual networks (He et al. 2015)."""

import torch
from torch import nn


class ResidualBlock(nn.Module):
    """Adds the result of two convolutions to their input."""

    def __init__(self, channels: int, filters: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)
        # The shortcut: the input itself, or a projection of it where the shapes differ.
        self.way: nn.Module = nn.Identity()
        if channels != filters or stride != 1:
            fit = nn.Conv2d(channels, filters, 1, stride, bias=False)
            self.way = nn.Sequential(fit, nn.BatchNorm2d(filters))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        change = self.norm1(self.conv1(x)).relu()
        change = self.norm2(self.conv2(change))
        total: torch.Tensor = change + self.way(x)
        return total.relu()
