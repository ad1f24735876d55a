"""Keeps the current experiment on disk, so that a crash loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nnplay.experiment import Experiment, FileError, dumps, loads

_COMPLETE, _PARTIAL = ".json", ".part"


@dataclass(frozen=True)
class Recovered:
    """An experiment that a crash left unsaved."""

    experiment: Experiment
    path: Path | None
    """The file that it belongs to."""


class Autosave:
    """One file per process, deleted when the process ends normally."""

    def __init__(self, folder: Path, pid: int, is_running: Callable[[int], bool]) -> None:
        self._folder = folder / "autosave"
        self._file = self._folder / f"{pid}.json"
        self._is_running = is_running

    def keep(self, experiment: Experiment, path: Path | None) -> None:
        """Write the experiment; a full disk is no reason to interrupt the user."""
        text = json.dumps({"path": str(path or ""), "experiment": dumps(experiment)})
        temporary = self._file.with_suffix(_PARTIAL)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._file)
        except OSError:
            _remove(temporary)

    def drop(self) -> None:
        """Delete the file: the experiment is saved, or was discarded on purpose."""
        _remove(self._file)

    def recover(self) -> Recovered | None:
        """Return the newest experiment of a process that has ended, and delete all such files."""
        stale = [f for f in self._files() if not self._is_in_use(f)]
        stale.sort(key=_age)
        found: Recovered | None = None
        for file in stale:
            if file.suffix == _COMPLETE:
                found = found or _read(file)
            _remove(file)
        return found

    def _files(self) -> list[Path]:
        try:
            return [f for f in self._folder.iterdir() if f.suffix in (_COMPLETE, _PARTIAL)]
        except OSError:
            return []

    def _is_in_use(self, file: Path) -> bool:
        return file.stem.isdecimal() and file != self._file and self._is_running(int(file.stem))


def _age(file: Path) -> float:
    try:
        return -file.stat().st_mtime
    except OSError:
        # Another process that starts at the same time may have deleted it.
        return 0.0


def _remove(file: Path) -> None:
    # A file that cannot be deleted is no reason to interrupt the user.
    with suppress(OSError):
        file.unlink(missing_ok=True)


def _read(file: Path) -> Recovered | None:
    try:
        state = json.loads(file.read_text(encoding="utf-8"))
        path = Path(state["path"]) if state["path"] else None
        return Recovered(loads(state["experiment"]), path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, FileError):
        # Truncated while it was written, or not written by nnplay.
        return None
