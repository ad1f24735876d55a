"""The current experiment kept on disk, so that a crash loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nnplay.experiment import Experiment, FileError, dumps, loads

_WHOLE, _HALF = ".json", ".part"


@dataclass(frozen=True)
class Rescue:
    """What a window that did not close properly left behind."""

    experiment: Experiment
    path: Path | None
    """The file that it came from."""


class Autosave:
    """One file per running program, gone when the program ends well."""

    def __init__(self, folder: Path, pid: int, is_running: Callable[[int], bool]) -> None:
        self._folder = folder / "autosave"
        self._file = self._folder / f"{pid}.json"
        self._is_running = is_running

    def keep(self, experiment: Experiment, path: Path | None) -> None:
        """Write the current state; a full disk is no reason to disturb the user."""
        text = json.dumps({"path": str(path or ""), "experiment": dumps(experiment)})
        temporary = self._file.with_suffix(_HALF)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._file)
        except OSError:
            _remove(temporary)

    def drop(self) -> None:
        """Forget the state: it is saved, or was given up on purpose."""
        _remove(self._file)

    def rescue(self) -> Rescue | None:
        """Return the newest state of a program that no longer runs, and remove all such files."""
        left = [f for f in self._files() if not self._belongs_to_someone(f)]
        left.sort(key=_age)
        found: Rescue | None = None
        for file in left:
            if file.suffix == _WHOLE:
                found = found or _read(file)
            _remove(file)
        return found

    def _files(self) -> list[Path]:
        try:
            return [f for f in self._folder.iterdir() if f.suffix in (_WHOLE, _HALF)]
        except OSError:
            return []

    def _belongs_to_someone(self, file: Path) -> bool:
        return file.stem.isdecimal() and file != self._file and self._is_running(int(file.stem))


def _age(file: Path) -> float:
    try:
        return -file.stat().st_mtime
    except OSError:
        # Another program that starts at the same time may have taken it.
        return 0.0


def _remove(file: Path) -> None:
    # A file that cannot be removed is no reason to disturb the user.
    with suppress(OSError):
        file.unlink(missing_ok=True)


def _read(file: Path) -> Rescue | None:
    try:
        state = json.loads(file.read_text(encoding="utf-8"))
        path = Path(state["path"]) if state["path"] else None
        return Rescue(loads(state["experiment"]), path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, FileError):
        # Cut while it was written, or none of ours: there is nothing to rescue in it.
        return None
