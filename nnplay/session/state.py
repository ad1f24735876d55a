"""The state of a run, as a value that follows from its events."""

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
    """What the buttons and messages of a window depend on."""

    phase: Phase = "idle"
    run_id: int = 0
    experiment: Experiment | None = None
    """The experiment of the run."""
    started: Started | None = None
    message: str = ""
    """Why it paused by itself or failed, or what takes long."""
    hint: str = ""
    result: Result | None = None
    evaluated: float | None = None
    """The share of the final evaluation that is done, from 0 to 1; None until it is reported."""

    @property
    def is_alive(self) -> bool:
        """Whether its thread is running."""
        return self.takes_steps or self.phase == "evaluating"

    @property
    def takes_steps(self) -> bool:
        """Whether it takes commands such as step and pause."""
        return self.phase in ("starting", "running", "paused")

    @property
    def has_diverged(self) -> bool:
        """Whether it paused or ended because a step diverged."""
        return self.phase in ("paused", "finished") and bool(self.message)


def stopped(state: RunState) -> RunState:
    """Return the state after a command to stop, which a run obeys within one step."""
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
            new = replace(state, phase="paused", message=event.divergence)
        case Resumed():
            new = replace(state, phase="running", message="")
        case Evaluating():
            new = replace(state, phase="evaluating", message="", evaluated=event.share)
        case Finished():
            result = event.result
            new = replace(
                state, phase="finished", message=result.divergence, result=result, evaluated=None
            )
        case Failed():
            new = replace(state, phase="failed", message=event.message, hint=event.hint)
        case Closed():
            new = RunState(run_id=state.run_id)
    return new
