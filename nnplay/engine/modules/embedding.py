"""A table of learned vectors, indexed by token."""

import torch
from torch import nn


class Embedding(nn.Embedding):
    """Accepts any numbers; those outside the table are clamped to its nearest entry."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.nan_to_num(0.0).long().clamp(0, self.num_embeddings - 1))
