"""Points along a curve, for regressions in one variable."""

from __future__ import annotations

import numpy as np

from nnplay.catalog import Line
from nnplay.data.arrays import Samples, Source


def line(dataset: Line, rng: np.random.Generator) -> Source:
    """Return y = slope · x + offset + noise · U(0, 1), with x evenly from low to high."""
    x = np.linspace(dataset.low, dataset.high, dataset.points)
    y = dataset.slope * x + dataset.offset + dataset.noise * rng.random(dataset.points)
    return Source(Samples(x.astype(np.float32)[:, np.newaxis], y.astype(np.float32)[:, np.newaxis]))
