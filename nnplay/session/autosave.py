"""Keeps the current experiment on disk, so that a crash loses nothing."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nnplay.filesystem import listed, read_limited
from nnplay.session.file_lock import FileLock, is_locked
from nnplay.session.last_work import Work, read_work, work_text

_COMPLETE, _PARTIAL, _LOCK = ".json", ".part", ".lock"
_ORDER = re.compile(rb'{"order": (\d{1,15})')


@dataclass(frozen=True)
class Recovered:
    """What a crash left unsaved."""

    work: Work
    file: Path
    """Where it is kept."""


class Autosave:
    """One file per process, deleted when the process ends normally.

    Each process holds a lock as long as it lives. So what is left by one that was killed is known
    by that, even if its process number is in use again.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Write into a folder inside `folder`; no other process may have the same name."""
        self._folder = folder / "autosave"
        self._file = self._folder / f"{name}{_COMPLETE}"
        self._lock = FileLock(self._file.with_suffix(_LOCK))

    def keep(self, work: Work) -> None:
        """Write what is open; a full disk is no reason to interrupt the user."""
        temporary = self._file.with_suffix(_PARTIAL)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            temporary.write_text(work_text(work, self._next_order()), encoding="utf-8")
            temporary.replace(self._file)
        except OSError:
            _remove(temporary)

    def drop(self) -> None:
        """Delete the file: the experiment is saved, or was discarded on purpose."""
        _remove(self._file)
        self._lock.release()

    def left(self) -> tuple[Recovered, ...]:
        """Return what processes that have ended left, the newest first; delete damaged files."""
        found = []
        for file in self._others():
            if is_locked(file.with_suffix(_LOCK)):
                continue
            if file.suffix == _PARTIAL:
                _remove(file)
            else:
                work = read_work(file)
                if work is None:
                    # Truncated while it was written, or not written by nnplay.
                    _forget(file)
                else:
                    found.append((_order(file), Recovered(work, file)))
        # Not by the time of the files, as the clock may have been set back.
        found.sort(key=lambda one: -one[0])
        return tuple(recovered for _number, recovered in found)

    def take(self, recovered: Recovered) -> bool:
        """Make what was left the file of this process; return False if it is gone meanwhile."""
        self._lock.acquire()
        try:
            # At once, so that of two processes only one gets it, and neither can lose it.
            recovered.file.replace(self._file)
        except OSError:
            return False
        _remove(recovered.file.with_suffix(_LOCK))
        return True

    def forget(self) -> None:
        """Delete what processes that have ended left."""
        for one in self.left():
            _forget(one.file)

    def _next_order(self) -> int:
        return 1 + max(map(_order, self._others()), default=0)

    def _others(self) -> list[Path]:
        mine = self._file.stem
        suffixes = (_COMPLETE, _PARTIAL)
        return [f for f in listed(self._folder) if f.suffix in suffixes and f.stem != mine]


def _order(file: Path) -> int:
    """Return the number in a file, which is above those of all files when it was written."""
    try:
        found = _ORDER.match(read_limited(file, 40))
    except (OSError, ValueError):
        return 0
    return int(found[1]) if found else 0


def _forget(file: Path) -> None:
    _remove(file)
    _remove(file.with_suffix(_LOCK))


def _remove(file: Path) -> None:
    # A file that cannot be deleted is no reason to interrupt the user.
    with suppress(OSError):
        file.unlink(missing_ok=True)
