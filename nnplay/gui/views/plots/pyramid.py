"""A min/max pyramid: the envelope of millions of numbers in the time of a few hundred."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
_FACTOR = 16
_EMPTY = np.empty(0)


class Pyramid:
    """Minima and maxima, at every scale, of numbers to which more are appended.

    Level k holds one minimum and one maximum per 16**k numbers, the last one of those
    so far, so more numbers touch only the end of every level. NaN and infinity count as missing.
    The numbers themselves, level 0, are those of whoever shows them: none is copied.
    """

    def __init__(self) -> None:
        self._values = _EMPTY
        self._levels: list[tuple[Values, Values]] = []
        """From level 1 up: minima and maxima, with room for more."""

    def __len__(self) -> int:
        return len(self._values)

    @property
    def values(self) -> Values:
        """All numbers, as they were given."""
        return self._values

    def show(self, values: Values) -> None:
        """Take all numbers, (n,): those from before, and more behind them."""
        start, size = len(self._values), len(values)
        # Also where no number is new, as they may have moved.
        self._values = values
        if size == start:
            return
        level = 0
        while size > _FACTOR:
            # The block of the first new number is computed again, and all blocks after it.
            first = start // _FACTOR
            below, size = size, -(-size // _FACTOR)
            if level == len(self._levels):
                self._levels.append((_EMPTY, _EMPTY))
                first = 0
            lows, highs = self._part(level, first * _FACTOR, below)
            edges = np.arange(0, len(lows), _FACTOR)
            minima, maxima = (_room(upper, first, size) for upper in self._levels[level])
            minima[first:size] = np.fmin.reduceat(lows, edges)
            maxima[first:size] = np.fmax.reduceat(highs, edges)
            self._levels[level] = minima, maxima
            start, level = first, level + 1

    def bounds(self) -> tuple[float, float]:
        """Return the smallest and the largest number, NaN where there is none."""
        _, lows, highs = self.envelope(0, len(self), 1)
        return (float(lows[0]), float(highs[0])) if len(lows) else (np.nan, np.nan)

    def envelope(
        self, start: int, stop: int, buckets: int
    ) -> tuple[npt.NDArray[np.int64], Values, Values]:
        """Return the first index, the minimum and the maximum of each bucket.

        The buckets are of equal size, cover start to stop (widened to whole blocks) and are at
        most `buckets` + 2; a bucket in which every number is missing is NaN.
        """
        start, stop = max(0, start), min(stop, len(self))
        if stop <= start:
            nothing = np.empty(0)
            return np.empty(0, dtype=np.int64), nothing, nothing
        size = max(1, -(-(stop - start) // max(1, buckets)))
        level, block = 0, 1
        while block * _FACTOR <= size and level < len(self._levels):
            level, block = level + 1, block * _FACTOR
        blocks_per_bucket = -(-size // block)
        first, last = start // block, -(-stop // block)
        edges = np.arange(first, last, blocks_per_bucket)
        lows, highs = self._part(level, first, last)
        if blocks_per_bucket > 1:
            lows = np.fmin.reduceat(lows, edges - first)
            highs = np.fmax.reduceat(highs, edges - first)
        return edges * block, lows, highs

    def _part(self, level: int, first: int, last: int) -> tuple[Values, Values]:
        """Return the minima and maxima of some blocks of a level."""
        if level:
            lows, highs = self._levels[level - 1]
            return lows[first:last], highs[first:last]
        numbers = self._values[first:last]
        known = np.where(np.isfinite(numbers), numbers, np.nan)
        return known, known


def _room(array: Values, used: int, needed: int) -> Values:
    if needed <= len(array):
        return array
    larger = np.empty(max(needed, 2 * len(array)))
    larger[:used] = array[:used]
    return larger
