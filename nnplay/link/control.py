"""The user's commands to a run, which the trainer reads between steps."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

from nnplay.link.speed_limit import SpeedLimit

Allowance = int | Literal["run", "epoch"]
"""How far the trainer may go: a number of steps, to the end of the run or of the epoch."""
Ending = Literal["stop", "cancel evaluation", "close"]
"""stop: take no more steps, then evaluate; cancel evaluation: keep the metrics computed so far;
close: do nothing more at all."""


@dataclass(frozen=True)
class Edit:
    """A change of a hyperparameter during a run, such as `optimizer.lr`."""

    path: str
    value: float


class Control:
    """Commands that one thread gives and the training thread follows.

    The properties are read without the lock: each is one reference, which Python reads as a whole,
    and a command that comes a moment later is seen before the next step.
    """

    def __init__(self, allowance: Allowance = "run") -> None:
        self._changed = threading.Condition()
        self._allowance: Allowance = allowance
        self._ending: Ending | None = None
        self._edits: list[Edit] = []
        self._speed: SpeedLimit = None

    def run(self) -> None:
        """Train to the end."""
        self._allow("run")

    def pause(self) -> None:
        """Take no further step until another command."""
        self._allow(0)

    def step(self, steps: int = 1) -> None:
        """Take that many steps and pause."""
        self._allow(steps)

    def epoch(self) -> None:
        """Train to the end of this epoch and pause."""
        self._allow("epoch")

    def stop(self) -> None:
        """End the run and compute its final metrics."""
        self._end("stop")

    def cancel_evaluation(self) -> None:
        """End the run with the final metrics computed so far."""
        self._end("cancel evaluation")

    def close(self) -> None:
        """End the run at once, without a result."""
        self._end("close")

    def edit(self, path: str, value: float) -> None:
        """Change a hyperparameter from the next step on."""
        # Edits are queued, unlike other commands: two of them may change different settings.
        with self._changed:
            self._edits.append(Edit(path, value))
            self._changed.notify_all()

    @property
    def speed(self) -> SpeedLimit:
        """How fast the trainer may step; None sets no limit."""
        return self._speed

    @speed.setter
    def speed(self, speed: SpeedLimit) -> None:
        with self._changed:
            self._speed = speed
            # Wakes a trainer that sleeps at the old limit, perhaps for seconds.
            self._changed.notify_all()

    @property
    def allowance(self) -> Allowance:
        """How far the trainer may go now."""
        return self._allowance

    @property
    def ending(self) -> Ending | None:
        """Whether and how the run is to end."""
        return self._ending

    @property
    def is_closed(self) -> bool:
        """Whether the run is to end at once."""
        return self._ending == "close"

    def take_edits(self) -> tuple[Edit, ...]:
        """Return the changes of hyperparameters since the last call, in order."""
        # Asked before every chunk of steps, and nearly always empty: no lock for that.
        if not self._edits:
            return ()
        with self._changed:
            edits, self._edits = tuple(self._edits), []
            return edits

    def take(self, steps: int) -> int:
        """Use up the allowance for that many steps or fewer; return how many may be taken.

        It is used up before the steps are taken, so that a pause during them is not overwritten.
        """
        with self._changed:
            if isinstance(self._allowance, int):
                steps = min(steps, self._allowance)
                self._allowance -= steps
            return steps

    def end_epoch(self) -> None:
        """Use up an allowance that went to the end of the epoch."""
        with self._changed:
            if self._allowance == "epoch":
                self._allowance = 0

    def wait(self, seconds: float) -> None:
        """Wait while paused until a command comes, at most that long."""
        # The condition is checked under the lock, so that no command between the check and the
        # wait is missed; the same goes for `sleep`.
        with self._changed:
            if self._allowance == 0 and self._ending is None and not self._edits:
                self._changed.wait(seconds)

    def sleep(self, seconds: float) -> None:
        """Wait that long while running, or until any command comes."""
        with self._changed:
            if self._allowance != 0 and self._ending is None and not self._edits:
                self._changed.wait(seconds)

    def _allow(self, allowance: Allowance) -> None:
        # The newest command replaces the one before: a pause after a step means no step.
        with self._changed:
            self._allowance = allowance
            self._changed.notify_all()

    def _end(self, ending: Ending) -> None:
        with self._changed:
            # Closing is final: a stop that comes after it must not ask for an evaluation again.
            if self._ending != "close":
                self._ending = ending
            self._changed.notify_all()
