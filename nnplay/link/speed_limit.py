"""Limits of how fast a run may step."""

from __future__ import annotations

from dataclasses import dataclass

_EXPONENT = 1.6
"""After half of the time, a third of the steps are taken, as most runs change most at first."""


@dataclass(frozen=True)
class Spread:
    """Spreads a run over a time; the engine gives more of it to steps that change the loss."""

    seconds: float

    def steps_per_second(self, step: int, steps: int) -> float:
        """Return the limit after a step of a run that has `steps` in all, whatever its loss."""
        share = min(1.0, (step + 1) / max(1, steps))
        rate: float = _EXPONENT * steps / self.seconds * share ** (1 - 1 / _EXPONENT)
        return max(rate, 1 / self.seconds)

    def seconds_left(self, step: int, steps: int) -> float:
        """Return how long the rest of such a run takes."""
        share = min(1.0, step / max(1, steps))
        left: float = self.seconds * (1 - share ** (1 / _EXPONENT))
        return left


SpeedLimit = float | Spread | None
"""Steps per second, a time for the whole run, or no limit."""
