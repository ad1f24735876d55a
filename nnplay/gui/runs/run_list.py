"""The recorded runs that panels show, which of them are compared, and commands on them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from nnplay.record.recorded_run import RecordedRun

MOST_COMPARED = 6
"""Runs whose curves are shown at once: more could not be distinguished."""


@dataclass(frozen=True)
class Compared:
    """The ids of the runs whose curves are shown, each in a place with a colour of its own."""

    places: tuple[str, ...] = ("",) * MOST_COMPARED

    @staticmethod
    def of(run_ids: Collection[str]) -> Compared:
        """Return the runs that a shelf compares, as far as there are places."""
        free = ("",) * MOST_COMPARED
        return Compared((*run_ids, *free)[:MOST_COMPARED])

    def place(self, run_id: str) -> int | None:
        """Return the place of a run, None if it is not compared."""
        return self.places.index(run_id) if run_id in self.places else None

    def with_run(self, run_id: str, existing: Collection[str]) -> Compared | None:
        """Return the runs with one more; None if there is no place left.

        The place of a run that is not among the `existing` ones is free, unless it comes back.
        """
        if run_id in self.places:
            return self
        for place, taken in enumerate(self.places):
            if taken not in existing:
                return self._put(place, run_id)
        return None

    def without(self, run_id: str) -> Compared:
        """Return the runs without one of them."""
        place = self.place(run_id)
        return self if place is None else self._put(place, "")

    def _put(self, place: int, run_id: str) -> Compared:
        return replace(self, places=(*self.places[:place], run_id, *self.places[place + 1 :]))


@dataclass(frozen=True)
class RunList:
    """The runs of a document, the oldest first."""

    runs: tuple[RecordedRun, ...] = ()
    compared: Compared = field(default_factory=Compared)
    shown: str = ""
    """The id of the run that the other panels show; "" for a run in progress and for none."""
    in_view: str = ""
    """The same, and the id of a run in progress as well."""
    can_restore: bool = False
    """Whether a run was deleted that can be brought back."""

    @property
    def compared_runs(self) -> tuple[tuple[int, RecordedRun], ...]:
        """The runs whose curves are shown, each with its place."""
        found = ((self.compared.place(run.id), run) for run in self.runs)
        return tuple((place, run) for place, run in found if place is not None)


RunAction = Literal[
    "show", "compare", "use", "continue", "rename", "note", "pin", "export", "delete", "restore"
]


@dataclass(frozen=True)
class RunCommand:
    """What the user wants to do with a run."""

    action: RunAction
    run_id: str = ""
    """Empty for `restore`, which brings back the run that was deleted last."""
    text: str = ""
    """The new name or note, or the key of an export format."""
    on: bool = True
    """Whether to pin or compare, or to end that."""
