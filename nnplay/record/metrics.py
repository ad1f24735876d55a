"""How well a network does: counts, shares, curves and errors of its answers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nnplay.link import Errors

TOP = 5
TOP_CLASSES = 6
"""From so many classes on it says something that the truth is among the five likeliest."""
_STRAIGHT = 1e-15
"""A turn smaller than this is one of rounding: rates are counts over at most some 1e7 samples."""
Counts = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


class PerClass(NamedTuple):
    """Scores of every class, each of shape (classes,)."""

    precision: Scores
    """Of those taken for the class, the share that are of it."""
    recall: Scores
    """Of those of the class, the share that were taken for it."""
    f1: Scores
    """The harmonic mean of precision and recall."""
    support: Counts
    """How many are of the class."""


def confusion_matrix(target: Counts, predicted: Counts, classes: int) -> Counts:
    """Count (classes, classes): rows are the truth, columns the prediction; both inputs (n,)."""
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
    """Share of samples of which it is rightly said whether they carry the label."""
    classes: PerClass
    """Of those that carry it; of shape (labels,) too."""


def per_label(confusion: Counts) -> PerLabel:
    """Score every label of (labels, 2, 2); 0/0 is 0, and the accuracy of nothing NaN."""
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
    """Return the plain means over the classes: a rare class counts as much as a frequent one."""
    return Mean(*(float(one.mean()) if len(one) else float("nan") for one in scores[:3]))


def weighted(scores: PerClass) -> Mean:
    """Return the means over the samples: each class counts as often as it occurs."""
    total = scores.support.sum()
    if not total:
        return Mean(*[float("nan")] * 3)
    return Mean(*(float(one @ scores.support / total) for one in scores[:3]))


def micro(confusion: Counts) -> Mean:
    """Return the scores of all labels (labels, 2, 2) counted together, each answer alike."""
    together = per_label(confusion.sum(axis=0, keepdims=True)).classes
    return Mean(*(float(one[0]) for one in together[:3]))


class Roc(NamedTuple):
    """The ways to part two classes by a threshold, each of shape (n,), the strictest first."""

    false_rate: Scores
    """Of those of class 0, the share that are taken for class 1."""
    true_rate: Scores
    """Of those of class 1, the share that are taken for it."""
    threshold: Scores
    """What is at least so probable is taken for class 1; the first takes none."""


def roc_curve(target: Counts, probability: npt.NDArray[np.floating]) -> Roc:
    """Return a point for each distinct probability of class 1; both inputs (n,), truth 0 or 1.

    Rates of a class that does not occur are NaN.
    """
    order = np.argsort(-probability, kind="stable")
    sorted_truth, sorted_scores = np.asarray(target)[order], probability[order]
    # Samples with the same probability cannot be parted: only the last of them is a point.
    at = np.flatnonzero(np.append(np.diff(sorted_scores) != 0, True)[: len(order)])
    hits = np.cumsum(sorted_truth == 1)[at]
    taken = at + 1
    ones = np.count_nonzero(sorted_truth == 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        true_rate = np.concatenate(([0], hits)) / np.float64(ones)
        false_rate = np.concatenate(([0], taken - hits)) / np.float64(len(order) - ones)
    return Roc(false_rate, true_rate, np.concatenate(([np.inf], sorted_scores[at])))


def corners(curve: Roc) -> Roc:
    """Return the points of a curve where it bends, and its ends: the same curve in fewer points."""
    if len(curve.false_rate) < 3:
        return curve
    # Taken as turns, not as second differences, for the steps between points differ in length.
    across, up = np.diff(curve.false_rate), np.diff(curve.true_rate)
    turns = np.abs(across[1:] * up[:-1] - across[:-1] * up[1:]) > _STRAIGHT
    kept = np.concatenate(([True], turns, [True]))
    return Roc(*(column[kept] for column in curve))


def area(curve: Roc) -> float:
    """Return the area under a ROC curve (AUC), by trapezoids; NaN where a class does not occur.

    It is the chance that a sample of class 1 gets a higher probability than one of class 0.
    """
    if len(curve.false_rate) < 2:
        return float("nan")
    widths = np.diff(curve.false_rate)
    return float(widths @ (curve.true_rate[1:] + curve.true_rate[:-1]) / 2)


def top_share(target: Counts, probabilities: npt.NDArray[np.floating], count: int = TOP) -> float:
    """Return the share of samples whose class is among the `count` likeliest; NaN for none.

    `probabilities` is (n, classes). Of equals the class with the lower number comes first, as it
    does in the prediction itself.
    """
    if not len(target):
        return float("nan")
    own = probabilities[np.arange(len(target)), target][:, None]
    lower = np.arange(probabilities.shape[1]) < np.asarray(target)[:, None]
    ahead = (probabilities > own) | ((probabilities == own) & lower)
    return float((ahead.sum(axis=1) < count).mean())


def errors(target: npt.NDArray[np.floating], predicted: npt.NDArray[np.floating]) -> Errors:
    """Measure the answers of a regression, both (n, outputs) with n > 0.

    Where the truth is the same everywhere, R² is 1 for a perfect answer and else 0; with fewer than
    two samples it is NaN. Several outputs count alike.
    """
    wanted, told = target.astype(np.float64), predicted.astype(np.float64)
    residuals = wanted - told
    left = (residuals**2).sum(axis=0)
    spread = ((wanted - wanted.mean(axis=0)) ** 2).sum(axis=0)
    explained = 1 - np.divide(left, spread, out=(left > 0).astype(np.float64), where=spread > 0)
    mse = float((residuals**2).mean())
    r2 = float(explained.mean()) if len(wanted) > 1 else float("nan")
    sizes = np.abs(residuals)
    mae, largest = float(sizes.mean()), float(sizes.max())
    return Errors(mse, mse**0.5, mae, r2, float(residuals.mean()), largest)


def accuracy(confusion: Counts) -> float:
    """Return the share of right answers; NaN where nothing was asked."""
    total = confusion.sum()
    return float(np.trace(confusion) / total) if total else float("nan")


def _share(part: Scores, whole: Counts) -> Scores:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
