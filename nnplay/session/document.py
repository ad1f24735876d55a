"""The experiment being edited, its past and its future."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nnplay.experiment import Experiment
from nnplay.session.change import Change

LIMIT = 1000
"""Steps of undo; an experiment is a few kilobytes, most of it shared with the one before."""


@dataclass(frozen=True)
class _Stand:
    experiment: Experiment
    path: Path | None
    saved: Experiment | None
    """What stands in the file, or in the example that it came from; None where nothing does."""


@dataclass(frozen=True)
class _Past:
    stand: _Stand
    label: str


class Document:
    """One experiment with undo, its file and whether it differs from that file."""

    def __init__(self, experiment: Experiment, changed: Callable[[], None]) -> None:
        """Begin with an experiment; `changed` is called after every change of any of it."""
        self._changed = changed
        self._now = _Stand(experiment, None, experiment)
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
        return self._now.path

    @property
    def is_dirty(self) -> bool:
        """Whether it differs from what was opened or saved last."""
        return self._now.experiment != self._now.saved

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
        self._go(replace(self._now, experiment=change.experiment), "" if merges else change.label)
        self._merge = change.merge

    def open(self, experiment: Experiment, path: Path | None, label: str) -> None:
        """Take another experiment in place of this one, which undo brings back."""
        self._go(_Stand(experiment, path, experiment), label)

    def restore(self, experiment: Experiment, path: Path | None, label: str) -> None:
        """Take what a crash left unsaved; it counts as differing from its file."""
        self._go(_Stand(experiment, path, None), label)

    def saved(self, path: Path) -> None:
        """Note that the experiment stands in a file as it is now."""
        self._now = _Stand(self.experiment, path, self.experiment)
        self._merge = ""
        self._changed()

    def undo(self) -> None:
        """Take the last change back."""
        self._step(self._undo, self._redo)

    def redo(self) -> None:
        """Bring the change that was taken back again."""
        self._step(self._redo, self._undo)

    def _go(self, stand: _Stand, label: str) -> None:
        if label:
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
        stand = past.stand
        if stand.path == self._now.path and stand.path is not None:
            # The file may have been saved since; what stands in it is known best now.
            stand = replace(stand, saved=self._now.saved)
        self._now = stand
        self._merge = ""
        self._changed()
