"""What torch does on (channels, length), for sequences of (steps, features)."""

import torch
from torch import nn


class Conv1d(nn.Conv1d):
    """Slides filters along the steps."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # A copy, since torch 2.13 can crash on the CPU where a side of 1 was only turned around.
        turned = x.transpose(1, 2).clone(memory_format=torch.contiguous_format)
        return super().forward(turned).transpose(1, 2)


class MaxPool1d(nn.MaxPool1d):
    """Keeps the largest of a few steps, feature by feature."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pooled: torch.Tensor = super().forward(x.transpose(1, 2))
        return pooled.transpose(1, 2)


class AvgPool1d(nn.AvgPool1d):
    """Keeps the mean of a few steps, feature by feature."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.transpose(1, 2)).transpose(1, 2)
