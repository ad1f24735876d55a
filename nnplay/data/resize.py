"""Scales pictures to another size."""

from __future__ import annotations

import numpy as np

from nnplay.data.arrays import Floats


def resized(pictures: Floats, side: int) -> Floats:
    """Return pictures (n, channels, height, width) scaled to `side` rows and columns.

    Each new pixel is a mean of the old ones around its place, by how near they are: a triangle two
    new pixels wide where pictures shrink, which loses no line, and two old ones where they grow.
    """
    height, width = pictures.shape[-2:]
    if (height, width) == (side, side):
        return pictures
    rows, columns = _weights(height, side), _weights(width, side)
    return np.ascontiguousarray(rows @ pictures @ columns.T)


def _weights(before: int, after: int) -> Floats:
    """Return (after, before): how much each old pixel counts in each new one; rows sum to 1."""
    scale = before / after
    reach = max(scale, 1.0)
    # The middle of pixel i of n lies at (i + 1/2) / n of the picture.
    middles = (np.arange(after) + 0.5) * scale
    away = np.abs(np.arange(before) + 0.5 - middles[:, np.newaxis]) / reach
    weights = np.maximum(1 - away, 0)
    return np.asarray(weights / weights.sum(1, keepdims=True), dtype=np.float32)
