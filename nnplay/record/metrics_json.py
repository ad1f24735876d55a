"""The metrics of a run as plain values that JSON can hold."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

import numpy as np

from nnplay.link import ClassPredictions, Scores
from nnplay.record.metrics import (
    area,
    corners,
    macro,
    macro_of_classes,
    micro,
    per_class,
    per_label,
    roc_curve,
    weighted,
)
from nnplay.record.run import RunRecord
from nnplay.record.scaling import scaling_table


def metrics(record: RunRecord) -> dict[str, Any]:
    """Return the metrics of a run; None for those that do not apply or are not finite.

    `confusion` has a row per true class and a column per predicted class; `precision`, `recall` and
    `f1` have one number per class, `macro` and `weighted` their averages over classes and over
    samples. All are of the test samples or, without any, of the validation or else the training
    samples: `outcomes_of` says which.

    `roc` is the curve of two classes in the points where it bends; `bias` of a regression is the
    mean of target minus prediction, `largest` the largest absolute error.

    For multi-label data `confusion` has two rows and columns for each label, `accuracies` and the
    others one number per label, and `micro` the averages over all labels of all samples; accuracies
    count single labels, `exact` is the share of samples with all labels correct.

    Numbers to predict may be standardised for learning: `scaling` says by what, losses are then
    those of the standardised numbers, `..._loss_in_units` are the same in the units of the data, as
    are all other metrics.
    """
    result = record.result
    predictions = result.class_predictions
    table: dict[str, Any] = {
        "experiment": record.key,
        "name": record.experiment.name,
        "seed": record.experiment.seed,
        "device": result.device,
        "stepper": result.stepper,
        "stepper_why": result.stepper_why,
        "threads": result.threads,
        "steps": result.steps,
        "epochs": result.epochs,
        "seconds": result.seconds,
        "samples_per_second": result.samples_per_second,
        "stopped": result.stopped,
        "trouble": record.divergence,
        "ending": result.ending,
        "penalty": result.penalty,
        "train_loss": result.train.loss,
        "val_loss": result.validation.loss,
        "test_loss": result.test.loss,
        "train_accuracy": result.train.accuracy,
        "val_accuracy": result.validation.accuracy,
        "test_accuracy": result.test.accuracy,
        "train_exact": result.train.exact,
        "val_exact": result.validation.exact,
        "test_exact": result.test.exact,
        "train_top5": result.train.top5,
        "val_top5": result.validation.top5,
        "test_top5": result.test.top5,
        "train_auc": result.train.auc,
        "val_auc": result.validation.auc,
        "test_auc": result.test.auc,
        "roc": None,
        "train_loss_in_units": result.train.loss_in_units,
        "val_loss_in_units": result.validation.loss_in_units,
        "test_loss_in_units": result.test.loss_in_units,
        "train_errors": _errors(result.train),
        "val_errors": _errors(result.validation),
        "test_errors": _errors(result.test),
        "outcomes_of": None,
        "confusion": None,
        "accuracies": None,
        "precision": None,
        "recall": None,
        "f1": None,
        "micro": None,
        "macro": None,
        "weighted": None,
    }
    scores = None
    if predictions is not None:
        table |= {"outcomes_of": predictions.part, "confusion": predictions.confusion}
        scores = per_class(predictions.confusion)
        table["roc"] = _roc(predictions)
    elif result.label_predictions is not None:
        confusion = result.label_predictions.confusion
        table |= {"outcomes_of": result.label_predictions.part, "confusion": confusion}
        accuracies, scores = per_label(confusion)
        table |= {"accuracies": accuracies, "micro": micro(confusion)._asdict()}
    if scores is not None:
        table |= {"precision": scores.precision, "recall": scores.recall, "f1": scores.f1}
        means = macro(scores) if predictions is None else macro_of_classes(predictions.confusion)
        table |= {"macro": means._asdict(), "weighted": weighted(scores)._asdict()}
    table["scaling"] = scaling_table(result.scaling)
    table["weights_sha256"] = result.weights_sha256
    found = plain(table)
    assert isinstance(found, dict)
    return found


def _roc(predictions: ClassPredictions) -> dict[str, Any] | None:
    """Return the ROC curve; None for more than two classes, or if one of them does not occur."""
    if predictions.probabilities.shape[1] != 2:
        return None
    curve = corners(roc_curve(predictions.target, predictions.probabilities[:, 1]))
    if math.isnan(area(curve)):
        return None
    return {"false_rate": curve.false_rate, "true_rate": curve.true_rate}


def _errors(scores: Scores) -> dict[str, float] | None:
    return None if scores.regression is None else asdict(scores.regression)


def json_line(table: dict[str, Any]) -> str:
    """Return one line of strict JSON."""
    return json.dumps(table, allow_nan=False)


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it; numbers that are not finite become None."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
