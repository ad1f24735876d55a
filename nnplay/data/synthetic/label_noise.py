"""Label noise: a share of deliberately wrong labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnplay.data.arrays import Samples
from nnplay.experiment import derive_seed


def with_wrong_labels(samples: Samples, share: float, classes: int, seed: int) -> Samples:
    """Return the samples with a wrong class for a share of them, rounded to whole samples.

    With several labels per sample, one label is flipped instead. The samples and their wrong class
    or label are uniformly random; `y` holds class indices (n,), or labels (n, classes).
    """
    rng = np.random.default_rng(derive_seed(seed, "label_noise"))
    chosen = rng.permutation(len(samples))[: round(share * len(samples))]
    y = samples.y.copy()
    if y.ndim == 2:
        flipped = rng.integers(classes, size=len(chosen))
        y[chosen, flipped] = 1 - y[chosen, flipped]
        return replace(samples, y=y)
    # A shift by 1 to classes - 1, modulo the number of classes, never gives the same class.
    y[chosen] = (y[chosen] + rng.integers(1, classes, len(chosen))) % classes
    return replace(samples, y=y)
