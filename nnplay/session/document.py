"""The experiment being edited, with undo and redo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nnplay.experiment import Experiment
from nnplay.session.change import Change
from nnplay.session.last_work import Work

LIMIT = 1000
"""Steps of undo; an experiment takes a few kilobytes, most of it shared with the one before."""


@dataclass
class _Origin:
    """The file of an experiment, shared by all its versions since it was opened."""

    path: Path | None
    saved: Experiment | None
    """The content of the file or of the example; None after a crash."""


@dataclass(frozen=True)
class _Version:
    experiment: Experiment
    origin: _Origin


@dataclass(frozen=True)
class _UndoStep:
    version: _Version
    label: str


class Document:
    """One experiment with its undo history and its file."""

    def __init__(self, experiment: Experiment, changed: Callable[[], None]) -> None:
        """Begin with an experiment; `changed` is called after every change, also of the file."""
        self._changed = changed
        self._now = _Version(experiment, _Origin(None, experiment))
        self._undo: list[_UndoStep] = []
        self._redo: list[_UndoStep] = []
        self._merge = ""

    @property
    def experiment(self) -> Experiment:
        """The current version."""
        return self._now.experiment

    @property
    def path(self) -> Path | None:
        """The file that it belongs to."""
        return self._now.origin.path

    @property
    def work(self) -> Work:
        """The current version with its file."""
        return Work(self.experiment, self.path)

    @property
    def kept_work(self) -> Work | None:
        """What is left if unsaved changes are discarded; None for an edited example."""
        if not self.is_dirty:
            return self.work
        return self.work if self.path is not None else None

    @property
    def is_dirty(self) -> bool:
        """Whether it differs from what was opened or saved last."""
        return self._now.experiment != self._now.origin.saved

    @property
    def undo_label(self) -> str:
        """What undo would revert, or nothing."""
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        """What redo would repeat, or nothing."""
        return self._redo[-1].label if self._redo else ""

    def edit(self, change: Change) -> None:
        """Apply a change; one that changes nothing is no step of undo."""
        if change.experiment == self.experiment:
            return
        merges = bool(change.merge) and change.merge == self._merge and not self._redo
        if merges and change.experiment == self._undo[-1].version.experiment:
            # Everything typed has been deleted again: nothing is left to undo.
            self._undo.pop()
            self._go(replace(self._now, experiment=change.experiment), None)
            return
        self._go(replace(self._now, experiment=change.experiment), None if merges else change.label)
        self._merge = change.merge

    def open(self, experiment: Experiment, path: Path | None, label: str) -> None:
        """Replace the experiment by another one; undo brings it back."""
        self._set_file_content(path, experiment)
        self._go(_Version(experiment, _Origin(path, experiment)), label)

    def restore(self, experiment: Experiment, path: Path | None, label: str) -> None:
        """Open what a crash left unsaved; it counts as edited."""
        self._go(_Version(experiment, _Origin(path, None)), label)

    def saved(self, path: Path) -> None:
        """Note that the current version has been saved to a file."""
        self._now.origin.path = path
        self._set_file_content(path, self.experiment)
        self._merge = ""
        self._changed()

    def settle(self) -> None:
        """Make the next change a separate step of undo, also in the field edited last."""
        self._merge = ""

    def undo(self) -> None:
        """Undo the last change."""
        self._step(self._undo, self._redo)

    def redo(self) -> None:
        """Redo the change undone last."""
        self._step(self._redo, self._undo)

    def _set_file_content(self, path: Path | None, experiment: Experiment) -> None:
        """Note the content of a file, for every version of it in the history."""
        if path is None:
            return
        for version in (self._now, *(past.version for past in (*self._undo, *self._redo))):
            if version.origin.path == path:
                version.origin.saved = experiment

    def _go(self, version: _Version, label: str | None) -> None:
        if label is not None:
            self._undo.append(_UndoStep(self._now, label))
            del self._undo[:-LIMIT]
        self._redo.clear()
        self._merge = ""
        self._now = version
        self._changed()

    def _step(self, source: list[_UndoStep], target: list[_UndoStep]) -> None:
        if not source:
            return
        past = source.pop()
        target.append(_UndoStep(self._now, past.label))
        self._now = past.version
        self._merge = ""
        self._changed()
