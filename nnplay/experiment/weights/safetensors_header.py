"""What the header of a file of weights says, read so that no file can do harm."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from nnplay.catalog import Shape
from nnplay.translation import _

HEADER_LIMIT = 4 * 2**20
"""The longest header that is read, in bytes; a thousand layers need a tenth of it."""
_SIZES: Mapping[str, int] = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8}
"""Bytes of a number, of those that networks keep."""
_LONGEST_NAME = 200
_MOST_AXES = 8
_MOST_DIGITS = 6
Shapes = dict[str, Shape]
"""By PyTorch's names, such as `weight`."""
Left = dict[int, Shapes]
"""By the number of a layer, the shapes of what it left."""


class WeightsError(Exception):
    """Weights to start from cannot be had; says why, and `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class _Unfit(Exception):
    """Why a file is none of weights."""


def read_left(path: Path) -> Left:
    """Return what a file of weights (safetensors) holds; the tensors themselves are not read.

    WeightsError where there is no such file or where anything in it is not as it must be.
    """
    try:
        header, room = _header(path)
        return _left(header, room)
    except FileNotFoundError as error:
        message = _("There is no file {path} with weights to start from.")
        raise WeightsError(message.format(path=short(path)), _hint()) from error
    except (_Unfit, OSError) as error:
        why = error.strerror or "" if isinstance(error, OSError) else str(error)
        message = _("{path} holds no weights to start from: {why}.")
        raise WeightsError(message.format(path=short(path), why=why.lower()), _hint()) from error


def short(path: Path) -> str:
    """Return a path as a message shows it: its end, where it is long."""
    text = str(path)
    return text if len(text) <= 80 else "…" + text[-79:]


def _hint() -> str:
    return _("Choose a weights.safetensors that nnplay train --out left, or start without one.")


def _header(path: Path) -> tuple[bytes, int]:
    """Return the list of contents, and how many bytes follow it."""
    # A pipe or a device would be waited for, or never end.
    if path.exists() and not path.is_file():
        raise _Unfit(_("it is not an ordinary file"))
    with path.open("rb") as file:
        size = path.stat().st_size
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > size - 8:
            raise _Unfit(_("it is cut short, or of another sort"))
        if length > HEADER_LIMIT:
            raise _Unfit(_("its list of contents is far too long"))
        return file.read(length), size - 8 - length


def _left(header: bytes, room: int) -> Left:
    try:
        entries = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise _Unfit(_("its list of contents cannot be read")) from error
    if not isinstance(entries, dict):
        raise _Unfit(_("its list of contents cannot be read"))
    entries.pop("__metadata__", None)
    if not entries:
        raise _Unfit(_("it is empty"))
    left: Left = {}
    told = 0
    for name, entry in entries.items():
        number, _dot, rest = name.partition(".")
        named = number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS
        if not (named and rest and len(rest) <= _LONGEST_NAME and _is_tensor(entry, room)):
            short_name = "".join(c if c.isprintable() else "?" for c in name[:40])
            raise _Unfit(_("“{name}” in it is not what a layer leaves").format(name=short_name))
        left.setdefault(int(number), {})[rest] = tuple(entry["shape"])
        start, end = entry["data_offsets"]
        told += end - start
    if told != room:
        raise _Unfit(_("its size is not that of what it lists"))
    return left


def _is_tensor(entry: Any, room: int) -> bool:
    """Say whether an entry of the list tells a type, a shape and a place that go together."""
    if not isinstance(entry, dict) or not {"dtype", "shape", "data_offsets"} <= entry.keys():
        return False
    kind, shape, place = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not (isinstance(kind, str) and kind in _SIZES and _are_counts(shape, _MOST_AXES)):
        return False
    if not _are_counts(place, 2) or len(place) != 2:
        return False
    start, end = place
    return bool(start <= end <= room and end - start == prod(shape) * _SIZES[kind])


def _are_counts(value: Any, most: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= most
        and all(type(one) is int and one >= 0 for one in value)
    )
