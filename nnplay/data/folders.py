"""The folders in which nnplay stores files."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_state_path

from nnplay.data.arrays import DataError
from nnplay.filesystem import expanded
from nnplay.translation import _


def data_folder() -> Path:
    """Return the folder of downloaded and imported data; it need not exist yet.

    NNPLAY_DATA overrides it; otherwise it is inside NNPLAY_HOME if that is set, else inside the
    user's cache folder.
    """
    if named := os.environ.get("NNPLAY_DATA"):
        return expanded(Path(named))
    if home := os.environ.get("NNPLAY_HOME"):
        return expanded(Path(home)) / "data"
    return user_cache_path("nnplay", appauthor=False) / "data"


def state_path() -> Path:
    """Return the folder of settings, recent files, autosave and log; it need not exist yet.

    NNPLAY_HOME overrides it; otherwise it is the system's folder for such files.
    """
    if home := os.environ.get("NNPLAY_HOME"):
        return expanded(Path(home))
    return user_state_path("nnplay", appauthor=False)


def cannot_write(folder: Path, error: OSError) -> DataError:
    """Return the error to raise when files cannot be written to a folder."""
    text = _("Cannot write to {folder}: {why}.")
    return DataError(
        text.format(folder=folder, why=error.strerror or error),
        _("Free some space, or set NNPLAY_DATA to another folder."),
    )


def cannot_read(path: Path, error: Exception | str) -> DataError:
    """Return the error to raise when a file cannot be read; `error` may be the reason itself."""
    why = getattr(error, "strerror", None) or error
    return DataError(_("Cannot read {path}: {why}.").format(path=path, why=why))
