"""What exports take from a finished run, in the window or in its folder."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field, fields
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from nnplay.filesystem import read_limited, reason
from nnplay.link import Film, RegressionMetrics, Result, Scores, Trace, Trained
from nnplay.link.trace import EPOCH_COLUMNS, STEP_COLUMNS
from nnplay.record.saved_run import SavedRunError, read_run
from nnplay.translation import _

_LARGEST_FILE = 256 * 2**20


@dataclass(frozen=True)
class FinishedRun:
    """A trained network, the history of its training, and how it was evaluated."""

    trained: Trained
    threads: int
    """The CPU threads that it was trained with."""
    steps: Trace
    epochs: Trace
    confusion: tuple[Any, ...] = ()
    """(classes, classes), or (labels, 2, 2) as nested lists; empty for a regression."""
    train: Scores = field(default_factory=Scores)
    validation: Scores = field(default_factory=Scores)
    test: Scores = field(default_factory=Scores)
    film: Film | None = None
    """None where it was not kept, as in the folder of a run."""

    @staticmethod
    def of(result: Result, steps: Trace, epochs: Trace, film: Film | None = None) -> FinishedRun:
        """Return it from the result of a run."""
        predictions = result.class_predictions or result.label_predictions
        confusion = () if predictions is None else tuple(predictions.confusion.tolist())
        return FinishedRun(
            Trained.of(result),
            result.threads,
            steps,
            epochs,
            confusion,
            result.train,
            result.validation,
            result.test,
            film,
        )

    @staticmethod
    def read(folder: Path) -> FinishedRun:
        """Return it from the folder of a run; raises SavedRunError."""
        trained = read_run(folder)
        metrics = _json(folder / "metrics.json")
        threads, confusion = metrics.get("threads"), metrics.get("confusion")
        return FinishedRun(
            trained,
            threads if isinstance(threads, int) and threads > 0 else 1,
            _table(folder / "trace.csv", STEP_COLUMNS),
            _table(folder / "epochs.csv", EPOCH_COLUMNS),
            tuple(confusion) if isinstance(confusion, list) else (),
            _scores(metrics, "train"),
            _scores(metrics, "val"),
            _scores(metrics, "test"),
        )


def _text(path: Path) -> str:
    try:
        return read_limited(path, _LARGEST_FILE).decode("utf-8")
    except OSError as error:
        text = _("{path} cannot be read: {why}.").format(path=path, why=reason(error))
        raise SavedRunError(text) from error
    except UnicodeDecodeError as error:
        raise _damaged(path, error) from error


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    if not isinstance(found, dict):
        raise _damaged(path, _("expected an object"))
    return found


def _scores(metrics: dict[str, Any], part: str) -> Scores:
    """Return the scores of a part of the data, as far as the metrics of a folder hold them."""
    names = [one.name for one in fields(Scores) if one.name != "regression"]
    errors = metrics.get(f"{part}_errors")
    regression = None
    if isinstance(errors, dict):
        numbers = {one.name: _number(errors.get(one.name)) for one in fields(RegressionMetrics)}
        regression = RegressionMetrics(
            **{name: nan if number is None else number for name, number in numbers.items()}
        )
    found = {name: _number(metrics.get(f"{part}_{name}")) for name in names}
    return Scores(**found, regression=regression)


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type]


def _table(path: Path, columns: tuple[str, ...]) -> Trace:
    """Return a trace that was saved as CSV, in which empty cells are unknown numbers."""
    head, *rows = list(csv.reader(_text(path).splitlines())) or [[]]
    try:
        numbers = [[float(row[head.index(name)] or "nan") for name in columns] for row in rows]
    except (ValueError, IndexError) as error:
        raise _damaged(path, error) from error
    trace = Trace(columns, max(2, len(rows)))
    if rows:
        trace.extend(np.array(numbers))
    return trace


def _damaged(path: Path, why: object) -> SavedRunError:
    text = _("{path} is damaged: {why}.").format(path=path, why=why)
    return SavedRunError(text, _("Train again and save the run."))
