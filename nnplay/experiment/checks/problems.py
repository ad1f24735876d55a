"""What is wrong with an experiment, said so that a beginner can mend it."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.experiment.value import Experiment


@dataclass(frozen=True)
class Fix:
    """A change that cures a problem, offered as one click."""

    label: str
    experiment: Experiment


@dataclass(frozen=True)
class Problem:
    """One thing that must change before the experiment can run."""

    where: str
    """A path into the experiment, such as `network[2].units`, `loss` or `optimizer.lr`."""
    what: str
    """What was expected and what was received."""
    hint: str = ""
    """What to do."""
    fix: Fix | None = None
    at: int | None = None
    """Which character of a text is to blame, counted from 0; None where it is no single one."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" {self.hint}" if self.hint else "")
