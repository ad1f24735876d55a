"""What is recorded of the runs in progress, and how it becomes a value when they end."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.experiment import Experiment
from nnplay.link import Link, LiveEdit, Result, Started
from nnplay.record.recorded_run import Parent, RecordedRun


@dataclass(frozen=True)
class Identity:
    """Which run it is, whatever becomes of it."""

    id: str
    number: int
    experiment: Experiment
    """As the run started."""
    parent: Parent | None = None


@dataclass(frozen=True)
class Recorded:
    """A run in progress: what it is, and where its traces and its film grow."""

    identity: Identity
    link: Link
    started: Started | None = None

    def run(self, result: Result | None = None) -> RecordedRun:
        """Return the run as a value; complete once nothing grows any more."""
        identity, link = self.identity, self.link
        return RecordedRun(
            identity.id,
            identity.number,
            identity.experiment,
            link.steps,
            link.epochs,
            link.film,
            link.points,
            tuple(link.edits),
            self.started,
            result,
            identity.parent,
            diverged=tuple(link.diverged),
        )


def live_edits(before: Experiment, after: Experiment, step: int) -> tuple[LiveEdit, ...]:
    """Return what has changed of the settings that a run can change while it is in progress."""
    edits = []
    if before.epochs != after.epochs:
        edits.append(LiveEdit(step, "epochs", after.epochs))
    old, new = before.optimizer, after.optimizer
    if type(old) is type(new):
        values = old.values()
        for param in new.params():
            value = getattr(new, param.name)
            if param.live and value != values[param.name]:
                edits.append(LiveEdit(step, f"optimizer.{param.name}", value))
    return tuple(edits)
