"""The figures of a run as plain values that JSON can hold."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from nnplay.record.metrics import per_class
from nnplay.record.run import RunRecord


def figures(record: RunRecord) -> dict[str, Any]:
    """Return what a run came to; None stands for what it does not have or what is not finite.

    `confusion` has a row per true class and a column per predicted class; `precision`, `recall` and
    `f1` have one number per class. All four are of the samples that the test scores are of, or of
    the validation or training samples where there are no test samples: `outcomes_of` says which.
    """
    result = record.result
    outcomes = result.outcomes
    table: dict[str, Any] = {
        "experiment": record.key,
        "name": record.experiment.name,
        "seed": record.experiment.seed,
        "device": result.device,
        "stepper": result.stepper,
        "threads": record.threads,
        "steps": result.steps,
        "epochs": result.epochs,
        "seconds": result.seconds,
        "samples_per_second": result.samples_per_second,
        "stopped": result.stopped,
        "trouble": record.trouble,
        "train_loss": result.train.loss,
        "val_loss": result.validation.loss,
        "test_loss": result.test.loss,
        "train_accuracy": result.train.accuracy,
        "val_accuracy": result.validation.accuracy,
        "test_accuracy": result.test.accuracy,
        "outcomes_of": None,
        "confusion": None,
        "precision": None,
        "recall": None,
        "f1": None,
    }
    if outcomes is not None:
        precision, recall, f1, _support = per_class(outcomes.confusion)
        table |= {"outcomes_of": outcomes.part, "confusion": outcomes.confusion}
        table |= {"precision": precision, "recall": recall, "f1": f1}
    table["weights_sha256"] = result.weights_sha256
    plain = _plain(table)
    assert isinstance(plain, dict)
    return plain


def json_line(table: dict[str, Any]) -> str:
    """Return one line of strict JSON."""
    return json.dumps(table, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
