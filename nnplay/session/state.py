"""Where a run stands, as a value that follows from what the run announced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from nnplay.experiment import Experiment
from nnplay.link import (
    Closed,
    Evaluating,
    Event,
    Failed,
    Finished,
    Paused,
    Result,
    Resumed,
    Started,
    WarmingUp,
)
from nnplay.translation import _

Phase = Literal["idle", "starting", "running", "paused", "evaluating", "finished", "failed"]


@dataclass(frozen=True)
class RunState:
    """What a window must know of a run to show its buttons and messages."""

    phase: Phase = "idle"
    run_id: int = 0
    experiment: Experiment | None = None
    """What the run was started with."""
    started: Started | None = None
    message: str = ""
    """Why it paused by itself or failed."""
    hint: str = ""
    result: Result | None = None
    evaluated: float | None = None
    """How much of the final evaluation is done, from 0 to 1, once the run has told."""

    @property
    def is_alive(self) -> bool:
        """Whether a thread works or waits for it."""
        return self.takes_steps or self.phase == "evaluating"

    @property
    def takes_steps(self) -> bool:
        """Whether it can be told how far to go."""
        return self.phase in ("starting", "running", "paused")


def stopped(state: RunState) -> RunState:
    """Return the state after the order to stop, which a run that takes steps obeys at once."""
    if state.phase in ("running", "paused"):
        return replace(state, phase="evaluating", message="")
    return state


def follow(state: RunState, event: Event) -> RunState:
    """Return the state after an event; events of other runs change nothing."""
    if event.run_id != state.run_id:
        return state
    match event:
        case WarmingUp():
            new = replace(state, message=_("Warming up: a step is being recorded for the GPU."))
        case Started():
            new = replace(state, phase="running", started=event, message="")
        case Paused():
            new = replace(state, phase="paused", message=event.trouble)
        case Resumed():
            new = replace(state, phase="running", message="")
        case Evaluating():
            new = replace(state, phase="evaluating", message="", evaluated=event.share)
        case Finished():
            new = replace(state, phase="finished", message="", result=event.result, evaluated=None)
        case Failed():
            new = replace(state, phase="failed", message=event.message, hint=event.hint)
        case Closed():
            new = RunState(run_id=state.run_id)
    return new
