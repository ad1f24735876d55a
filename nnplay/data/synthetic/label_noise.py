"""Wrong labels, put in on purpose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnplay.data.arrays import Samples
from nnplay.experiment import derive_seed


def with_wrong_labels(samples: Samples, share: float, classes: int, seed: int) -> Samples:
    """Return samples of which that share, rounded, has a class that is not theirs.

    Where they carry labels, one of these is flipped instead. Which samples and which class or label
    is drawn evenly from the seed; `y` holds class numbers (n,), or labels (n, classes).
    """
    chance = np.random.default_rng(derive_seed(seed, "label_noise"))
    chosen = chance.permutation(len(samples))[: round(share * len(samples))]
    y = samples.y.copy()
    if y.ndim == 2:
        flipped = chance.integers(classes, size=len(chosen))
        y[chosen, flipped] = 1 - y[chosen, flipped]
        return replace(samples, y=y)
    # A shift by 1 to classes - 1 places around the circle never comes back to where it began.
    y[chosen] = (y[chosen] + chance.integers(1, classes, len(chosen))) % classes
    return replace(samples, y=y)
