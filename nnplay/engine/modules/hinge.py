"""The hinge loss of two classes."""

import torch
from torch import nn


class BinaryHinge(nn.Module):
    """Asks every answer to lie on its side of zero by at least a margin; beyond it costs nothing.

    Takes answers and truth (0 or 1) of the same shape, gives the mean as one number.
    """

    def __init__(self, margin: float = 1.0, squared: bool = False) -> None:
        super().__init__()
        self.margin = margin
        self.squared = squared

    def forward(self, answer: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        side = 2 * target - 1  # 0 and 1 become -1 and +1
        missing = (self.margin - side * answer).clamp(min=0)
        return (missing**2 if self.squared else missing).mean()

    def extra_repr(self) -> str:
        return f"margin={self.margin}, squared={self.squared}"
