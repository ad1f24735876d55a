"""The folder for settings, recent files, unsaved experiments and the log."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def state_folder() -> Path:
    """Return NNPLAY_HOME or the system's folder for such files; create it if it is missing."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _folder() -> Path:
    if home := os.environ.get("NNPLAY_HOME"):
        return Path(home).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "nnplay"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/nnplay"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local/state")) / "nnplay"
