"""One edit of the experiment, as editors emit it and undo remembers it."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.experiment import Experiment


@dataclass(frozen=True)
class Change:
    """An edit of the experiment."""

    experiment: Experiment
    label: str
    """What undo would revert, such as `Change units`; already translated."""
    merge: str = ""
    """Successive changes with the same key, such as typing in one field, are one step of undo; an
    empty key makes a step of its own."""
