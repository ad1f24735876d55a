"""A problem of an experiment, explained so that a beginner can fix it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nnplay.experiment.place import Place
from nnplay.experiment.value import Experiment


@dataclass(frozen=True)
class Fix:
    """A change that solves a problem, offered as one click."""

    label: str
    experiment: Experiment


@dataclass(frozen=True)
class Problem:
    """One thing that must change before the experiment can run, or a remark on it."""

    where: Place
    what: str
    """What was expected and what was received."""
    hint: str = ""
    """What to do."""
    fix: Fix | None = None
    at: int | None = None
    """The index of the offending character of a text; None if it is not a single one."""
    is_remark: bool = False
    """Whether the experiment can run all the same, but hardly as intended."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" {self.hint}" if self.hint else "")


def problems_by_field(
    problems: Iterable[Problem], part: str, layer: int | None = None
) -> dict[str, list[Problem]]:
    """Return the problems of a part, or of one layer of it, by the name of the field.

    Those of the part as a whole are under "".
    """
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        if (problem.where.part, problem.where.layer) == (part, layer):
            found.setdefault(problem.where.field, []).append(problem)
    return found
