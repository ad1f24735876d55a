"""A digest that is equal if two networks have the same weights, to the last bit."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt


def weights_sha256(weights: Mapping[str, npt.NDArray[Any]]) -> str:
    """Return the SHA-256 of weights by name, as 64 hexadecimal digits.

    For each name in sorted order it hashes the line `name dtype shape` in UTF-8, such as
    `0.weight float32 (1, 2)`, and then the values in row-major order, little-endian.
    """
    digest = sha256()
    for name in sorted(weights):
        array = weights[name]
        digest.update(f"{name} {array.dtype.name} {array.shape}\n".encode())
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        digest.update(np.ascontiguousarray(little).tobytes())
    return digest.hexdigest()
