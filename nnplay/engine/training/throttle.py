"""Limits a run to a number of steps per second."""

from __future__ import annotations

from math import floor
from time import perf_counter

_LAG = 0.1
"""Seconds: after a slow moment, at most this much delay is caught up on."""


class Throttle:
    """Computes how many steps are due; called between steps, it never sleeps itself."""

    def __init__(self) -> None:
        self._speed: float | None = None
        self._next = 0.0

    def due(self, speed: float, most: int) -> int:
        """Return how many steps may be taken now at `speed` steps per second, at most `most`."""
        now = perf_counter()
        if speed != self._speed:
            # The wait for the old speed may be long; the new one applies at once.
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
