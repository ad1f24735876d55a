"""Arrays in the format of safetensors, read without trusting what a file says."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from nnplay.record.storage.plain_values import damaged, json_bytes, read_json

Array = npt.NDArray[Any]
HEADER_LIMIT = 4 * 2**20
"""The maximum length of a header in bytes."""
MOST_TENSORS = 20_000
_MOST_AXES = 8
_LONGEST_NAME = 300
_META = "nnplay"
_TYPES: Mapping[str, str] = {
    "F64": "f8", "F32": "f4", "F16": "f2", "I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1",
    "U64": "u8", "U32": "u4", "U16": "u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip


@dataclass(frozen=True)
class Tensors:
    """Arrays by name, and a JSON object about them."""

    arrays: Mapping[str, Array]
    about: Mapping[str, Any]

    def below(self, prefix: str) -> dict[str, Array]:
        """Return the arrays whose names begin with a prefix, by the rest of their names."""
        return {
            name.removeprefix(prefix): array
            for name, array in self.arrays.items()
            if name.startswith(prefix)
        }


def tensors_bytes(arrays: Mapping[str, Array], about: Any = None) -> bytes:
    """Return the content of a file with arrays, and with a JSON object about them."""
    # Not np.ascontiguousarray, which gives an array without axes one.
    rows = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    return save(rows, {_META: json_bytes(about or {}).decode()})


def read_tensors(content: bytes, name: str) -> Tensors:
    """Return what `tensors_bytes` wrote, as read-only arrays; DocumentError if it is invalid.

    The arrays share the memory of `content`, so that a header cannot ask for more.
    """
    length = int.from_bytes(content[:8], "little")
    start = 8 + length
    if not (len(content) >= start and length <= HEADER_LIMIT and start % 8 == 0):
        raise damaged(name)
    entries = read_json(content[8:start], name)
    about = _about(entries.pop("__metadata__", None), name)
    if len(entries) > MOST_TENSORS:
        raise damaged(name)
    arrays = {key: _array(content, start, key, entry, name) for key, entry in entries.items()}
    if sum(array.nbytes for array in arrays.values()) != len(content) - start:
        raise damaged(name)
    return Tensors(arrays, about)


def _about(value: Any, name: str) -> dict[str, Any]:
    text = value.get(_META) if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise damaged(name)
    return read_json(text.encode("utf-8", "replace"), name)


def _array(content: bytes, start: int, key: str, entry: Any, name: str) -> Array:
    if not isinstance(entry, dict) or len(key) > _LONGEST_NAME:
        raise damaged(name)
    kind: Any = entry.get("dtype")
    shape: Any = entry.get("shape")
    place: Any = entry.get("data_offsets")
    if not isinstance(kind, str) or kind not in _TYPES or not _are_counts(shape, _MOST_AXES):
        raise damaged(name)
    if not _are_counts(place, 2) or len(place) != 2:
        raise damaged(name)
    dtype = np.dtype(_TYPES[kind])
    first, end = place
    count = prod(shape)
    fits = first <= end <= len(content) - start and end - first == count * dtype.itemsize
    if not fits or first % dtype.itemsize:
        raise damaged(name)
    little = dtype.newbyteorder("<") if sys.byteorder == "big" else dtype
    try:
        if not count:
            return np.empty(shape, dtype)
        flat = np.frombuffer(content, little, count, start + first)
        return flat.astype(dtype, copy=False).reshape(shape)
    except ValueError as error:
        raise damaged(name) from error


def _are_counts(value: Any, most: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= most
        and all(type(one) is int and 0 <= one < 2**40 for one in value)
    )
