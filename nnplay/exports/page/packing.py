"""Arrays of numbers as text that the player of a web page reads."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Packed = Mapping[str, Any]
EXACT_NUMBERS = 25_000
"""Up to this number of weights, they are stored in float32: 0.13 MB of text."""
HALF_NUMBERS = 200_000
"""Up to this number of weights, they are stored in float16: 0.53 MB of text."""
MOST_NUMBERS = 700_000
"""Up to this number of weights, they are stored in int8: 0.93 MB of text."""


def packed(array: npt.NDArray[Any]) -> Packed:
    """Return an array as base64 of its little-endian numbers, with their type."""
    little = array.astype(array.dtype.newbyteorder("<"))
    return {"type": array.dtype.name, "data": b64encode(little.tobytes()).decode()}


def packed_weights(weights: Mapping[str, npt.NDArray[Any]]) -> Packed:
    """Return all weights in one row, in the widest type that suits their number.

    In int8 each row of a matrix, and each vector, has a factor: the largest magnitude is 127.
    """
    count = sum(array.size for array in weights.values())
    numbers = np.concatenate([np.ravel(array) for array in weights.values()] or [np.empty(0)])
    if count <= EXACT_NUMBERS or _exceeds_half(numbers):
        return packed(numbers.astype(np.float32))
    if count <= HALF_NUMBERS:
        return packed(numbers.astype(np.float16))
    bytes_, factors = [], []
    for array in weights.values():
        rows = np.reshape(array, (array.shape[0] if array.ndim > 1 else 1, -1)).astype(np.float64)
        factor = np.abs(rows).max(1, initial=0.0, keepdims=True) / 127
        factor[factor == 0] = 1.0
        bytes_.append(np.rint(rows / factor).astype(np.int8).ravel())
        factors.append(factor.ravel().astype(np.float32))
    return {**packed(np.concatenate(bytes_)), "factors": packed(np.concatenate(factors))}


def _exceeds_half(numbers: npt.NDArray[Any]) -> bool:
    small = numbers.size <= HALF_NUMBERS
    return small and float(np.abs(numbers).max(initial=0.0)) > float(np.finfo(np.float16).max)
