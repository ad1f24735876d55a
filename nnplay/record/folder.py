"""A folder for one run, whose files appear all at once or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from nnplay.filesystem import is_absent, is_file, is_folder, listed, look
from nnplay.translation import _

_MARKS = ("experiment.json", "metrics.json")
_STAGE = ".nnplay-"
_COMPLETE = ".nnplay-complete"
"""The name of a stage from the moment when all its files are written."""
PICTURES = ("fit.png", "decision.png", "confusion.png", "curves.png", "animation.gif")


class FolderError(Exception):
    """A run cannot be written to a folder; the message says why and what to do."""


class RunFolder:
    """A run on disk; creating one checks that it can be written, before any training."""

    def __init__(self, path: Path) -> None:
        """Create the folder if it is missing, and clean up after a process that was killed.

        Raises FolderError if it holds something other than a run, OSError if it cannot be created
        or written.
        """
        self.path = path
        if not is_absent(path):
            self._refuse_other_files()
        self._made = _make(path)
        try:
            self._new_stage().rmdir()
            self._finish()
            self._drop_stages()
        except OSError:
            self.drop_if_empty()
            raise

    @contextmanager
    def stage(self) -> Iterator[Path]:
        """Yield a folder to write files into; once all are written, they are moved into place.

        They replace files of the same names, and those of a whole run the images of the earlier
        one as well. Files of two runs are never side by side, even if the process is killed.
        Raises OSError.
        """
        stage = self._new_stage()
        try:
            yield stage
            stage.rename(self.path / _COMPLETE)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        self._finish()

    def _new_stage(self) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{_STAGE}{os.getpid()}-", dir=self.path))

    def _finish(self) -> None:
        """Move the files of a complete stage into place, perhaps one that a killed process left."""
        complete = self.path / _COMPLETE
        if not is_folder(complete):
            return
        files = listed(complete)
        names = {file.name for file in files}
        # All old files go before the first new one comes. In an interrupted move, only what is
        # left in the stage is replaced.
        for name in sorted(names | set(PICTURES if names & set(_MARKS) else ())):
            (self.path / name).unlink(missing_ok=True)
        for file in files:
            file.replace(self.path / file.name)
        complete.rmdir()

    def _drop_stages(self) -> None:
        """Remove what processes that have ended left half written."""
        # Late, as the window reads this package before it is shown.
        from psutil import pid_exists

        for stage in listed(self.path):
            owner = stage.name.removeprefix(_STAGE).partition("-")[0]
            is_stage = stage.name.startswith(_STAGE) and is_folder(stage)
            if is_stage and not (owner.isdecimal() and pid_exists(int(owner))):
                shutil.rmtree(stage, ignore_errors=True)

    def drop_if_empty(self) -> None:
        """Remove the folders that were created for a run that wrote nothing."""
        for folder in self._made:
            try:
                folder.rmdir()
            except OSError:  # not empty
                return

    def _refuse_other_files(self) -> None:
        """Raise FolderError for what is not a folder of a run, OSError if it cannot be listed."""
        if is_file(self.path):
            raise FolderError(
                _("{path} is a file. Name a folder for the run.").format(path=self.path)
            )
        names = {one.name for one in self.path.iterdir() if not one.name.startswith(_STAGE)}
        if names and not names.issuperset(_MARKS) and not is_folder(self.path / _COMPLETE):
            raise FolderError(
                _(
                    "{path} is not empty and holds no run of nnplay, so nothing was written. "
                    "Name a new or empty folder, or one that holds an earlier run."
                ).format(path=self.path)
            )


def new_run_path(parent: Path, key: str) -> Path:
    """Return an unused path under `parent`, such as `runs/spiral-20260131-142500`."""
    name = f"{key}-{datetime.now():%Y%m%d-%H%M%S}"
    path = parent / name
    number = 2
    while look(path).kind not in ("nothing", "unknown"):
        path = parent / f"{name}-{number}"
        number += 1
    return path


def _make(path: Path) -> list[Path]:
    """Create a folder and its parents; return those that were created, the deepest first."""
    missing = [one for one in (path, *path.parents) if is_absent(one)]
    made: list[Path] = []
    try:
        for one in reversed(missing):
            one.mkdir()
            made.insert(0, one)
    except OSError:
        for one in made:
            one.rmdir()
        raise
    return made
