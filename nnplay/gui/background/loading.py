"""Samples for the views, loaded beside the window; only the newest wish is answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from nnplay.catalog import Dataset, DataSpec
from nnplay.data import DataError, Parts, load, split
from nnplay.experiment import Experiment, Split
from nnplay.gui.background.thread import Worker
from nnplay.translation import _


@dataclass(frozen=True)
class _Wish:
    data: Dataset
    split: Split
    seed: int


@dataclass(frozen=True)
class Loaded:
    """Samples that were asked for."""

    dataset: Dataset
    spec: DataSpec
    parts: Parts
    note: str = ""
    """What the user should know about them, such as that their file no longer exists."""


@dataclass(frozen=True)
class NotLoaded:
    """Why they are not there, and what to do."""

    dataset: Dataset
    message: str
    hint: str


class DataLoading(QObject):
    """Answers with Loaded or NotLoaded."""

    answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wish: _Wish | None = None
        self._worker: Worker | None = None
        self._next: _Wish | None = None

    def ask(self, experiment: Experiment, again: bool = False) -> None:
        """Load the samples of an experiment; the same wish is answered once, unless `again`."""
        wish = _Wish(experiment.data, experiment.split, experiment.seed)
        if wish == self._wish and not again:
            return
        self._wish = self._next = wish
        if self._worker is None:
            self._begin()

    def shut_down(self, milliseconds: int) -> bool:
        """Wait for a load under way; say whether it has ended."""
        self._next = None
        return self._worker is None or self._worker.wait(milliseconds)

    def _begin(self) -> None:
        wish, self._next = self._next, None
        if wish is None:
            return
        worker = self._worker = Worker(parent=self)
        worker.told.connect(self._take)
        worker.broke.connect(self._take_break)
        worker.finished.connect(self._ended)
        worker.begin(partial(_load, wish, worker))

    @Slot(object)
    def _take(self, answer: object) -> None:
        if self._next is None:
            self.answered.emit(answer)

    @Slot(object)
    def _take_break(self, error: object) -> None:
        assert self._wish is not None
        message = _("The data could not be loaded: {error}").format(error=error)
        self._take(NotLoaded(self._wish.data, message, ""))

    @Slot()
    def _ended(self) -> None:
        if self._worker is not None:
            self._worker.deleteLater()
            self._worker = None
        self._begin()


def _load(wish: _Wish, worker: Worker) -> None:
    from nnplay.data.importing.source_file import missing_file_note  # only where data are loaded

    try:
        # Views show the units of the data, however the network takes them.
        plain = replace(wish.split, scaling="none")
        parts = split(load(wish.data, wish.seed), plain, wish.seed)
        note = missing_file_note(wish.data)
        worker.told.emit(Loaded(wish.data, wish.data.spec(), parts, note))
    except DataError as error:
        worker.told.emit(NotLoaded(wish.data, str(error), error.hint))
    except MemoryError:
        message = _("The memory does not suffice for these data.")
        worker.told.emit(NotLoaded(wish.data, message, _("Use fewer points.")))
