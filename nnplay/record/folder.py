"""A folder that holds one run: its files appear complete or not at all."""

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
    """A folder cannot take a run; says why and what to do."""


class RunFolder:
    """The place of a run on disk; making one checks that it can be written, before any training."""

    def __init__(self, path: Path) -> None:
        """Make the folder where it is missing.

        Raises FolderError where it holds something other than a run, OSError where it cannot be
        made or written.
        """
        self.path = path
        if path.exists():
            self._refuse_others_files()
        self._made = _make(path)
        try:
            Path(tempfile.mkdtemp(prefix=_STAGE, dir=path)).rmdir()
        except OSError:
            self.drop_if_empty()
            raise

    @contextmanager
    def stage(self) -> Iterator[Path]:
        """Give a folder to write files into; they move to their place when all are written."""
        stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=self.path))
        try:
            yield stage
            for file in sorted(stage.iterdir()):
                file.replace(self.path / file.name)
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def drop_pictures(self) -> None:
        """Remove the pictures of an earlier run, which would belie the new one."""
        for name in PICTURES:
            (self.path / name).unlink(missing_ok=True)

    def drop_if_empty(self) -> None:
        """Take back the folders that were made for a run that left nothing."""
        for folder in self._made:
            try:
                folder.rmdir()
            except OSError:  # not empty: something of use is in it
                return

    def _refuse_others_files(self) -> None:
        if not self.path.is_dir():
            raise FolderError(
                _("{path} is a file. Name a folder for the run.").format(path=self.path)
            )
        names = {one.name for one in self.path.iterdir() if not one.name.startswith(_STAGE)}
        if names and not names.issuperset(_MARKS):
            raise FolderError(
                _(
                    "{path} is not empty and holds no run of nnplay, so nothing is written there. "
                    "Name a new folder, an empty one, or one that an earlier run was saved in."
                ).format(path=self.path)
            )


def new_run_path(parent: Path, key: str) -> Path:
    """Return a path under `parent` that is free, such as `runs/spiral-20260131-142500`."""
    name = f"{key}-{datetime.now():%Y%m%d-%H%M%S}"
    path = parent / name
    number = 2
    while path.exists():
        path = parent / f"{name}-{number}"
        number += 1
    return path


def _make(path: Path) -> list[Path]:
    """Make a folder and those above it; return what was made, the deepest first."""
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
