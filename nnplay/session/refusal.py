"""Why a run or a comparison cannot start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnplay.experiment import Problem
from nnplay.session.problem_text import problem_text
from nnplay.translation import _


@dataclass(frozen=True)
class Refusal:
    """What has to be done first."""

    reason: Literal["problem", "run", "data"]
    """The experiment has a problem, a run is in progress, or the data set is not downloaded yet."""
    problem: Problem | None = None
    archive: str = ""
    """Key in `data.download` of the data set to download."""

    @property
    def text(self) -> str:
        """The refusal in words; the data set is offered for download instead."""
        if self.problem is not None:
            return problem_text(self.problem)
        if self.reason == "run":
            return _("Stop the current run first; it would distort the measurement.")
        return _("Download the data set first.")
