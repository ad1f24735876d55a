"""One edit of the experiment, as an editor reports it and undo remembers it."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.experiment import Experiment


@dataclass(frozen=True)
class Change:
    """What an editor wants the experiment to be."""

    experiment: Experiment
    label: str
    """What undo says it takes back, such as `Change units`; already in the user's language."""
    merge: str = ""
    """Successive changes with the same key, such as typing in one field, are one step of undo;
    nothing means a step of its own."""
