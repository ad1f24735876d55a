"""Where data files lie on the disk."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path


def data_folder() -> Path:
    """Return the folder of all downloaded data; it need not exist yet.

    NNPLAY_DATA names it; else it is in NNPLAY_HOME, where that is set; else in the user's cache.
    """
    if named := os.environ.get("NNPLAY_DATA"):
        return Path(named).expanduser()
    if home := os.environ.get("NNPLAY_HOME"):
        return Path(home).expanduser() / "data"
    return user_cache_path("nnplay", appauthor=False) / "data"
