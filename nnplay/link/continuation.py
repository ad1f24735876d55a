"""How a run goes on from a recorded one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nnplay.experiment import Experiment
from nnplay.link.resume_point import ResumePoint

_WEIGHT = re.compile(r"weight\.([\w.]{1,100})\[(\d{1,9}(?:,\d{1,9}){0,4})\]")


@dataclass(frozen=True)
class LiveEdit:
    """A setting that was changed while a run was in progress, such as `optimizer.lr`.

    Or a weight, see `weight_path`.
    """

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


def weight_path(name: str, index: tuple[int, ...]) -> str:
    """Return the path of one weight in an edit, such as `weight.0.weight[6,1]`.

    `name` is that of the parameter in PyTorch.
    """
    return f"weight.{name}[{','.join(map(str, index))}]"


def parsed_weight_path(path: str) -> tuple[str, tuple[int, ...]] | None:
    """Return the parameter and the index that a path is of; None for any other setting."""
    found = _WEIGHT.fullmatch(path)
    if found is None:
        return None
    return found[1], tuple(int(one) for one in found[2].split(","))


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
