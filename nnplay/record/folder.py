"""A folder for one run, whose files appear all at once or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from nnplay.translation import _

_MARKS = ("experiment.json", "metrics.json")
_STAGE = ".nnplay-"
PICTURES = ("fit.png", "decision.png", "confusion.png", "curves.png", "animation.gif")


class FolderError(Exception):
    """A run cannot be written to a folder; the message says why and what to do."""


class RunFolder:
    """A run on disk; creating one checks that it can be written, before any training."""

    def __init__(self, path: Path) -> None:
        """Create the folder if it is missing.

        Raises FolderError if it holds something other than a run, OSError if it cannot be created
        or written.
        """
        self.path = path
        if path.exists():
            self._refuse_other_files()
        self._made = _make(path)
        try:
            Path(tempfile.mkdtemp(prefix=_STAGE, dir=path)).rmdir()
        except OSError:
            self.drop_if_empty()
            raise

    @contextmanager
    def stage(self) -> Iterator[Path]:
        """Yield a folder to write files into; once all are written, they are moved into place."""
        stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=self.path))
        try:
            yield stage
            for file in sorted(stage.iterdir()):
                file.replace(self.path / file.name)
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def drop_pictures(self) -> None:
        """Remove the images of an earlier run, which would not match the new one."""
        for name in PICTURES:
            (self.path / name).unlink(missing_ok=True)

    def drop_if_empty(self) -> None:
        """Remove the folders that were created for a run that wrote nothing."""
        for folder in self._made:
            try:
                folder.rmdir()
            except OSError:  # not empty
                return

    def _refuse_other_files(self) -> None:
        if not self.path.is_dir():
            raise FolderError(
                _("{path} is a file. Name a folder for the run.").format(path=self.path)
            )
        names = {one.name for one in self.path.iterdir() if not one.name.startswith(_STAGE)}
        if names and not names.issuperset(_MARKS):
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
    while path.exists():
        path = parent / f"{name}-{number}"
        number += 1
    return path


def _make(path: Path) -> list[Path]:
    """Create a folder and its parents; return those that were created, the deepest first."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
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
