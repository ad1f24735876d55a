"""Resizes images."""

from __future__ import annotations

import numpy as np

from nnplay.data.arrays import Bytes, Floats, floats_of


def square_images(images: Bytes, side: int) -> Floats | Bytes:
    """Return images as (n, channels, side, side); they stay bytes if they have that size.

    `images` is (n, height, width) or (n, channels, height, width).
    """
    if images.ndim == 3:
        images = images[:, np.newaxis]
    if images.shape[-2:] == (side, side):
        return np.ascontiguousarray(images)
    return resized(floats_of(images), side)


def resized(images: Floats, side: int) -> Floats:
    """Return images (n, channels, height, width) resampled to `side` rows and columns.

    The filter is a triangle: two new pixels wide when shrinking, so that thin lines survive, and
    two old pixels wide (bilinear) when enlarging.
    """
    height, width = images.shape[-2:]
    if (height, width) == (side, side):
        return images
    rows, columns = _weights(height, side), _weights(width, side)
    return np.ascontiguousarray(rows @ images @ columns.T)


def _weights(before: int, after: int) -> Floats:
    """Return (after, before): the weight of each old pixel in each new one; rows sum to 1."""
    scale = before / after
    reach = max(scale, 1.0)
    # The centre of pixel i of n is at (i + 1/2) / n of the width.
    centres = (np.arange(after) + 0.5) * scale
    distance = np.abs(np.arange(before) + 0.5 - centres[:, np.newaxis]) / reach
    weights = np.maximum(1 - distance, 0)
    return np.asarray(weights / weights.sum(1, keepdims=True), dtype=np.float32)
