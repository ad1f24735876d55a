"""Reads the header of a weights file so that no file can do harm."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from math import prod
from os import SEEK_END
from pathlib import Path
from typing import Any

from nnplay.catalog import Shape
from nnplay.filesystem import look, open_regular, reason
from nnplay.translation import _

HEADER_LIMIT = 2**20
"""The maximum length of a header in bytes; a thousand layers need half of it."""
_SIZES: Mapping[str, int] = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8}
"""Bytes per number of the supported types."""
_LONGEST_NAME = 200
_MOST_AXES = 8
_MOST_DIGITS = 6
Shapes = dict[str, Shape]
"""Shapes by PyTorch's names, such as `weight`."""
SavedShapes = dict[int, Shapes]
"""The shapes of the saved weights by the index of their layer."""


class WeightsError(Exception):
    """Pretrained weights cannot be used; says why, and `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class _Unfit(Exception):
    """Why a file is not a valid weights file."""


def read_shapes(path: Path) -> SavedShapes:
    """Return the shapes in a weights file (safetensors) without reading the tensors.

    A file that has not changed since is not read again, as the window asks after every edit.
    Raises WeightsError if the file does not exist or is invalid.
    """
    found = look(path)
    outcome = _outcome(path, found.size, found.modified)
    if isinstance(outcome, tuple):
        raise WeightsError(*outcome)
    return outcome


@lru_cache(maxsize=8)
def _outcome(path: Path, _size: int, _modified: float) -> SavedShapes | tuple[str, str]:
    """Return the shapes, or the message and the hint of the error."""
    try:
        return _read(path)
    except WeightsError as error:
        # Not the error itself: its traceback would keep alive everything that its callers hold.
        return str(error), error.hint


def _read(path: Path) -> SavedShapes:
    try:
        header, room = _header(path)
        return _shapes_in(header, room)
    except FileNotFoundError as error:
        message = _("There is no weights file {path}.")
        raise WeightsError(message.format(path=short(path)), _hint()) from error
    except (OSError, ValueError) as error:
        message = _("{path} cannot be read: {why}.")
        raise WeightsError(message.format(path=short(path), why=reason(error)), _hint()) from error
    except _Unfit as error:
        message = _("{path} is not a weights file: {why}.")
        raise WeightsError(message.format(path=short(path), why=error), _hint()) from error


def short(path: Path) -> str:
    """Return a path for a message; only its end if it is long."""
    text = str(path)
    return text if len(text) <= 80 else "…" + text[-79:]


def _hint() -> str:
    return _(
        "Choose a file saved by File > Save weights… or nnplay train --out, or start without one."
    )


def _header(path: Path) -> tuple[bytes, int]:
    """Return the table of contents, and the number of bytes after it."""
    with open_regular(path) as file:
        size = file.seek(0, SEEK_END)
        file.seek(0)
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > size - 8:
            raise _Unfit(_("it is truncated, or of another type"))
        if length > HEADER_LIMIT:
            raise _Unfit(_("its table of contents is too long"))
        return file.read(length), size - 8 - length


def _shapes_in(header: bytes, room: int) -> SavedShapes:
    try:
        entries = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise _Unfit(_("its table of contents cannot be read")) from error
    if not isinstance(entries, dict):
        raise _Unfit(_("its table of contents cannot be read"))
    entries.pop("__metadata__", None)
    if not entries:
        raise _Unfit(_("it is empty"))
    left: SavedShapes = {}
    listed = 0
    for name, entry in entries.items():
        number, _dot, rest = name.partition(".")
        named = number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS
        if not (named and rest and len(rest) <= _LONGEST_NAME and _is_tensor(entry, room)):
            short_name = "".join(c if c.isprintable() else "?" for c in name[:40])
            raise _Unfit(
                _("it contains “{name}”, which is not a weight of a layer").format(name=short_name)
            )
        left.setdefault(int(number), {})[rest] = tuple(entry["shape"])
        start, end = entry["data_offsets"]
        listed += end - start
    if listed != room:
        raise _Unfit(_("its size does not match its table of contents"))
    return left


def _is_tensor(entry: Any, room: int) -> bool:
    """Return whether an entry has a consistent type, shape and position."""
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
