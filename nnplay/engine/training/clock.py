"""The times of a run: how long it has trained, how fast, and how long is left."""

from __future__ import annotations

from time import perf_counter

from nnplay.link import Progress

_SMOOTHING = 0.9
"""Weight of the old speed in the moving average, per chunk of steps."""


class Clock:
    """Measures the time spent training; pauses do not count."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._before = 0.0
        self._stepping = 0.0
        self._samples = 0
        self._recent = 0.0

    def go(self) -> None:
        """Start or resume."""
        if self._since is None:
            self._since = perf_counter()

    def halt(self) -> None:
        """Stop."""
        if self._since is not None:
            self._before += perf_counter() - self._since
            self._since = None

    def count(self, samples: int, seconds: float, throttled: float = 0.0) -> None:
        """Add training steps that processed that many samples in that time.

        The seconds that the speed limit added before them count for the current speed only.
        """
        self._samples += samples
        self._stepping += seconds
        speed = samples / max(seconds + throttled, 1e-9)
        if self._recent:
            speed = _SMOOTHING * self._recent + (1 - _SMOOTHING) * speed
        self._recent = speed

    @property
    def seconds(self) -> float:
        """Time since the start without pauses, but with evaluations and frames."""
        running = perf_counter() - self._since if self._since is not None else 0.0
        return self._before + running

    @property
    def samples_per_second(self) -> float:
        """Mean over all training steps, without evaluations, frames and pauses."""
        return self._samples / self._stepping if self._stepping else 0.0

    def progress(self, step: int, steps: int, per_epoch: int) -> Progress:
        """Return the progress of a run at a step."""
        seconds = self.seconds
        left = (steps - step) * seconds / step if step else float("nan")
        return Progress(
            step, steps, step / per_epoch, steps // per_epoch, seconds, self._recent, left
        )
