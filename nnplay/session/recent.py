"""The recent files."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from nnplay.filesystem import absolute, is_file

LIMIT = 10


class Recent:
    """A short list of paths, newest first, stored in a small file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "recent.json"

    def paths(self) -> tuple[Path, ...]:
        """Return the files that still exist and can be reached."""
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ()
        if not isinstance(stored, list):
            return ()
        paths = [Path(item) for item in stored[:LIMIT] if isinstance(item, str)]
        return tuple(path for path in paths if is_file(path))

    def add(self, path: Path) -> None:
        """Put a path first; a list that cannot be stored is no reason to interrupt the user."""
        path = absolute(path)
        others = [p for p in self.paths() if p != path]
        text = json.dumps([str(p) for p in [path, *others][:LIMIT]])
        with suppress(OSError):
            self._file.write_text(text, encoding="utf-8")

    def clear(self) -> None:
        """Clear the list; one that cannot be deleted is no reason to interrupt the user."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
