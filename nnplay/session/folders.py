"""The folder for settings, recent files, unsaved experiments and the log."""

from __future__ import annotations

import tempfile
from pathlib import Path

from nnplay.data.folders import state_path
from nnplay.filesystem import reason
from nnplay.translation import _


def state_folder() -> Path:
    """Return NNPLAY_HOME or the system's folder for such files; create it if it is missing.

    Raises OSError if it cannot be created or written.
    """
    folder = state_path()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return folder


def cannot_keep(error: OSError) -> str:
    """Return what the user should know where there is no such folder."""
    text = _(
        "Settings, recent files and unsaved changes cannot be kept: {folder}: {why}. Save your "
        "experiments elsewhere, or set NNPLAY_HOME to another folder."
    )
    return text.format(folder=state_path(), why=reason(error))
