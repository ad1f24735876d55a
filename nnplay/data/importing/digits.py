"""In how many digits numbers are stored."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_NARROWEST = 0.01
"""Numbers whose range is a smaller share of their size lose digits in float32 that matter."""


def shortest_floats(
    values: npt.NDArray[np.float64],
) -> npt.NDArray[np.float32] | npt.NDArray[np.float64]:
    """Return numbers in float32, or in float64 if they differ too little for it; NaN is missing.

    Scaling subtracts their mean: of milliseconds since 1970, float32 would leave nothing but
    rounding errors.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return values.astype(np.float32)
    low, high = known.min(), known.max()
    is_narrow = low < high and high - low < _NARROWEST * max(abs(low), abs(high))
    return values if is_narrow else values.astype(np.float32)
