"""The IDX format of the MNIST files: a header with type and shape, then the numbers.

Two zero bytes, one for the type (8: unsigned bytes), one for the number of dimensions, each
size as four bytes, most significant first (LeCun, Cortes and Burges, "The MNIST database").
"""

from __future__ import annotations

import struct
from math import prod

import numpy as np

from nnplay.data.arrays import Bytes, DataError
from nnplay.translation import _

_BYTES = 0x08
_MOST_DIMENSIONS = 4


def idx_size(shape: tuple[int, ...]) -> int:
    """Return the size in bytes of a file that holds unsigned bytes of a shape."""
    return 4 + 4 * len(shape) + prod(shape)


def parse_idx(data: bytes, name: str) -> Bytes:
    """Return the array in an IDX file of unsigned bytes, read-only and without a copy.

    Messages call the file `name`. Raises DataError if it is not such a file.
    """
    if len(data) < 4 or data[:2] != b"\0\0":
        raise DataError(
            _("{name} is not an IDX file: it does not begin with two zero bytes.").format(name=name)
        )
    kind, dimensions = data[2], data[3]
    if kind != _BYTES or not 1 <= dimensions <= _MOST_DIMENSIONS:
        text = _(
            "{name}: expected unsigned bytes (type 8) in 1 to {most} dimensions, "
            "found type {kind} in {dimensions}."
        )
        raise DataError(
            text.format(name=name, most=_MOST_DIMENSIONS, kind=kind, dimensions=dimensions)
        )
    start = 4 + 4 * dimensions
    if len(data) < start:
        raise DataError(_("{name} ends within its header.").format(name=name))
    shape = struct.unpack(f">{dimensions}I", data[4:start])
    if 0 in shape:
        raise DataError(_("{name} holds no samples, according to its header.").format(name=name))
    if len(data) != idx_size(shape):
        text = _(
            "{name} should have {expected:,} bytes according to its header, but has {found:,}."
        )
        raise DataError(text.format(name=name, expected=idx_size(shape), found=len(data)))
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def format_idx(array: Bytes) -> bytes:
    """Return the IDX file of an array of unsigned bytes."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, _BYTES, array.ndim, *array.shape)
    return header + array.tobytes()
