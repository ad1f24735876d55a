"""The curves of a recorded run, with few enough points to be drawn at any time."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from nnplay.link import Trace
from nnplay.record.recorded_run import RecordedRun

Values = npt.NDArray[np.float64]
_FEW_EPOCHS = 3
"""Below this number, means over parts of epochs show more than means over epochs."""
_MOST_POINTS = 400
_PARTS = 60


@dataclass(frozen=True)
class Means:
    """Mean loss and accuracy of one part of the data, all of shape (n,); NaN where unknown."""

    epoch: Values
    step: Values
    loss: Values
    accuracy: Values


@dataclass(frozen=True)
class RunCurves:
    """The curves of the training and the validation data; the latter may be empty."""

    train: Means
    validation: Means


_known: WeakKeyDictionary[Trace, tuple[int, RunCurves]] = WeakKeyDictionary()


def curves_of(run: RecordedRun) -> RunCurves:
    """Return the curves of a run; they are computed once."""
    size = len(run.steps) + len(run.epochs)
    known = _known.get(run.steps)
    if known is not None and known[0] == size:
        return known[1]
    epochs = _thinned(run.epochs.read())
    by_name = dict(zip(run.epochs.columns, epochs.T, strict=True))
    train = (
        Means(by_name["epoch"], by_name["step"], by_name["train_loss"], by_name["train_accuracy"])
        if len(epochs) >= _FEW_EPOCHS
        else _parts_of_epochs(run.steps)
    )
    real = np.isfinite(by_name["val_loss"])
    columns = (by_name[name][real] for name in ("epoch", "step", "val_loss", "val_accuracy"))
    curves = RunCurves(train, Means(*columns))
    _known[run.steps] = size, curves
    return curves


def _parts_of_epochs(steps: Trace) -> Means:
    rows = steps.read()
    parts = np.array_split(rows, min(_PARTS, len(rows))) if len(rows) else []
    means = np.array([part.mean(axis=0) for part in parts]).reshape(-1, len(steps.columns))
    by_name = dict(zip(steps.columns, means.T, strict=True))
    return Means(by_name["epoch"], by_name["step"], by_name["loss"], by_name["accuracy"])


def _thinned(rows: Values) -> Values:
    """Return at most 400 rows, evenly chosen: more than a plot has room for."""
    if len(rows) <= _MOST_POINTS:
        return rows
    kept = np.linspace(0, len(rows) - 1, _MOST_POINTS).round().astype(int)
    few: Values = rows[kept]
    return few
