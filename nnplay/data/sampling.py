"""Chooses a part of the samples, evenly over the classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def balanced_indices(
    labels: npt.NDArray[Any], count: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return the sorted indices of `count` random samples, as many of each class as possible.

    A count of 0 selects all samples and leaves `rng` untouched.
    """
    if not count:
        return np.arange(len(labels))
    order = rng.permutation(len(labels))
    rank = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        of_class = order[labels[order] == label]
        rank[of_class] = np.arange(len(of_class))
    # The first sample of every class, then the second of every class, and so on; the order within
    # a round is random, so a count that is no multiple of the classes favours none of them.
    return np.sort(order[np.argsort(rank[order], kind="stable")][:count])
