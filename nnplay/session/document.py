"""The experiment being edited, its past and its future."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nnplay.experiment import Experiment
from nnplay.session.change import Change

LIMIT = 1000
"""Steps of undo; an experiment is a few kilobytes, most of it shared with the one before."""


@dataclass(frozen=True)
class _Past:
    experiment: Experiment
    label: str


class Document:
    """One experiment with undo, its file and whether it differs from that file."""

    def __init__(self, experiment: Experiment, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._set(experiment, None)

    def _set(self, experiment: Experiment, path: Path | None) -> None:
        self._experiment = experiment
        self._saved: Experiment | None = experiment
        self.path = path
        self._undo: list[_Past] = []
        self._redo: list[_Past] = []
        self._merge = ""

    @property
    def experiment(self) -> Experiment:
        """What is wanted now."""
        return self._experiment

    @property
    def is_dirty(self) -> bool:
        """Whether it differs from what was opened or saved last."""
        return self._experiment != self._saved

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
        if change.experiment == self._experiment:
            return
        merges = bool(change.merge) and change.merge == self._merge and not self._redo
        if not merges:
            self._undo.append(_Past(self._experiment, change.label))
            del self._undo[:-LIMIT]
        self._redo.clear()
        self._merge = change.merge
        self._experiment = change.experiment
        self._changed()

    def undo(self) -> None:
        """Take the last change back."""
        self._step(self._undo, self._redo)

    def redo(self) -> None:
        """Bring the change that was taken back again."""
        self._step(self._redo, self._undo)

    def open(self, experiment: Experiment, path: Path | None) -> None:
        """Begin anew with what was opened."""
        self._set(experiment, path)
        self._changed()

    def restore(self, experiment: Experiment, path: Path | None) -> None:
        """Begin anew with what a crash left unsaved: it counts as differing from its file."""
        self._set(experiment, path)
        self._saved = None
        self._changed()

    def saved(self, path: Path) -> None:
        """Note that the experiment stands in a file as it is now."""
        self.path = path
        self._saved = self._experiment
        self._merge = ""
        self._changed()

    def _step(self, source: list[_Past], target: list[_Past]) -> None:
        if not source:
            return
        past = source.pop()
        target.append(_Past(self._experiment, past.label))
        self._experiment = past.experiment
        self._merge = ""
        self._changed()
