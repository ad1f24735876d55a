"""Finds weights that are not finite in a file, without NumPy or PyTorch."""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import BinaryIO

from nnplay.experiment.weights.safetensors_header import WeightsError, read_shapes, short
from nnplay.translation import _

_CHUNK = 2**20
_FLOATS = {"F32": "f", "F64": "d"}
_EXPONENTS = {"F16": 0x7C00, "BF16": 0x7F80}
"""The bits of the exponent in two-byte numbers, which are all set in infinity and NaN."""


def refuse_infinite_weights(path: Path) -> None:
    """Raise WeightsError if a number in a weights file is infinite or NaN, or if it is invalid."""
    read_shapes(path)
    name = next(_infinite_tensors(path), None)
    if name is not None:
        raise infinite_weights(path, name)


def infinite_weights(path: Path, name: str) -> WeightsError:
    """Return the error for a tensor with a number that is not finite."""
    message = _("{path} cannot be loaded: {name} contains numbers that are not finite.")
    return WeightsError(
        message.format(path=short(path), name=name),
        _("They come from a run that diverged. Choose another file, or start without one."),
    )


def _infinite_tensors(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        entries = json.loads(file.read(length))
        for name, entry in entries.items():
            if name == "__metadata__":
                continue
            start, end = entry["data_offsets"]
            file.seek(8 + length + start)
            if not _are_finite(file, end - start, entry["dtype"]):
                yield name


def _are_finite(file: BinaryIO, size: int, dtype: str) -> bool:
    while size > 0:
        data = file.read(min(size, _CHUNK))
        if not data:
            return True
        size -= len(data)
        if not _is_finite_chunk(data, dtype):
            return False
    return True


def _is_finite_chunk(data: bytes, dtype: str) -> bool:
    if dtype in _EXPONENTS:
        mask = _EXPONENTS[dtype]
        return all(int(value) & mask != mask for value in _numbers("H", data))
    if dtype not in _FLOATS:
        return True
    values = _numbers(_FLOATS[dtype], data)
    # A sum is finite only if all its terms are; a sum that overflows needs the closer look.
    return isfinite(sum(values)) or all(map(isfinite, values))


def _numbers(code: str, data: bytes) -> array[float] | array[int]:
    values = array(code)
    values.frombytes(data[: len(data) - len(data) % values.itemsize])
    if sys.byteorder == "big":
        values.byteswap()
    return values
