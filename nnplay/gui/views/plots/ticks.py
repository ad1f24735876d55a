"""The ticks of a logarithmic axis."""

from __future__ import annotations

from math import ceil, floor

import numpy as np

_LEAST_GAP = 26
"""Pixels between two numbers."""


def log_ticks(low: float, high: float, pixels: float) -> list[float]:
    """Return the ticks between two decimal logarithms on an axis of that many pixels."""
    room = max(2, int(pixels / _LEAST_GAP))
    decades = high - low
    if decades <= 0 or not np.isfinite(decades):
        return []
    first, last = floor(low), ceil(high)
    if decades > 0.7:
        for parts in ((1, 2, 5), (1, 3)):
            ticks = [d + np.log10(part) for d in range(first, last + 1) for part in parts]
            inside = [float(tick) for tick in ticks if low <= tick <= high]
            if 2 <= len(inside) <= room:
                return inside
        step = max(1, ceil(decades / room))
        return [float(d) for d in range(first, last + 1) if low <= d <= high and d % step == 0]
    start, stop = 10.0**low, 10.0**high
    rough = (stop - start) / min(room, 8)
    unit = 10.0 ** floor(np.log10(rough))
    fine = [unit * factor for factor in (10, 5, 2, 1, 0.5)]
    # The finest that has room for its numbers, then finer ones.
    enough = [stride for stride in fine if stride >= rough]
    strides = [enough[-1], *fine[len(enough) :]]
    marks = np.empty(0)
    for stride in strides:
        # At least two: a single number does not show the scale.
        if len(marks) < 2:
            marks = np.arange(ceil(start / stride), floor(stop / stride) + 1) * stride
    return [float(np.log10(mark)) for mark in marks if mark > 0]
