"""Points that are part of the experiment itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Painted, PaintedCurve
from nnplay.data.arrays import DataError, Samples, Source
from nnplay.translation import _


def painted(dataset: Painted, _rng: np.random.Generator) -> Source:
    """Return the points with their classes, in the order they were painted.

    Raises DataError if there are none.
    """
    rows = _rows(dataset)
    return Source(Samples(rows[:, :2].astype(np.float32), rows[:, 2].astype(np.int64)))


def painted_curve(dataset: PaintedCurve, _rng: np.random.Generator) -> Source:
    """Return the points in the order they were painted; raises DataError if there are none."""
    rows = _rows(dataset).astype(np.float32)
    return Source(Samples(rows[:, :1].copy(), rows[:, 1:].copy()))


def _rows(dataset: Painted | PaintedCurve) -> npt.NDArray[np.float64]:
    if not dataset.points:
        raise DataError(_("There are no points yet."), _("Paint some into the plot."))
    return np.array(dataset.points)
