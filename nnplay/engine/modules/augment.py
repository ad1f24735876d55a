"""Augmentation of images: random changes, different in every batch."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def augment(
    x: Tensor,
    generator: torch.Generator,
    shift: float = 0.0,
    rotation: float = 0.0,
    scale: float = 0.0,
    flip_horizontal: bool = False,
    flip_vertical: bool = False,
    noise: float = 0.0,
    erasing: float = 0.0,
) -> Tensor:
    """Return the images (samples, channels, height, width), each changed at random."""
    count, _channels, height, width = x.shape
    # All numbers are drawn whatever is on, so that no setting changes the effect of another.
    turn, zoom, across, down, left, top, mirror, upend = (
        2 * torch.rand(8, count, generator=generator, device=x.device) - 1  # from -1 to 1
    )
    if shift or rotation or scale or flip_horizontal or flip_vertical:
        angle = turn * math.radians(rotation)
        size = 1 + zoom * scale
        # The map from each new pixel to its source, in coordinates from -1 to 1.
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
        # Pixels from outside repeat the edge.
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
        x = x + noise * torch.randn(x.shape, generator=generator, device=x.device)
    return x
