"""What a web page says of a run in words and numbers."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Layer
from nnplay.experiment import Experiment, trace_shapes
from nnplay.link import Scores, Trace
from nnplay.record.finished_run import FinishedRun
from nnplay.translation import _

_SIZES = ("units", "filters", "p")
MOST_POINTS = 400
"""Points of a curve; where there are more steps, each point is the mean of several."""
Cell = Callable[[Scores], str]
_SPREAD_FOR_LOG = 30.0


def facts(experiment: Experiment) -> list[tuple[str, str]]:
    """Return what was trained, and how, as names and values."""
    spec = experiment.data.spec()
    optimizer, batch = experiment.optimizer, experiment.batch_size
    rows = trace_shapes(spec.in_shape, experiment.network)
    parameters = sum(row.parameters or 0 for row in rows)
    found = [
        (_("Data"), f"{_(experiment.data.label)} ({spec.samples:,})"),
        (_("Network"), " → ".join(map(_layer, experiment.network))),
        (_("Parameters"), f"{parameters:,}"),
        (_("Loss"), _(experiment.loss.label)),
        (_("Optimizer"), _(optimizer.label)),
    ]
    rate = getattr(optimizer, "lr", None)
    if rate is not None:
        found.append((_("Learning rate"), f"{rate:g}"))
    if experiment.schedule.key != "Constant":
        found.append((_("Schedule"), _(experiment.schedule.label)))
    return [
        *found,
        (_("Batch size"), _("full batch") if batch is None else f"{batch:,}"),
        (_("Epochs"), f"{experiment.epochs:,}"),
        (_("Seed"), str(experiment.seed)),
    ]


def _layer(layer: Layer) -> str:
    values = layer.own_values()
    numbers = [f"{values[name]:g}" for name in _SIZES if name in values]
    return " ".join([_(layer.label), *numbers])


def final_scores(run: FinishedRun) -> dict[str, Any]:
    """Return a table of the final metrics: a column for each part of the data."""
    parts = (
        (_("Training"), run.train),
        (_("Validation"), run.validation),
        (_("Test"), run.test),
    )
    there = [(name, scores) for name, scores in parts if scores != Scores()]
    rows = [(name, [cell(scores) for _part, scores in there]) for name, cell in _cells()]
    return {
        "columns": [name for name, _scores in there],
        "rows": [(name, *cells) for name, cells in rows if any(cells)],
    }


def _cells() -> tuple[tuple[str, Cell], ...]:
    return (
        (_("Loss"), lambda one: _number(one.loss)),
        (_("Loss in data units"), lambda one: _number(one.loss_in_units)),
        (_("Accuracy"), lambda one: _share(one.accuracy)),
        (_("All labels"), lambda one: _share(one.exact)),
        (_("AUC"), lambda one: _number(one.auc)),
        (_("RMSE"), lambda one: _number(one.regression and one.regression.rmse)),
        (_("R²"), lambda one: _number(one.regression and one.regression.r2)),
    )


def _number(value: float | None) -> str:
    return f"{value:.4g}".replace("-", "−") if value is not None and isfinite(value) else ""


def _share(value: float | None) -> str:
    return f"{100 * value:.2f} %" if value is not None and isfinite(value) else ""


def charts(run: FinishedRun) -> list[dict[str, Any]]:
    """Return the curves of loss and accuracy over the steps of a run."""
    validation = _("Validation")
    loss = [
        _series(run.steps, "loss", _("Training"), "train"),
        _series(run.epochs, "val_loss", validation, "validation"),
    ]
    accuracy = [
        _series(run.epochs, "train_accuracy", _("Training"), "train"),
        _series(run.epochs, "val_accuracy", validation, "validation"),
    ]
    found = []
    for title, lines, can_be_log in ((_("Loss"), loss, True), (_("Accuracy"), accuracy, False)):
        there = [line for line in lines if line["y"]]
        if there:
            values = np.concatenate([line["y"] for line in there])
            low, high = float(values.min()), float(values.max())
            is_log = can_be_log and low > 0 and high > _SPREAD_FOR_LOG * low
            found.append({"title": title, "lines": there, "log": bool(is_log)})
    return found


def _series(trace: Trace, column: str, name: str, colour: str) -> dict[str, Any]:
    rows = np.column_stack([trace.column("step"), trace.column(column)])
    rows = _thinned(rows[np.isfinite(rows).all(1)])
    return {
        "name": name,
        "colour": colour,
        "x": [round(float(x), 1) for x in rows[:, 0]],
        "y": [float(f"{y:.5g}") for y in rows[:, 1]],
    }


def _thinned(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if len(rows) <= MOST_POINTS:
        return rows
    return np.array([part.mean(0) for part in np.array_split(rows, MOST_POINTS)])


def texts() -> dict[str, str]:
    """Return the words of the player."""
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "speed": _("Speed"),
        "position": _("Position in the run"),
        "moment": _("epoch {epoch} · step {step}"),
        "map": _("Predictions over the plane"),
        "curve": _("Fitted curve"),
        "confusion": _("Confusion matrix"),
        "rows": _("rows: target, columns: prediction"),
        "samples": _("{count} samples"),
        "label": _("Label"),
        "ask": _("Point at the picture for a prediction, or press Tab and the arrow keys."),
        "at": _("at {place}: {prediction}"),
        "held_out": _("hollow: held out from training"),
        "network": _("network"),
        "step": _("step"),
        "log": _("logarithmic"),
        "facts": _("Settings"),
        "scores": _("Final metrics"),
        "draw": _("Draw a digit"),
        "clear": _("Clear"),
        "like_data": _("as in the data"),
        "as_drawn": _("as drawn"),
        "input": _("input of the network"),
    }
