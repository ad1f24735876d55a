"""A table of learnt features, looked up by number."""

import torch
from torch import nn


class Embedding(nn.Embedding):
    """Takes numbers of any kind; those beyond the table count as its nearest entry."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.nan_to_num(0.0).long().clamp(0, self.num_embeddings - 1))
