"""The experiment being edited, its past and its future."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nnplay.experiment import Experiment
from nnplay.session.change import Change

LIMIT = 1000
"""Steps of undo; an experiment is a few kilobytes, most of it shared with the one before."""


@dataclass
class _Origin:
    """Where experiments come from and go to; all stands since one opening share it."""

    path: Path | None
    saved: Experiment | None
    """What stands in the file, or in the example that it came from; None where nothing does."""


@dataclass(frozen=True)
class _Stand:
    experiment: Experiment
    origin: _Origin


@dataclass(frozen=True)
class _Past:
    stand: _Stand
    label: str


class Document:
    """One experiment with undo, its file and whether it differs from that file."""

    def __init__(self, experiment: Experiment, changed: Callable[[], None]) -> None:
        """Begin with an experiment; `changed` is called after every change of any of it."""
        self._changed = changed
        self._now = _Stand(experiment, _Origin(None, experiment))
        self._undo: list[_Past] = []
        self._redo: list[_Past] = []
        self._merge = ""

    @property
    def experiment(self) -> Experiment:
        """What is wanted now."""
        return self._now.experiment

    @property
    def path(self) -> Path | None:
        """The file that it belongs to."""
        return self._now.origin.path

    @property
    def is_dirty(self) -> bool:
        """Whether it differs from what was opened or saved last."""
        return self._now.experiment != self._now.origin.saved

    @property
    def undo_label(self) -> str:
        """What undo would take back, or nothing."""
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        """What redo would bring again, or nothing."""
        return self._redo[-1].label if self._redo else ""

    def edit(self, change: Change) -> None:
        """Take a change; one that changes nothing leaves no trace."""
        if change.experiment == self.experiment:
            return
        merges = bool(change.merge) and change.merge == self._merge and not self._redo
        if merges and change.experiment == self._undo[-1].stand.experiment:
            # All that was typed is taken back again: nothing is left for undo to do.
            self._undo.pop()
            self._go(replace(self._now, experiment=change.experiment), None)
            return
        self._go(replace(self._now, experiment=change.experiment), None if merges else change.label)
        self._merge = change.merge

    def open(self, experiment: Experiment, path: Path | None, label: str) -> None:
        """Take another experiment in place of this one, which undo brings back."""
        self._file_holds(path, experiment)
        self._go(_Stand(experiment, _Origin(path, experiment)), label)

    def restore(self, experiment: Experiment, path: Path | None, label: str) -> None:
        """Take what a crash left unsaved; it counts as differing from its file."""
        self._go(_Stand(experiment, _Origin(path, None)), label)

    def saved(self, path: Path) -> None:
        """Note that the experiment stands in a file as it is now."""
        self._now.origin.path = path
        self._file_holds(path, self.experiment)
        self._merge = ""
        self._changed()

    def settle(self) -> None:
        """Let the next change be a step of undo by itself, also in the field edited last."""
        self._merge = ""

    def undo(self) -> None:
        """Take the last change back."""
        self._step(self._undo, self._redo)

    def redo(self) -> None:
        """Bring the change that was taken back again."""
        self._step(self._redo, self._undo)

    def _file_holds(self, path: Path | None, experiment: Experiment) -> None:
        """Note what is in a file, for every opening of it that undo or redo can bring back."""
        if path is None:
            return
        for stand in (self._now, *(past.stand for past in (*self._undo, *self._redo))):
            if stand.origin.path == path:
                stand.origin.saved = experiment

    def _go(self, stand: _Stand, label: str | None) -> None:
        if label is not None:
            self._undo.append(_Past(self._now, label))
            del self._undo[:-LIMIT]
        self._redo.clear()
        self._merge = ""
        self._now = stand
        self._changed()

    def _step(self, source: list[_Past], target: list[_Past]) -> None:
        if not source:
            return
        past = source.pop()
        target.append(_Past(self._now, past.label))
        self._now = past.stand
        self._merge = ""
        self._changed()
