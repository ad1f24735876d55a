"""A series cut into pieces, each with the value that comes next."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


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
