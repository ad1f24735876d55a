"""The newest weights from before the loss went up: where a run continues after a divergence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nnplay.engine.step import Floats, State

EXCESS = 10.0
"""Weights are no longer good once the loss of a step exceeds its first value this many times."""


@dataclass(frozen=True)
class GoodState:
    """A state whose loss was good, and what decides whether newer ones are; a value.

    After a loss above the limit no state is good before a whole epoch without another one: in a
    network that has gone astray, the loss of a single batch can be small.
    """

    state: State
    per_epoch: int
    limit: float | None = None
    """None before the first step."""
    candidate: State | None = None
    """A newer state, whose loss is only known after the next step."""
    calm: int | None = None
    """Steps since the last loss above the limit, None if there was none."""

    def after(self, losses: Floats) -> GoodState:
        """Return what is known after steps with these losses, taken from the newest state on."""
        if not len(losses):
            return self
        limit = EXCESS * abs(float(losses[0])) if self.limit is None else self.limit
        over = np.flatnonzero(~(losses <= limit))
        good = self.state
        if self.candidate is not None and not (len(over) and over[0] == 0):
            good = self.candidate
        calm = None if self.calm is None else self.calm + len(losses)
        if len(over):
            calm = len(losses) - 1 - int(over[-1])
        return replace(self, state=good, limit=limit, candidate=None, calm=calm)

    def restarted(self) -> GoodState:
        """Return what is known once the run is back at the good state."""
        return replace(self, candidate=None, calm=None)

    @property
    def is_calm(self) -> bool:
        """Whether no recent loss was above the limit."""
        return self.calm is None or self.calm >= self.per_epoch

    def offered(self, state: State) -> GoodState:
        """Return the same with a newer state, which becomes the good one if its loss is."""
        return replace(self, candidate=state) if self.is_calm else self
