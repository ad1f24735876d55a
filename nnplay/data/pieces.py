"""A series cut into pieces, each with the value that comes next."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def pieces_of(series: Floats, steps: int) -> tuple[Floats, Floats]:
    """Return the pieces of a series (n,), (n - steps, steps, 1), and what follows each."""
    pieces = np.lib.stride_tricks.sliding_window_view(series, steps)[:-1]
    return np.ascontiguousarray(pieces)[:, :, np.newaxis], series[steps:][:, np.newaxis].copy()
