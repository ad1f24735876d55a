"""Turns drawn digits into samples like those of MNIST and of the digits of scikit-learn.

A network expects digits of the size and in the place of those that it learned from: without that,
most of its accuracy is lost.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.data.arrays import WHITE, Bytes

SIDE, INNER = 28, 20
"""Pixels of an image of MNIST, and of the longer side of the digit in it."""
CENTRE = 14
"""The row and column, counted from 0, on which the centre of mass of a digit of MNIST lies."""
INK = 40
"""Pixels above this byte are ink."""
BITMAP, BLOCK = 32, 4
"""Pixels of a bitmap of which an 8×8 digit counts the ink, and of the blocks that are counted."""
WIDEST = 20
"""Columns of the bitmap that a digit fills at most: its outer blocks are empty in the data."""
BLACK_SHARE = 0.3
"""The share of its area from which a pixel of the bitmap is ink."""
Numbers = npt.NDArray[np.float64]


def as_drawn(ink: Bytes, side: int) -> Bytes:
    """Return a drawing (n, n), 255 for ink, as (side, side): the mean of the area of each pixel."""
    return _bytes(_resized(ink.astype(np.float64), side, side))


def as_in_mnist(ink: Bytes) -> Bytes:
    """Return a drawing (n, n), 255 for ink, as (28, 28) in the way of MNIST.

    The box around the ink is scaled so that its longer side is 20 pixels, and moved by whole pixels
    so that its centre of mass is on pixel 14. Digits of MNIST itself stay as they are, apart from
    faint pixels outside that box.
    """
    box = _box(ink)
    if box is None:
        return np.zeros((SIDE, SIDE), np.uint8)
    digit = _fitted(box, INNER)
    found = np.zeros((SIDE, SIDE))
    top, left = (
        int(np.clip(np.ceil(CENTRE - _mean_index(digit.sum(axis)) - 0.5), 0, SIDE - length))
        for axis, length in ((1, digit.shape[0]), (0, digit.shape[1]))
    )
    found[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return _bytes(found)


def as_in_digits(ink: Bytes) -> Bytes:
    """Return a drawing (n, n), 255 for ink, as (8, 8) in the way of the digits of scikit-learn.

    The box around the ink fills the height of a bitmap of 32×32 pixels, and 20 of its columns at
    most, as do the digits there. A pixel is the share of ink in a block of 4×4.
    """
    box = _box(ink)
    if box is None:
        return np.zeros((BITMAP // BLOCK,) * 2, np.uint8)
    width = max(1, min(WIDEST, round(box.shape[1] * BITMAP / box.shape[0])))
    digit = _resized(box, BITMAP, width) > BLACK_SHARE * WHITE
    bitmap = np.zeros((BITMAP, BITMAP))
    left = (BITMAP - width) // 2
    bitmap[:, left : left + width] = digit
    blocks = BITMAP // BLOCK
    counts = bitmap.reshape(blocks, BLOCK, blocks, BLOCK).sum((1, 3))
    return _bytes(counts * (WHITE / BLOCK**2))


def _box(ink: Bytes) -> Numbers | None:
    """Return the smallest rectangle that holds all ink; None without any."""
    rows, columns = (np.flatnonzero((ink > INK).any(axis)) for axis in (1, 0))
    if not len(rows):
        return None
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float64)


def _fitted(image: Numbers, longest: int) -> Numbers:
    """Return an image scaled so that its longer side has that many pixels."""
    scale = longest / max(image.shape)
    height, width = (max(1, round(length * scale)) for length in image.shape)
    return _resized(image, height, width)


def _resized(image: Numbers, height: int, width: int) -> Numbers:
    """Return an image of another size; each pixel is the mean of the area that it covers."""
    rows, columns = _shares(image.shape[0], height), _shares(image.shape[1], width)
    return np.asarray(rows @ image @ columns.T, np.float64)


def _shares(before: int, after: int) -> Numbers:
    """Return (after, before): the share of each old pixel in each new one; rows sum to 1."""
    edges = np.arange(after + 1)[:, np.newaxis] * (before / after)
    old = np.arange(before)
    covered = np.minimum(edges[1:], old + 1) - np.maximum(edges[:-1], old)
    return np.asarray(np.maximum(covered, 0) * (after / before), np.float64)


def _mean_index(weights: Numbers) -> float:
    return float(np.arange(len(weights)) @ weights / weights.sum())


def _bytes(image: npt.NDArray[Any]) -> Bytes:
    return np.asarray(np.clip(np.rint(image), 0, WHITE), np.uint8)
