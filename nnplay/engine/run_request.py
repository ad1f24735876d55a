"""The order for one run."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.experiment import Experiment


@dataclass(frozen=True)
class RunRequest:
    """What to train; nothing in it changes while the run goes on."""

    run_id: int
    experiment: Experiment
    threads: int | None = None
    """CPU threads for the arithmetic; None chooses by the size of the network."""
    spare_cores: int = 0
    """Cores that the choice leaves to others, such as a window that must stay quick."""
    copies: int = 1
    """How many networks of this kind are to be trained beside each other."""
