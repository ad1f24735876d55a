"""Stores imported arrays in the data folder, so that they outlive the files they come from."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.data.folders import cannot_write, data_folder
from nnplay.data.load import clear_cache
from nnplay.filesystem import is_file, replace_file
from nnplay.link.input_columns import InputColumns, parsed_columns

Array = npt.NDArray[Any]
_HEX = frozenset("0123456789abcdef")


def store(**arrays: Array) -> str:
    """Store arrays under the SHA-256 of their content and return it; raises DataError."""
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(repr((name, array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).data)
    key = digest.hexdigest()
    store_as(key, **arrays)
    return key


def store_as(key: str, **arrays: Array) -> None:
    """Store arrays under a key of 64 hexadecimal digits; raises DataError."""
    path = _path_of(key)
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(suffix=".tmp", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    clear_cache()


def is_stored(key: str) -> bool:
    """Return whether there are arrays under a key."""
    return _is_key(key) and is_file(_path_of(key))


def stored(key: str) -> dict[str, Array] | None:
    """Return the arrays under a key, None if there are none; raises ValueError if damaged."""
    if not is_stored(key):
        return None
    try:
        with _path_of(key).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error


def store_columns(key: str, columns: InputColumns) -> None:
    """Store how the columns of a table are encoded, beside its arrays; raises DataError."""
    path = _columns_path(key)
    try:
        replace_file(path, json.dumps(columns.plain(), ensure_ascii=False).encode())
    except OSError as error:
        raise cannot_write(path.parent, error) from error


def stored_columns(key: str) -> InputColumns | None:
    """Return how the columns under a key are encoded.

    None if that is damaged, or if the table was imported by a version that stored only arrays.
    """
    if not _is_key(key):
        return None
    try:
        return parsed_columns(json.loads(_columns_path(key).read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None


def _columns_path(key: str) -> Path:
    return _path_of(key).with_suffix(".json")


def _is_key(key: str) -> bool:
    # Keys come from experiment files, which must not be able to name any other path.
    return len(key) == 64 and set(key) <= _HEX


def _path_of(key: str) -> Path:
    return data_folder() / "tables" / f"{key}.npz"
