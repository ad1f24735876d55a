"""The folder for settings, recent files, unsaved experiments and the log."""

from __future__ import annotations

from pathlib import Path

from nnplay.data.folders import state_path


def state_folder() -> Path:
    """Return NNPLAY_HOME or the system's folder for such files; create it if it is missing."""
    folder = state_path()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
