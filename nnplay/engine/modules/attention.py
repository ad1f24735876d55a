"""Self-attention with the waves that tell each step its place (Vaswani et al. 2017)."""

import torch
from torch import nn


class SelfAttention(nn.Module):
    """Adds to each step what it finds in all the others, and normalises the sum."""

    waves: torch.Tensor

    def __init__(self, steps: int, features: int, heads: int = 1, positions: bool = True) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(features, heads, batch_first=True)
        self.norm = nn.LayerNorm(features)
        # Pairs of sine and cosine, each pair slower than the one before it.
        pair = torch.arange(features) // 2
        angle = torch.arange(steps).unsqueeze(1) / 10_000 ** (2 * pair / features)
        waves = torch.where(torch.arange(features) % 2 == 0, angle.sin(), angle.cos())
        self.register_buffer("waves", waves if positions else waves * 0, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.waves
        found = self.attention(x, x, x, need_weights=False)[0]
        total: torch.Tensor = self.norm(x + found)
        return total
