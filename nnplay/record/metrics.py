"""Metrics of predictions: confusion matrices, precision and recall, ROC curves, errors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nnplay.link import RegressionMetrics

TOP = 5
TOP_CLASSES = 6
"""The fewest classes for which the top-5 accuracy tells more than the accuracy."""
_STRAIGHT = 1e-15
"""Smaller turns of a ROC curve are rounding: its rates are counts divided by at most some 1e7."""
Counts = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


class PerClass(NamedTuple):
    """Scores of every class, each of shape (classes,)."""

    precision: Scores
    """Of the samples predicted as this class, the share that belong to it."""
    recall: Scores
    """Of the samples in this class, the share predicted correctly."""
    f1: Scores
    """The harmonic mean of precision and recall."""
    support: Counts
    """The number of samples in the class."""


def confusion_matrix(target: Counts, predicted: Counts, classes: int) -> Counts:
    """Count (classes, classes): rows are targets, columns predictions; both inputs are (n,)."""
    pairs = np.asarray(target, dtype=np.int64) * classes + np.asarray(predicted, dtype=np.int64)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def per_class(confusion: Counts) -> PerClass:
    """Score every class of a confusion matrix; 0/0 is 0, as where a class is never predicted."""
    right = np.diag(confusion).astype(np.float64)
    support, taken = confusion.sum(axis=1), confusion.sum(axis=0)
    return PerClass(
        precision=_share(right, taken),
        recall=_share(right, support),
        f1=_share(2 * right, support + taken),
        support=support,
    )


def label_confusion(target: Counts, taken: npt.NDArray[np.bool_]) -> Counts:
    """Count (labels, 2, 2), a confusion matrix for each label of (n, labels)."""
    pairs = zip(np.asarray(target).T, np.asarray(taken).T, strict=True)
    return np.stack([confusion_matrix(one, other, 2) for one, other in pairs])


class PerLabel(NamedTuple):
    """Scores of every label, each of shape (labels,)."""

    accuracy: Scores
    """Share of samples whose label was predicted correctly."""
    classes: PerClass
    """Precision, recall and F1 for the samples that have the label; of shape (labels,) too."""


def per_label(confusion: Counts) -> PerLabel:
    """Score every label of (labels, 2, 2); 0/0 is 0, and the accuracy without samples NaN."""
    right, wrong = confusion[:, 1, 1].astype(np.float64), confusion[:, 0, 1]
    support, total = confusion[:, 1].sum(axis=1), confusion.sum(axis=(1, 2))
    taken = right.astype(np.int64) + wrong
    scores = PerClass(
        _share(right, taken), _share(right, support), _share(2 * right, support + taken), support
    )
    hits = right + confusion[:, 0, 0]
    nothing = np.full(len(confusion), np.nan)
    return PerLabel(np.divide(hits, total, out=nothing, where=total > 0), scores)


class Mean(NamedTuple):
    """Precision, recall and F1 of all classes, each as one number."""

    precision: float
    recall: float
    f1: float


def macro(scores: PerClass) -> Mean:
    """Return the macro averages: a rare class or label counts as much as a frequent one."""
    return Mean(*(float(one.mean()) if len(one) else float("nan") for one in scores[:3]))


def macro_of_classes(confusion: Counts) -> Mean:
    """Return the macro averages over the classes that occur, as a target or as a prediction.

    A class that does neither has no precision and no recall, and would count as two errors.
    """
    occurs = confusion.sum(axis=0) + confusion.sum(axis=1) > 0
    return macro(PerClass(*(one[occurs] for one in per_class(confusion))))


def weighted(scores: PerClass) -> Mean:
    """Return the averages weighted by support: each class counts as often as it occurs."""
    total = scores.support.sum()
    if not total:
        return Mean(*[float("nan")] * 3)
    return Mean(*(float(one @ scores.support / total) for one in scores[:3]))


def micro(confusion: Counts) -> Mean:
    """Return the micro averages of (labels, 2, 2): each prediction of a label counts the same."""
    together = per_label(confusion.sum(axis=0, keepdims=True)).classes
    return Mean(*(float(one[0]) for one in together[:3]))


class Roc(NamedTuple):
    """A ROC curve: a point for each threshold, of shape (n,), from the highest threshold down."""

    false_rate: Scores
    """False positive rate: of the samples of class 0, the share predicted as class 1."""
    true_rate: Scores
    """True positive rate: of the samples of class 1, the share predicted as class 1."""
    threshold: Scores
    """From this probability on, class 1 is predicted; at the first threshold, never."""


def roc_curve(target: Counts, probability: npt.NDArray[np.floating]) -> Roc:
    """Return a point for each distinct probability of class 1; both inputs (n,), targets 0 or 1.

    Rates of a class that does not occur are NaN.
    """
    order = np.argsort(-probability, kind="stable")
    sorted_target, sorted_scores = np.asarray(target)[order], probability[order]
    # No threshold separates samples with the same probability: only the last of them is a point.
    at = np.flatnonzero(np.append(np.diff(sorted_scores) != 0, True)[: len(order)])
    hits = np.cumsum(sorted_target == 1)[at]
    taken = at + 1
    ones = np.count_nonzero(sorted_target == 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        true_rate = np.concatenate(([0], hits)) / np.float64(ones)
        false_rate = np.concatenate(([0], taken - hits)) / np.float64(len(order) - ones)
    return Roc(false_rate, true_rate, np.concatenate(([np.inf], sorted_scores[at])))


def corners(curve: Roc) -> Roc:
    """Return the ends of a curve and the points where it bends: the same curve in fewer points."""
    if len(curve.false_rate) < 3:
        return curve
    # The cross product of neighbouring segments is 0 on a straight line, whatever their lengths.
    across, up = np.diff(curve.false_rate), np.diff(curve.true_rate)
    turns = np.abs(across[1:] * up[:-1] - across[:-1] * up[1:]) > _STRAIGHT
    kept = np.concatenate(([True], turns, [True]))
    return Roc(*(column[kept] for column in curve))


def area(curve: Roc) -> float:
    """Return the area under a ROC curve (AUC), by trapezoids; NaN where a class does not occur.

    It is the probability that a sample of class 1 scores higher than one of class 0.
    """
    if len(curve.false_rate) < 2:
        return float("nan")
    widths = np.diff(curve.false_rate)
    return float(widths @ (curve.true_rate[1:] + curve.true_rate[:-1]) / 2)


def top_share(target: Counts, probabilities: npt.NDArray[np.floating], count: int = TOP) -> float:
    """Return the share of samples whose class is among the `count` most probable; NaN for none.

    `probabilities` is (n, classes). Of equal ones the class with the lower number comes first, as
    in argmax.
    """
    if not len(target):
        return float("nan")
    own = probabilities[np.arange(len(target)), target][:, None]
    lower = np.arange(probabilities.shape[1]) < np.asarray(target)[:, None]
    ahead = (probabilities > own) | ((probabilities == own) & lower)
    return float((ahead.sum(axis=1) < count).mean())


def regression_metrics(
    target: npt.NDArray[np.floating], predicted: npt.NDArray[np.floating]
) -> RegressionMetrics:
    """Return the metrics of predictions; both arrays are (n, outputs) with n > 0.

    Where all targets are equal, R² is 1 for perfect predictions and 0 otherwise; with fewer than
    two samples it is NaN. Several outputs are averaged.
    """
    exact = target.astype(np.float64)
    residuals = exact - predicted.astype(np.float64)
    unexplained = (residuals**2).sum(axis=0)
    total = ((exact - exact.mean(axis=0)) ** 2).sum(axis=0)
    constant = (unexplained > 0).astype(np.float64)
    explained = 1 - np.divide(unexplained, total, out=constant, where=total > 0)
    mse = float((residuals**2).mean())
    r2 = float(explained.mean()) if len(exact) > 1 else float("nan")
    absolute = np.abs(residuals)
    mae, largest = float(absolute.mean()), float(absolute.max())
    return RegressionMetrics(mse, mse**0.5, mae, r2, float(residuals.mean()), largest)


def accuracy(confusion: Counts) -> float:
    """Return the share of correct predictions; NaN without any."""
    total = confusion.sum()
    return float(np.trace(confusion) / total) if total else float("nan")


def _share(part: Scores, whole: Counts) -> Scores:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
