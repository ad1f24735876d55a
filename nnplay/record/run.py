"""A finished run, with everything that its files and images are made from."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.experiment import Experiment
from nnplay.link import Result, Trace


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
