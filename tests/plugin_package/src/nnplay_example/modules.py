"""The PyTorch module of the plug-in; imported when a network with it is built."""

import torch
from torch import nn


class Scale(nn.Module):
    """Multiplies each feature by a learned factor."""

    def __init__(self, features: int, initial: float) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.full((features,), initial))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.factor * x
