"""Changes pictures by chance: each batch shows them a little different."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def augment(
    x: Tensor,
    chance: torch.Generator,
    shift: float = 0.0,
    rotation: float = 0.0,
    scale: float = 0.0,
    flip_horizontal: bool = False,
    flip_vertical: bool = False,
    noise: float = 0.0,
    erasing: float = 0.0,
) -> Tensor:
    """Return the pictures (samples, channels, height, width), each changed in its own way."""
    count, _channels, height, width = x.shape
    # All is drawn whatever is on, so that one setting does not change the chance of another.
    turn, zoom, across, down, left, top, mirror, upend = (
        2 * torch.rand(8, count, generator=chance, device=x.device) - 1  # from -1 to 1
    )
    if shift or rotation or scale or flip_horizontal or flip_vertical:
        angle = turn * math.radians(rotation)
        size = 1 + zoom * scale
        # From each new pixel back to where its colour comes from; a side goes from -1 to 1.
        cos, sin = angle.cos() / size, angle.sin() / size
        rows = torch.stack((cos, sin * height / width, -sin * width / height, cos), 1)
        matrix = rows.reshape(count, 2, 2)
        moved = matrix @ torch.stack((across, down), 1).unsqueeze(2) * (2 * shift)
        way = torch.cat((matrix, -moved), 2)
        if flip_horizontal:
            way[:, 0] *= torch.where(mirror < 0, -1.0, 1.0).unsqueeze(1)
        if flip_vertical:
            way[:, 1] *= torch.where(upend < 0, -1.0, 1.0).unsqueeze(1)
        grid = functional.affine_grid(way, list(x.shape), align_corners=False)
        # What comes in from outside goes on as the edge is.
        x = functional.grid_sample(x, grid, padding_mode="border", align_corners=False)
    if erasing:
        row = torch.arange(height, device=x.device).reshape(1, 1, height, 1)
        column = torch.arange(width, device=x.device).reshape(1, 1, 1, width)
        tall, wide = max(1, round(erasing * height)), max(1, round(erasing * width))
        first_row = ((top + 1) / 2 * (height - tall)).round().reshape(count, 1, 1, 1)
        first_column = ((left + 1) / 2 * (width - wide)).round().reshape(count, 1, 1, 1)
        inside = (row >= first_row) & (row < first_row + tall)
        inside = inside & (column >= first_column) & (column < first_column + wide)
        x = torch.where(inside, x.mean((2, 3), keepdim=True), x)
    if noise:
        x = x + noise * torch.randn(x.shape, generator=chance, device=x.device)
    return x
