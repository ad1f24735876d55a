"""How fast a run steps that is spread over a time: slowly where its loss falls."""

from __future__ import annotations

from math import exp

import numpy as np
import numpy.typing as npt

from nnplay.link.speed_limit import Spread

CHANGE_SHARE = 0.55
"""Share of the time that is kept for steps in which the loss falls."""
LEAST_SHARE = 0.1
"""Of the time that the rest would take at an even pace, what it takes at least."""
LATEST = 1.25
"""Times the planned duration, after which a falling loss no longer slows the run down."""
_BLOCKS = 32
_LEAST_LOSS = 1e-12


class LossPace:
    """Gives equal times to equal falls of the logarithm of the loss, as far as that is possible.

    How far the loss will fall is unknown. So a part of the time is reserved for it, of which each
    fall by a factor of e takes 63 % of what is left, and what is not needed goes to the other steps
    by and by: the whole takes about as long as planned in any case.
    """

    def __init__(self) -> None:
        self._count = 0
        self._mean = self._lowest = 0.0
        self._fallen = self._slope = 0.0

    def record(self, losses: npt.NDArray[np.float64], steps: int) -> None:
        """Take the losses of the newest steps of a run that has `steps` in all."""
        before = self._fallen
        logs = np.log(np.maximum(losses, _LEAST_LOSS))
        for block in np.array_split(logs, min(_BLOCKS, len(logs))) if len(logs) else ():
            self._add(float(block.mean()), len(block), steps)
        if len(losses):
            self._slope = (self._fallen - before) / len(losses)

    def steps_per_second(
        self, spread: Spread, step: int, steps: int, first: int, seconds: float
    ) -> float:
        """Return the limit after a step, `seconds` after the `first` step that was limited."""
        planned = spread.seconds_left(first, steps)
        left = max(spread.seconds_left(step, steps), 1e-9)
        unused = CHANGE_SHARE * planned * exp(-self._fallen)
        reserved = unused * (1 - min(1.0, step / max(1, steps)))
        room = max(planned - seconds - reserved, LEAST_SHARE * left)
        per_step = room / left / spread.steps_per_second(step, steps)
        if seconds < LATEST * planned:
            per_step += unused * self._slope
        return max(1 / per_step, 1 / spread.seconds)

    def _add(self, loss: float, count: int, steps: int) -> None:
        """Follow the logarithm of the loss by a moving average, so that noise is no fall."""
        if not self._count:
            self._mean = self._lowest = loss
        self._count += count
        # Over more steps, the longer the run is; at its beginning over few.
        least = min(20.0, max(4.0, steps / 1000))
        window = max(least, min(0.1 * self._count, 0.01 * steps))
        self._mean += (1 - (1 - 1 / window) ** count) * (loss - self._mean)
        if self._mean < self._lowest:
            self._fallen += self._lowest - self._mean
            self._lowest = self._mean
