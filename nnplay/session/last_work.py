"""What was open when the window was closed, offered at the next start."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nnplay.experiment import Experiment, FileError, dumps, loads
from nnplay.filesystem import read_limited
from nnplay.translation import _

_LARGEST = 2**26
"""Bytes: as many as the largest experiment takes within another JSON text."""


_RUNS_NAME = re.compile(r"[0-9A-Za-z-]{1,60}\.runs", re.ASCII)


@dataclass(frozen=True)
class Work:
    """An experiment as the user left it."""

    experiment: Experiment
    path: Path | None
    """The file that it belongs to."""


def work_title(work: Work) -> str:
    """Return the name of its file, or of the experiment, or "untitled"."""
    if work.path is not None:
        return work.path.name
    return _(work.experiment.name) if work.experiment.name else _("untitled")


class LastWork:
    """One small file; a failure to write or read it is no reason to interrupt the user."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "last.json"

    def keep(self, work: Work) -> None:
        """Store what is open."""
        with suppress(OSError):
            self._file.write_text(work_text(work), encoding="utf-8")

    def read(self) -> Work | None:
        """Return what was open last."""
        return read_work(self._file)


def work_text(work: Work, order: int = 0, runs: str = "") -> str:
    """Return the content of a file with a work.

    The order is that of `Autosave`, as is the name of the folder with the runs.
    """
    content = {"order": order, "path": str(work.path or ""), "experiment": dumps(work.experiment)}
    return json.dumps({**content, "runs": runs})


def read_runs_name(file: Path) -> str:
    """Return the name of the folder with the runs of a work, an empty text if there is none."""
    try:
        name = json.loads(read_limited(file, _LARGEST))["runs"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    is_name = isinstance(name, str) and _RUNS_NAME.fullmatch(name) is not None
    return name if is_name else ""


def read_work(file: Path) -> Work | None:
    """Return the work in a file, None if it is damaged or not written by nnplay."""
    try:
        content = json.loads(read_limited(file, _LARGEST))
        path = Path(content["path"]) if content["path"] else None
        return Work(loads(content["experiment"]), path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, FileError):
        return None
