"""Sliding windows over a series, each with the value that follows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Samples

Values = npt.NDArray[np.float32] | npt.NDArray[np.float64]
MAX_STEPS = 60
"""The longest forecast; each of its steps needs a forward pass."""


def windows_of(series: Values, steps: int) -> tuple[Values, Values]:
    """Return the windows of a series (n,), (n - steps, steps, 1), and the values that follow."""
    windows = np.lib.stride_tricks.sliding_window_view(series, steps)[:-1]
    return np.ascontiguousarray(windows)[:, :, np.newaxis], series[steps:][:, np.newaxis].copy()


def series_tail(windows: Values, following: Values, count: int) -> Values | None:
    """Return the end of the series that the windows (n, steps, 1) are taken from, (steps + count,).

    Its last `count` values are those that follow the last windows. None if the windows are not
    consecutive, as in a shuffled or an independent set of sequences.
    """
    x, y = windows[-count:, :, 0], following[-count:, 0]
    if len(x) < count:
        return None
    consecutive = np.array_equal(x[1:, :-1], x[:-1, 1:]) and np.array_equal(x[1:, -1], y[:-1])
    return np.concatenate([x[0], y]) if consecutive else None


def end_of_series(spec: DataSpec, samples: Samples) -> Values | None:
    """Return the end of the series that the samples are taken from, None if it is too short.

    It has one window, as the network receives it, and the values that follow: a quarter of the
    number of samples, and at most MAX_STEPS.
    """
    if not spec.is_series or len(samples) < 4:
        return None
    x: Values = samples.x
    if samples.raw.dtype == np.float64:
        x = np.asarray(samples.raw, np.float64)
    return series_tail(x, samples.y, min(MAX_STEPS, max(2, len(samples) // 4)))
