"""The times of a run: how long it has trained, how fast, and how long is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp, nan
from time import perf_counter
from typing import Any

import numpy as np

from nnplay.engine.training.loss_pace import CHANGE_SHARE, LEAST_SHARE
from nnplay.link import Progress
from nnplay.link.resume_point import Array
from nnplay.link.speed_limit import SpeedLimit, Spread

_MEMORY_SECONDS = 1.0
"""The current speed is a moving average in which a step this long ago counts a third."""


_SLOW = 1.5
"""How many times longer than planned steps take that no speed limit slows down."""


class Clock:
    """Measures the time spent training; pauses do not count."""

    def __init__(self, now: Callable[[], float] = perf_counter) -> None:
        self._now = now
        self._since: float | None = None
        self._before = 0.0
        self._stepping = 0.0
        self._samples = 0
        self._recent = 0.0
        self._limit: SpeedLimit = None
        self._pace_step = 0
        self._pace_seconds = 0.0

    def go(self) -> None:
        """Start or resume."""
        if self._since is None:
            self._since = self._now()

    def halt(self) -> None:
        """Stop."""
        if self._since is not None:
            self._before += self._now() - self._since
            self._since = None

    def limit(self, speed: SpeedLimit, step: int) -> None:
        """Note how fast the run may step from a step on; None if there is no limit."""
        if speed != self._limit:
            # The time that steps took at another speed says nothing about the rest.
            self._limit, self._pace_step, self._pace_seconds = speed, step, self.seconds
            self._recent = 0.0

    def go_back(self, step: int) -> None:
        """Note that the run has returned to an earlier step."""
        self._pace_step, self._pace_seconds = step, self.seconds

    @property
    def limited_from(self) -> int:
        """The step from which the present speed limit holds."""
        return self._pace_step

    @property
    def limited_seconds(self) -> float:
        """The time spent training since then."""
        return self.seconds - self._pace_seconds

    def count(self, samples: int, seconds: float, throttled: float = 0.0) -> None:
        """Add training steps that processed that many samples in that time.

        The seconds that the speed limit added before them count for the current speed only.
        """
        self._samples += samples
        self._stepping += seconds
        taken = max(seconds + throttled, 1e-9)
        speed = samples / taken
        if self._recent:
            # By time and not by chunks of steps: slow chunks would take minutes to be believed.
            old = exp(-taken / _MEMORY_SECONDS)
            speed = old * self._recent + (1 - old) * speed
        self._recent = speed

    @property
    def seconds(self) -> float:
        """Time since the start without pauses, but with evaluations and frames."""
        running = self._now() - self._since if self._since is not None else 0.0
        return self._before + running

    @property
    def samples_per_second(self) -> float:
        """Mean over all training steps, without evaluations, frames and pauses."""
        return self._samples / self._stepping if self._stepping else 0.0

    def progress(self, step: int, steps: int, per_epoch: int) -> Progress:
        """Return the progress of a run at a step."""
        return Progress(
            step,
            steps,
            step / per_epoch,
            steps // per_epoch,
            self.seconds,
            self._recent,
            self._left(step, steps),
            self._limit is not None,
            self.samples_per_second,
        )

    def saved(self) -> tuple[dict[str, Array], None]:
        """Return the times so far."""
        return {"times": np.array([self.seconds, self._stepping, self._samples])}, None

    def resume(self, arrays: Mapping[str, Array], value: Any) -> None:
        """Count on from saved times."""
        self._before, self._stepping, samples = arrays["times"].tolist()
        self._samples = int(samples)
        self._pace_seconds = self._before

    def _left(self, step: int, steps: int) -> float:
        """Return the seconds that the rest takes at the present speed; NaN if it is unknown."""
        done, took = step - self._pace_step, self.seconds - self._pace_seconds
        by_pace = (steps - step) * took / done if done > 0 else nan
        if self._limit is None:
            return by_pace
        if isinstance(self._limit, Spread):
            left = self._limit.seconds_left(step, steps)
            planned = self._limit.seconds_left(self._pace_step, steps)
            # Of a slow network, the steps take longer than they have to.
            slow = max(1.0, CHANGE_SHARE * planned + _SLOW * (planned - left))
            return by_pace if took > slow else max(planned - took, LEAST_SHARE * left)
        # The limit is known at once, while the first steps at it take seconds.
        by_limit = (steps - step) / self._limit
        return max(by_limit, by_pace) if done * self._limit > 1 and took > 1 else by_limit
