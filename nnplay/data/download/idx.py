"""The IDX format of the MNIST files: a header that names type and shape, then the bare numbers.

Two zero bytes, one for the type (8: unsigned bytes), one for the number of dimensions, each
dimension as four bytes, most significant first (LeCun, Cortes and Burges, "The MNIST database").
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
    """Return how many bytes a file with unsigned bytes of that shape has."""
    return 4 + 4 * len(shape) + prod(shape)


def parse_idx(data: bytes, name: str) -> Bytes:
    """Return the array in an IDX file of unsigned bytes, read-only and without a copy.

    `name` stands for the file in messages. Raises DataError where it is not such a file.
    """
    if len(data) < 4 or data[:2] != b"\0\0":
        raise DataError(
            _("{name} is not an IDX file: it should start with two zero bytes.").format(name=name)
        )
    kind, dimensions = data[2], data[3]
    if kind != _BYTES or not 1 <= dimensions <= _MOST_DIMENSIONS:
        text = _(
            "{name} should hold unsigned bytes (type 8) in 1 to {most} dimensions, "
            "but its header says type {kind} in {dimensions}."
        )
        raise DataError(
            text.format(name=name, most=_MOST_DIMENSIONS, kind=kind, dimensions=dimensions)
        )
    start = 4 + 4 * dimensions
    if len(data) < start:
        raise DataError(_("{name} ends in the middle of its header.").format(name=name))
    shape = struct.unpack(f">{dimensions}I", data[4:start])
    if 0 in shape:
        raise DataError(_("{name} is empty by its header.").format(name=name))
    if len(data) != idx_size(shape):
        text = _("{name} should have {expected:,} bytes by its header, but has {found:,}.")
        raise DataError(text.format(name=name, expected=idx_size(shape), found=len(data)))
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def format_idx(array: Bytes) -> bytes:
    """Return the IDX file of an array of unsigned bytes."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, _BYTES, array.ndim, *array.shape)
    return header + array.tobytes()
