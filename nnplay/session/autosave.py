"""Keeps the current experiment and its runs on disk, so that a crash loses nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnplay.filesystem import is_file, is_folder, listed, read_limited
from nnplay.record.recorded_run import RecordedRun
from nnplay.session.file_lock import FileLock, is_locked
from nnplay.session.last_work import Work, read_runs_name, read_work, work_text

if TYPE_CHECKING:
    from nnplay.record.storage.kept_runs import KeptRuns

_COMPLETE, _PARTIAL, _LOCK, _RUNS = ".json", ".part", ".lock", ".runs"
_ORDER = re.compile(rb'{"order": (\d{1,15})')


@dataclass(frozen=True)
class Recovered:
    """What a crash left unsaved."""

    work: Work
    file: Path
    """Where it is kept."""
    runs: Path | None = None
    """The folder with its runs."""


class Autosave:
    """One file and one folder per process, deleted when the process ends normally.

    Each process holds a lock as long as it lives. So what is left by one that was killed is known
    by that, even if its process number is in use again.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Write into a folder inside `folder`; no other process may have the same name."""
        self._folder = folder / "autosave"
        self._file = self._folder / f"{name}{_COMPLETE}"
        self._lock = FileLock(self._file.with_suffix(_LOCK))
        self._runs_folder = self._file.with_suffix(_RUNS)
        self._runs: KeptRuns | None = None

    def read_runs(self, recovered: Recovered) -> tuple[RecordedRun, ...]:
        """Return the runs of what was left; none if they cannot be read."""
        if recovered.runs is None or not is_folder(recovered.runs):
            return ()
        from nnplay.record.storage.kept_runs import read_kept_runs

        return read_kept_runs(recovered.runs)

    def keep(self, work: Work) -> None:
        """Write what is open; a full disk is no reason to interrupt the user."""
        temporary = self._file.with_suffix(_PARTIAL)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            text = work_text(work, self._next_order(), self._runs_folder.name)
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._file)
        except OSError:
            _remove(temporary)

    @property
    def is_kept(self) -> bool:
        """Whether the file is there."""
        return is_file(self._file)

    def keep_runs(self, runs: Sequence[RecordedRun]) -> None:
        """Write what is new of some runs, after `keep`; raises OSError.

        May be called in another thread, and takes runs in progress.
        """
        # Late, as the window reads this package before it is shown.
        from nnplay.record.storage.kept_runs import KeptRuns

        if self._runs is None:
            self._runs = KeptRuns(self._runs_folder)
        self._runs.write(runs)

    def drop(self) -> None:
        """Delete the file: the experiment is saved, or was discarded on purpose."""
        _remove(self._file)
        self._runs = None
        _drop_runs(self._runs_folder)
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
                    name = read_runs_name(file)
                    runs = self._folder / name if name else None
                    found.append((_order(file), Recovered(work, file, runs)))
        self._drop_unnamed_runs()
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
        if recovered.runs is not None:
            self._runs_folder, self._runs = recovered.runs, None
        return True

    def forget(self) -> None:
        """Delete what processes that have ended left."""
        for one in self.left():
            _forget(one.file)
            if one.runs is not None:
                _drop_runs(one.runs)

    def _drop_unnamed_runs(self) -> None:
        """Delete folders of runs without a work, as after a crash while they were deleted."""
        files = listed(self._folder)
        named = {read_runs_name(file) for file in files if file.suffix == _COMPLETE}
        for folder in files:
            is_own = folder == self._runs_folder or is_locked(folder.with_suffix(_LOCK))
            if folder.suffix == _RUNS and folder.name not in named and not is_own:
                _drop_runs(folder)

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


def _drop_runs(folder: Path) -> None:
    if is_folder(folder):
        from nnplay.record.storage.kept_runs import drop_kept_runs

        drop_kept_runs(folder)


def _remove(file: Path) -> None:
    # A file that cannot be deleted is no reason to interrupt the user.
    with suppress(OSError):
        file.unlink(missing_ok=True)
