"""The hinge loss of two classes."""

import torch
from torch import nn


class BinaryHinge(nn.Module):
    """Penalises outputs that are not on their side of zero by at least a margin.

    Takes outputs and targets (0 or 1) of the same shape and returns the mean.
    """

    def __init__(self, margin: float = 1.0, squared: bool = False) -> None:
        super().__init__()
        self.margin = margin
        self.squared = squared

    def forward(self, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        side = 2 * target - 1  # 0 and 1 become -1 and +1
        shortfall = (self.margin - side * output).clamp(min=0)
        return (shortfall**2 if self.squared else shortfall).mean()

    def extra_repr(self) -> str:
        return f"margin={self.margin}, squared={self.squared}"
