"""The request for one run."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.experiment import Experiment
from nnplay.link import Continuation


@dataclass(frozen=True)
class RunRequest:
    """What to train, and how much of the machine it may use."""

    run_id: int
    experiment: Experiment
    threads: int | None = None
    """CPU threads to compute with; None takes one or many, whichever is faster."""
    spare_cores: int = 0
    """Cores to leave to others, such as a window that must stay responsive."""
    copies: int = 1
    """How many networks of this kind are trained at the same time."""
    continuation: Continuation | None = None
    """Where to continue an earlier run of the experiment; None begins with the initial weights."""
