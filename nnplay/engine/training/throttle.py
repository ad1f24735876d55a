"""Holds a run back to so many steps per second."""

from __future__ import annotations

from math import floor
from time import perf_counter

_LAG = 0.1
"""Seconds: what a slow moment kept back is made up for no further than this."""


class Throttle:
    """Says how many steps are due; asked between steps, it never sleeps itself."""

    def __init__(self) -> None:
        self._speed: float | None = None
        self._next = 0.0

    def due(self, speed: float, most: int) -> int:
        """Return how many steps may be taken now at `speed` steps per second, up to `most`."""
        now = perf_counter()
        if speed != self._speed:
            # The old wait may be long: what was chosen now holds from now.
            self._speed, self._next = speed, min(self._next, now + 1 / speed)
        self._next = max(self._next, now - _LAG)
        if now < self._next:
            return 0
        steps = min(most, 1 + floor((now - self._next) * speed))
        self._next += steps / speed
        return steps

    def rest(self) -> float:
        """Return the seconds until the next step is due."""
        return max(0.0, self._next - perf_counter())
