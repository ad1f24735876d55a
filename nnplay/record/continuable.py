"""Reads the folder of a run, so that it can be continued."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil, nan
from pathlib import Path
from typing import Any

import numpy as np

from nnplay.experiment import Experiment, FileError, open_file
from nnplay.filesystem import is_file, is_folder, read_limited, reason
from nnplay.link import (
    EPOCH_COLUMNS,
    STEP_COLUMNS,
    Continuation,
    Film,
    LiveEdit,
    ResumePoint,
    ResumePoints,
    Trace,
)
from nnplay.link.trace import Spacing
from nnplay.record.run import RunRecord
from nnplay.record.saved_run import SavedRunError
from nnplay.record.storage.errors import DocumentError
from nnplay.record.storage.plain_values import parsed, plain
from nnplay.record.storage.point_file import is_storable, point_bytes, read_point
from nnplay.translation import _

RESUME_FILE = "resume.safetensors"
STEPS_FILE, EPOCHS_FILE = "trace.csv", "epochs.csv"
_LARGEST = 2**31
_MOST_THREADS = 4096


@dataclass(frozen=True)
class ContinuableRun:
    """A saved run with everything that continuing it takes; its film is not saved."""

    key: str
    """Short name of the experiment."""
    experiment: Experiment
    """With the changes that were made during the run."""
    point: ResumePoint
    steps: Trace
    epochs: Trace
    edits: tuple[LiveEdit, ...]
    threads: int | None
    is_diverged: bool
    film: Film = field(default_factory=Film)
    points: ResumePoints = field(default_factory=ResumePoints)

    @property
    def epochs_done(self) -> int:
        """The epochs that it has trained; one that was begun counts."""
        done = self.steps.column("step").searchsorted(self.point.step, "right")
        return ceil(self.steps.column("epoch")[done - 1]) if done else 0

    def continuation(self, edits: tuple[LiveEdit, ...]) -> Continuation:
        """Return where to continue, with more changes."""
        return Continuation(self.point, (*self.edits, *edits))


def write_point(record: RunRecord, folder: Path) -> None:
    """Write where a run can be continued; nothing if its weights are not finite."""
    if record.point is None or not is_storable(record.point):
        return
    about = {
        "edits": plain(record.edits),
        "steps": list(record.steps.spacing),
        "epochs": list(record.epochs.spacing),
        "is_diverged": record.is_diverged,
    }
    (folder / RESUME_FILE).write_bytes(point_bytes(record.point, about))


def read_continuable(folder: Path) -> ContinuableRun:
    """Return a saved run that can be continued; raises SavedRunError."""
    if not is_folder(folder) or not is_file(folder / "experiment.json"):
        text = _("{path} is not the folder of a run: it has no {name}.")
        raise SavedRunError(
            text.format(path=folder, name="experiment.json"),
            _("Name a folder that nnplay train --out has written."),
        )
    if not is_file(folder / RESUME_FILE):
        text = _("{path} cannot be continued: it has no {name}.")
        raise SavedRunError(
            text.format(path=folder, name=RESUME_FILE),
            _("The run was saved by an earlier version of nnplay. Train again and save it."),
        )
    try:
        experiment = open_file(folder / "experiment.json")
        point, about = read_point(_bytes(folder / RESUME_FILE), RESUME_FILE)
    except FileError as error:
        raise SavedRunError(str(error)) from error
    except DocumentError as error:
        text = _("{path} cannot be continued: {why}.").format(path=folder, why=error)
        raise SavedRunError(text, _("Train again and save the run.")) from error
    try:
        spacings = [Spacing(*about[name]) for name in ("steps", "epochs")]
        if not all(spacing.is_legal for spacing in spacings):
            raise ValueError("spacing")
        edits = tuple(parsed(LiveEdit, one) for one in about["edits"])
        is_diverged = parsed(bool, about["is_diverged"])
    except (ValueError, TypeError, KeyError) as error:
        raise _damaged(folder / RESUME_FILE) from error
    points = ResumePoints()
    points.add(point)
    return ContinuableRun(
        str(_json(folder / "metrics.json").get("experiment", folder.name)),
        experiment,
        point,
        _trace(folder / STEPS_FILE, STEP_COLUMNS, spacings[0]),
        _trace(folder / EPOCHS_FILE, EPOCH_COLUMNS, spacings[1]),
        edits,
        _threads(_json(folder / "environment.json").get("threads")),
        is_diverged,
        points=points,
    )


def _trace(path: Path, columns: tuple[str, ...], spacing: Spacing) -> Trace:
    try:
        lines = _bytes(path).decode("utf-8").splitlines()
        table = list(csv.reader(lines))
        if tuple(table[0]) != columns:
            raise ValueError("columns")
        numbers = [[float(cell) if cell else nan for cell in row] for row in table[1:]]
        rows = np.array(numbers, np.float64).reshape(len(numbers), len(columns))
        if not (np.diff(rows[:, columns.index("step")]) > 0).all():
            raise ValueError("steps")
    except (ValueError, IndexError, csv.Error) as error:
        raise _damaged(path) from error
    return Trace.of_rows(columns, rows, spacing)


def _threads(value: Any) -> int | None:
    return value if type(value) is int and 1 <= value <= _MOST_THREADS else None


def _json(path: Path) -> Mapping[str, Any]:
    """Return an object in JSON, an empty one if there is none."""
    try:
        value = json.loads(_bytes(path))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _bytes(path: Path) -> bytes:
    try:
        return read_limited(path, _LARGEST)
    except (OSError, ValueError) as error:
        text = _("{path} cannot be read: {why}.").format(path=path, why=reason(error))
        raise SavedRunError(text) from error


def _damaged(path: Path) -> SavedRunError:
    text = _("{path} is damaged, so the run cannot be continued.")
    return SavedRunError(text.format(path=path), _("Train again and save the run."))
