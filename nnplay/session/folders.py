"""Where nnplay keeps what belongs to the user: settings, recent files, the autosave, the log."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def state_folder() -> Path:
    """Return the folder, made if need be: NNPLAY_HOME, or the system's place for such files."""
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
