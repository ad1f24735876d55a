"""A series cut into pieces, each with the value that comes next."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Samples

Floats = npt.NDArray[np.float32]
MOST_STEPS = 60
"""Of a forecast, each step of which is a forward pass of its own."""


def windows_of(series: Floats, steps: int) -> tuple[Floats, Floats]:
    """Return the pieces of a series (n,), (n - steps, steps, 1), and what follows each."""
    pieces = np.lib.stride_tricks.sliding_window_view(series, steps)[:-1]
    return np.ascontiguousarray(pieces)[:, :, np.newaxis], series[steps:][:, np.newaxis].copy()


def tail_of(pieces: Floats, following: Floats, count: int) -> Floats | None:
    """Return the end of the series that pieces (n, steps, 1) were cut from, (steps + count,).

    The last `count` of its values are those that follow the last pieces. None where the pieces do
    not go on from each other, as where each comes from elsewhere.
    """
    x, y = pieces[-count:, :, 0], following[-count:, 0]
    if len(x) < count:
        return None
    goes_on = np.array_equal(x[1:, :-1], x[:-1, 1:]) and np.array_equal(x[1:, -1], y[:-1])
    return np.concatenate([x[0], y]) if goes_on else None


def end_of_series(spec: DataSpec, samples: Samples) -> Floats | None:
    """Return the end of the series that the samples are cut from, None where it is too short.

    It holds one window, as the network takes it, and the values that follow: a quarter of the
    number of samples, and MOST_STEPS at most.
    """
    if not spec.is_series or len(samples) < 4:
        return None
    return tail_of(samples.x, samples.y, min(MOST_STEPS, max(2, len(samples) // 4)))
