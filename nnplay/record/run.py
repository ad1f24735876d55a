"""A run that is over, with all that its files and pictures are made of."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.experiment import Experiment
from nnplay.link import Result, Trace


@dataclass(frozen=True)
class RunRecord:
    """What was wanted, what came of it and the way there."""

    key: str
    """Short name of the experiment, such as `spiral`."""
    experiment: Experiment
    result: Result
    steps: Trace
    epochs: Trace
    trouble: str = ""
    """Why the run ended before its last step, where it did so by itself."""
