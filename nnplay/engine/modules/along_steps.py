"""torch's one-dimensional layers for sequences of shape (steps, features)."""

import torch
from torch import nn


class Conv1d(nn.Conv1d):
    """Slides filters along the steps."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # A copy: torch 2.13 can crash on the CPU if an axis of length 1 was only transposed.
        transposed = x.transpose(1, 2).clone(memory_format=torch.contiguous_format)
        return super().forward(transposed).transpose(1, 2)


class MaxPool1d(nn.MaxPool1d):
    """Takes the maximum over a few steps, for each feature."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pooled: torch.Tensor = super().forward(x.transpose(1, 2))
        return pooled.transpose(1, 2)


class AvgPool1d(nn.AvgPool1d):
    """Takes the mean over a few steps, for each feature."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.transpose(1, 2)).transpose(1, 2)
