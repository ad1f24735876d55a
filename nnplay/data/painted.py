"""Points that stand in the experiment itself."""

from __future__ import annotations

import numpy as np

from nnplay.catalog import Painted, PaintedCurve
from nnplay.data.arrays import Samples, Source


def painted(dataset: Painted, _rng: np.random.Generator) -> Source:
    """Return the points with their classes, in the order in which they were painted."""
    rows = np.array(dataset.points)
    return Source(Samples(rows[:, :2].astype(np.float32), rows[:, 2].astype(np.int64)))


def painted_curve(dataset: PaintedCurve, _rng: np.random.Generator) -> Source:
    """Return the points, in the order in which they were painted."""
    rows = np.array(dataset.points, dtype=np.float32)
    return Source(Samples(rows[:, :1].copy(), rows[:, 1:].copy()))
