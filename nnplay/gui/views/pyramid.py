"""A min/max pyramid: the envelope of millions of numbers in the time of a few hundred."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
_FACTOR = 16
_EMPTY = np.empty(0)


class Pyramid:
    """Numbers that only grow at the end, with their least and greatest at every scale.

    Level k holds one least and one greatest number per 16**k numbers, the last one of what is there
    so far, so an append touches only the end of every level. NaN and infinity count as missing.
    """

    def __init__(self) -> None:
        self._count = 0
        # Level 0 is the numbers themselves, so its two arrays are one and the same.
        raw = np.empty(1024)
        self._lows = [raw]
        self._highs = [raw]

    def __len__(self) -> int:
        return self._count

    @property
    def values(self) -> Values:
        """All numbers, NaN where one is missing."""
        return self._lows[0][: self._count]

    def extend(self, values: Values) -> None:
        """Append numbers."""
        if not len(values):
            return
        start, self._count = self._count, self._count + len(values)
        raw = _room(self._lows[0], start, self._count)
        self._lows[0] = self._highs[0] = raw
        raw[start : self._count] = np.where(np.isfinite(values), values, np.nan)
        size, level = self._count, 0
        while size > _FACTOR:
            # The block that the first new number falls in is made anew, and all after it.
            first = start // _FACTOR
            below, size = size, -(-size // _FACTOR)
            level += 1
            if level == len(self._lows):
                self._lows.append(_EMPTY)
                self._highs.append(_EMPTY)
                first = 0
            for levels, pick in ((self._lows, np.fmin), (self._highs, np.fmax)):
                upper = _room(levels[level], first, size)
                edges = np.arange(first * _FACTOR, below, _FACTOR)
                upper[first:size] = pick.reduceat(levels[level - 1][:below], edges)
                levels[level] = upper
            start = first

    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest number, NaN where there is none."""
        _, lows, highs = self.envelope(0, self._count, 1)
        return (float(lows[0]), float(highs[0])) if len(lows) else (np.nan, np.nan)

    def envelope(
        self, start: int, stop: int, buckets: int
    ) -> tuple[npt.NDArray[np.int64], Values, Values]:
        """Return the first index, the least and the greatest number of each bucket.

        The buckets are of equal size, cover start to stop (widened to whole blocks) and are at
        most `buckets` + 2; a bucket in which every number is missing is NaN.
        """
        start, stop = max(0, start), min(stop, self._count)
        if stop <= start:
            nothing = np.empty(0)
            return np.empty(0, dtype=np.int64), nothing, nothing
        size = max(1, -(-(stop - start) // max(1, buckets)))
        level, block = 0, 1
        while block * _FACTOR <= size and level + 1 < len(self._lows):
            level, block = level + 1, block * _FACTOR
        blocks_per_bucket = -(-size // block)
        first, last = start // block, -(-stop // block)
        edges = np.arange(first, last, blocks_per_bucket)
        if blocks_per_bucket == 1:
            lows, highs = self._lows[level][first:last], self._highs[level][first:last]
        else:
            lows = np.fmin.reduceat(self._lows[level][:last], edges)
            highs = np.fmax.reduceat(self._highs[level][:last], edges)
        return edges * block, lows, highs


def _room(array: Values, used: int, needed: int) -> Values:
    if needed <= len(array):
        return array
    larger = np.empty(max(needed, 2 * len(array)))
    larger[:used] = array[:used]
    return larger
