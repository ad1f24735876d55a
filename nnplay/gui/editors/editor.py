"""What the editors have in common: they show an experiment and propose changes to it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from nnplay.catalog import Family
from nnplay.experiment import Experiment, Fix, Place
from nnplay.gui.editors.changes import change_value, choose_kind
from nnplay.gui.editors.frame import EditorFrame
from nnplay.session.change import Change


class Editor(EditorFrame):
    """A panel for a part of an experiment; it changes nothing itself."""

    edited = Signal(object)
    """A Change."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(heading, parent)
        self._experiment: Experiment | None = None

    @property
    def experiment(self) -> Experiment:
        """The experiment that is shown."""
        assert self._experiment is not None
        return self._experiment

    def propose(self, change: Change) -> None:
        """Emit a change unless it changes nothing, as when a field is left as it was."""
        if change.experiment != self._experiment:
            self.edited.emit(change)

    @Slot(str, str)
    def choose_kind(self, part: Family, key: str) -> None:
        """Propose another kind for a part, with its default values."""
        self.propose(choose_kind(self.experiment, part, key))

    @Slot(str, str, object)
    def edit_field(self, part: str, name: str, value: object) -> None:
        """Propose a value for a field of a part."""
        self.propose(change_value(self.experiment, Place(part, name), value))

    @Slot(str, object)
    def edit_own_field(self, name: str, value: object) -> None:
        """Propose a value for a field of the experiment itself, such as `seed`."""
        self.propose(change_value(self.experiment, Place(name), value))

    @Slot(object)
    def apply_fix(self, fix: Fix) -> None:
        """Propose the fix of a problem."""
        self.propose(Change(fix.experiment, fix.label))
