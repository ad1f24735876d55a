"""How a run goes on from a recorded one."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.link.resume_point import ResumePoint


@dataclass(frozen=True)
class LiveEdit:
    """A setting that was changed while a run was in progress, such as `optimizer.lr`."""

    step: int
    """The number of steps that had been taken."""
    path: str
    value: float


@dataclass(frozen=True)
class Continuation:
    """Where training continues, and what is changed on the way."""

    point: ResumePoint
    edits: tuple[LiveEdit, ...] = ()
    """Those up to the point, and those to repeat after it."""
