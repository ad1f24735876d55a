"""How well a classifier does: counts of what was taken for what, and the scores made of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

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


def confusion_matrix(truth: Counts, predicted: Counts, classes: int) -> Counts:
    """Count (classes, classes): rows are the truth, columns the prediction; both inputs (n,)."""
    pairs = np.asarray(truth, dtype=np.int64) * classes + np.asarray(predicted, dtype=np.int64)
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


def accuracy(confusion: Counts) -> float:
    """Return the share of right answers; NaN where nothing was asked."""
    total = confusion.sum()
    return float(np.trace(confusion) / total) if total else float("nan")


def _share(part: Scores, whole: Counts) -> Scores:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
