"""The recorded runs of a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from nnplay.record.recorded_run import RecordedRun

MOST_RUNS = 40
MOST_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Removed:
    """A run that was deleted, and where it was."""

    run: RecordedRun
    index: int


class Shelf:
    """Keeps runs in the order of their numbers; the oldest make room for new ones unless pinned."""

    def __init__(self, changed: Callable[[], None], most_bytes: int = MOST_BYTES) -> None:
        """Begin empty; `changed` is called after every change."""
        self._changed = changed
        self._most_bytes = most_bytes
        self._runs: tuple[RecordedRun, ...] = ()
        self._removed: list[Removed] = []
        self._next = 1
        self._saved: tuple[RecordedRun, ...] = ()
        self._compared: tuple[str, ...] = ()

    @property
    def runs(self) -> tuple[RecordedRun, ...]:
        """All runs, the oldest first."""
        return self._runs

    @property
    def compared(self) -> tuple[str, ...]:
        """The ids of the runs whose curves are compared, by their places; "" for a free place."""
        return self._compared

    def compare(self, compared: tuple[str, ...]) -> None:
        """Compare the curves of other runs."""
        if compared != self._compared:
            self._compared = compared
            self._changed()

    @property
    def is_saved(self) -> bool:
        """Whether a file has these runs."""
        return not self.unsaved and len(self._saved) == len(self._runs)

    @property
    def unsaved(self) -> tuple[RecordedRun, ...]:
        """The runs that no file has."""
        saved = {id(run) for run in self._saved}
        return tuple(run for run in self._runs if id(run) not in saved)

    def mark_saved(self, runs: tuple[RecordedRun, ...]) -> None:
        """Note that a file has these runs."""
        self._saved = runs

    @property
    def can_restore(self) -> bool:
        """Whether a deleted run can be brought back."""
        return bool(self._removed)

    @property
    def next_number(self) -> int:
        """The number that the next run will have."""
        return self._next

    def take_number(self) -> int:
        """Return the number of a new run, which no other gets."""
        self._next += 1
        return self._next - 1

    def get(self, run_id: str) -> RecordedRun | None:
        """Return the run with that id, if it is here."""
        return next((run for run in self._runs if run.id == run_id), None)

    def put(self, run: RecordedRun) -> None:
        """Add a run, or replace its earlier state; name, note and pin stay."""
        earlier = self.get(run.id)
        if any(one.number == run.number and one.id != run.id for one in self._runs):
            # It ended after the runs of a file were opened.
            run = replace(run, number=self._next)
        self._next = max(self._next, run.number + 1)
        if earlier is None:
            self._runs = (*self._runs, run)
        else:
            own = {"name": earlier.name, "note": earlier.note, "is_pinned": earlier.is_pinned}
            self._runs = tuple(
                replace(run, **own) if one.id == run.id else one  # type: ignore[arg-type]
                for one in self._runs
            )
        self._make_room(run.id)
        self._changed()

    def change(
        self,
        run_id: str,
        *,
        name: str | None = None,
        note: str | None = None,
        is_pinned: bool | None = None,
    ) -> None:
        """Change what the user says about a run; None leaves a value as it is."""
        given = {"name": name, "note": note, "is_pinned": is_pinned}
        changes = {key: value for key, value in given.items() if value is not None}
        self._runs = tuple(
            replace(one, **changes) if one.id == run_id else one  # type: ignore[arg-type]
            for one in self._runs
        )
        self._changed()

    def remove(self, run_id: str) -> None:
        """Delete a run; `restore` brings it back."""
        for index, run in enumerate(self._runs):
            if run.id == run_id:
                self._removed.append(Removed(run, index))
                self._runs = (*self._runs[:index], *self._runs[index + 1 :])
                self._changed()
                return

    def restore(self) -> RecordedRun | None:
        """Bring back the run that was deleted last and return it."""
        if not self._removed:
            return None
        removed = self._removed.pop()
        runs = list(self._runs)
        runs.insert(removed.index, removed.run)
        self._runs = tuple(runs)
        self._changed()
        return removed.run

    def replace_all(
        self,
        runs: tuple[RecordedRun, ...],
        are_saved: bool = True,
        compared: tuple[str, ...] = (),
    ) -> None:
        """Hold other runs, as those of a file that is opened, and compare some of them."""
        self._runs, self._removed, self._compared = runs, [], compared
        self._saved = runs if are_saved else ()
        self._next = 1 + max((run.number for run in runs), default=0)
        self._changed()

    def _make_room(self, newest: str) -> None:
        while len(self._runs) > MOST_RUNS or sum(r.size for r in self._runs) > self._most_bytes:
            free = [r for r in self._runs if not r.is_pinned and r.id != newest]
            if not free:
                return
            self._runs = tuple(run for run in self._runs if run.id != free[0].id)
