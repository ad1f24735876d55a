"""The user's orders to a run, read by the trainer at the boundaries of steps."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

Allowance = int | Literal["run", "epoch"]
"""How far the trainer may go: a number of steps, to the end of the run or of the epoch."""
Ending = Literal["stop", "hurry", "close"]
"""stop: no more steps, but the final figures are made; hurry: those that are there will do;
close: nothing more at all."""


@dataclass(frozen=True)
class Edit:
    """A constant that changes while the run goes on, such as `optimizer.lr`."""

    path: str
    value: float


class Control:
    """Orders laid down by one thread and followed by another."""

    def __init__(self, allowance: Allowance = "run") -> None:
        self._changed = threading.Condition()
        self._allowance: Allowance = allowance
        self._ending: Ending | None = None
        self._edits: list[Edit] = []
        self._speed: float | None = None

    def run(self) -> None:
        """Train to the end."""
        self._allow("run")

    def pause(self) -> None:
        """Take no further step for now."""
        self._allow(0)

    def step(self, steps: int = 1) -> None:
        """Take that many steps and pause."""
        self._allow(steps)

    def epoch(self) -> None:
        """Train to the end of this epoch and pause."""
        self._allow("epoch")

    def stop(self) -> None:
        """End the run and make its final figures."""
        self._end("stop")

    def hurry(self) -> None:
        """End the run with those of its final figures that are there."""
        self._end("hurry")

    def close(self) -> None:
        """End the run at once."""
        self._end("close")

    def edit(self, path: str, value: float) -> None:
        """Change a constant from the next step on."""
        with self._changed:
            self._edits.append(Edit(path, value))
            self._changed.notify_all()

    @property
    def speed(self) -> float | None:
        """Steps per second that the trainer may take at most; None sets no limit."""
        return self._speed

    @speed.setter
    def speed(self, speed: float | None) -> None:
        with self._changed:
            self._speed = speed
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
        """Take the changes of constants that came since the last call."""
        if not self._edits:
            return ()
        with self._changed:
            edits, self._edits = tuple(self._edits), []
            return edits

    def take(self, steps: int) -> int:
        """Take leave for so many steps or fewer; return for how many there is leave.

        Leave is used up before the steps are taken, so that an order that comes meanwhile counts.
        """
        with self._changed:
            if isinstance(self._allowance, int):
                steps = min(steps, self._allowance)
                self._allowance -= steps
            return steps

    def epoch_done(self) -> None:
        """Use up an allowance that went to the end of the epoch."""
        with self._changed:
            if self._allowance == "epoch":
                self._allowance = 0

    def wait(self, seconds: float) -> None:
        """Sleep until an order comes, at most that long."""
        with self._changed:
            if self._allowance == 0 and self._ending is None and not self._edits:
                self._changed.wait(seconds)

    def doze(self, seconds: float) -> None:
        """Sleep so long, or until any order comes."""
        with self._changed:
            if self._allowance != 0 and self._ending is None and not self._edits:
                self._changed.wait(seconds)

    def _allow(self, allowance: Allowance) -> None:
        with self._changed:
            self._allowance = allowance
            self._changed.notify_all()

    def _end(self, ending: Ending) -> None:
        with self._changed:
            if self._ending != "close":
                self._ending = ending
            self._changed.notify_all()
