"""A finished run, with everything that its files and images are made from."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.experiment import Experiment
from nnplay.link import LiveEdit, Result, ResumePoint, Trace


@dataclass(frozen=True)
class RunRecord:
    """The experiment, the result, and the metrics of every step and epoch."""

    key: str
    """Short name of the experiment, such as `spiral`."""
    experiment: Experiment
    result: Result
    steps: Trace
    epochs: Trace
    divergence: str = ""
    """Which step diverged, if that is why the run ended before its last step."""
    point: ResumePoint | None = None
    """Where it can be continued."""
    edits: tuple[LiveEdit, ...] = ()
    """What was changed during the run; `experiment` has these changes."""
    is_diverged: bool = False
    """Whether continuing it unchanged would repeat a divergence."""
