"""Self-attention with positional encoding (Vaswani et al. 2017)."""

import torch
from torch import nn


class SelfAttention(nn.Module):
    """Adds to each step what attention gathers from all steps, and normalises the sum."""

    waves: torch.Tensor

    def __init__(self, steps: int, features: int, heads: int = 1, positions: bool = True) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(features, heads, batch_first=True)
        self.norm = nn.LayerNorm(features)
        # Pairs of sine and cosine, each with a lower frequency than the pair before.
        pair = torch.arange(features) // 2
        angle = torch.arange(steps).unsqueeze(1) / 10_000 ** (2 * pair / features)
        waves = torch.where(torch.arange(features) % 2 == 0, angle.sin(), angle.cos())
        self.register_buffer("waves", waves if positions else waves * 0, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.waves
        attended = self.attention(x, x, x, need_weights=False)[0]
        total: torch.Tensor = self.norm(x + attended)
        return total
