"""Arrays of imported files in the data folder, each under the digest of what it holds."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.data.download.adopt import cannot_write
from nnplay.data.folders import data_folder
from nnplay.data.load import forget

Array = npt.NDArray[Any]


def store(**arrays: Array) -> str:
    """Write arrays into the data folder, under their digest, and return it; raises DataError."""
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(repr((name, array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).data)
    name = digest.hexdigest()
    folder = data_folder() / "tables"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(suffix=".tmp", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            Path(fresh).replace(folder / f"{name}.npz")
        finally:
            Path(fresh).unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    forget()
    return name


def stored(digest: str) -> dict[str, Array] | None:
    """Return the arrays under a digest, None where there are none; raises ValueError if damaged."""
    # The digest comes from an experiment's file and must not lead anywhere else.
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        return None
    path = data_folder() / "tables" / f"{digest}.npz"
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error
