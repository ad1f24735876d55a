"""One number that says whether two networks have the same weights, to the last bit."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt


def weights_sha256(weights: Mapping[str, npt.NDArray[Any]]) -> str:
    """Return the SHA-256 of weights by name, as 64 hexadecimal digits.

    For each name in sorted order it takes in `name dtype shape` and a line feed in UTF-8, such as
    `0.weight float32 (1, 2)`, then the numbers row by row with the lowest byte first.
    """
    digest = sha256()
    for name in sorted(weights):
        array = weights[name]
        digest.update(f"{name} {array.dtype.name} {array.shape}\n".encode())
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        digest.update(np.ascontiguousarray(little).tobytes())
    return digest.hexdigest()
