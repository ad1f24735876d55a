"""Honest times of a run: how long it trains, how fast it steps, how long it still takes."""

from __future__ import annotations

from time import perf_counter

from nnplay.link import Progress

_MEMORY = 0.9
"""Share of the old speed in the new one, per chunk of a few milliseconds."""


class Clock:
    """Counts time that is spent training; pauses do not count."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._before = 0.0
        self._stepping = 0.0
        self._samples = 0
        self._recent = 0.0

    def go(self) -> None:
        """Start counting, where it stood still."""
        if self._since is None:
            self._since = perf_counter()

    def halt(self) -> None:
        """Stop counting."""
        if self._since is not None:
            self._before += perf_counter() - self._since
            self._since = None

    def count(self, samples: int, seconds: float, held_out: float = 0.0) -> None:
        """Take in that training steps over so many samples took so long.

        Seconds that the run was held back before them belong to its pace, not to its speed.
        """
        self._samples += samples
        self._stepping += seconds
        speed = samples / max(seconds + held_out, 1e-9)
        self._recent = speed if not self._recent else _MEMORY * self._recent + (1 - _MEMORY) * speed

    @property
    def seconds(self) -> float:
        """Time since the start without pauses, with evaluation and pictures."""
        running = perf_counter() - self._since if self._since is not None else 0.0
        return self._before + running

    @property
    def samples_per_second(self) -> float:
        """Over all training steps; evaluation, pictures and pauses left out."""
        return self._samples / self._stepping if self._stepping else 0.0

    def progress(self, step: int, steps: int, per_epoch: int) -> Progress:
        """Return how far a run has come."""
        seconds = self.seconds
        left = (steps - step) * seconds / step if step else float("nan")
        return Progress(
            step, steps, step / per_epoch, steps // per_epoch, seconds, self._recent, left
        )
