"""How a run goes on from a recorded one."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.experiment import Experiment
from nnplay.link.resume_point import ResumePoint


@dataclass(frozen=True)
class LiveEdit:
    """A setting that was changed while a run was in progress, such as `optimizer.lr`."""

    step: int
    """The number of steps that had been taken."""
    path: str
    value: float


@dataclass(frozen=True)
class DivergedStep:
    """A step in which a run diverged, before it continued from an earlier one."""

    step: int
    """Counted from 1."""
    back: int
    """The step whose weights were restored; 0 for the initial weights."""


@dataclass(frozen=True)
class Continuation:
    """Where training continues, and what is changed on the way."""

    point: ResumePoint
    edits: tuple[LiveEdit, ...] = ()
    """Those up to the point, and those to repeat after it."""
    source: Experiment | None = None
    """For a run of a changed experiment: the one that the point is of."""
    until: int | None = None
    """Then it begins with the weights that the earlier run had after this step."""
