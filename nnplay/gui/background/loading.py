"""Loads the samples for the views in the background."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from nnplay.catalog import Dataset, DataSpec
from nnplay.data import DataError, Parts, load, split
from nnplay.experiment import Experiment, Split
from nnplay.gui.background.background_task import BackgroundTask
from nnplay.translation import _


@dataclass(frozen=True)
class _Request:
    data: Dataset
    split: Split
    seed: int


@dataclass(frozen=True)
class Loaded:
    """The samples of a data set, divided into parts."""

    dataset: Dataset
    spec: DataSpec
    parts: Parts
    note: str = ""
    """What the user should know about them, such as that their file no longer exists."""


@dataclass(frozen=True)
class NotLoaded:
    """Why the samples could not be loaded, and what to do."""

    dataset: Dataset
    message: str
    hint: str


class DataLoading(QObject):
    """Loads samples on request; only the newest request is served."""

    loaded = Signal(object)
    """Loaded or NotLoaded."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = BackgroundTask(self)
        self._task.ended.connect(self._take)
        self._request: _Request | None = None

    def ask(self, experiment: Experiment, again: bool = False) -> None:
        """Load the samples of an experiment unless they were requested last, or if `again`."""
        request = _Request(experiment.data, experiment.split, experiment.seed)
        if request == self._request and not again:
            return
        self._request = request
        self._task.start(partial(_load, request))

    def shut_down(self, milliseconds: int) -> bool:
        """Drop what is in progress and wait; return whether it has ended in time."""
        return self._task.shut_down(milliseconds)

    @Slot(object)
    def _take(self, result: object) -> None:
        assert self._request is not None
        if isinstance(result, Exception):
            result = _not_loaded(self._request.data, result)
        if result is not None:
            self.loaded.emit(result)


def _load(request: _Request) -> Loaded:
    # Not imported with the window, which need not wait for it.
    from nnplay.data.importing.source_file import missing_file_note

    # Views show the units of the data, whatever scaling the network gets.
    plain = replace(request.split, scaling="none")
    parts = split(load(request.data, request.seed), plain, request.seed)
    return Loaded(request.data, request.data.spec(), parts, missing_file_note(request.data))


def _not_loaded(data: Dataset, error: Exception) -> NotLoaded:
    if isinstance(error, DataError):
        return NotLoaded(data, str(error), error.hint)
    if isinstance(error, MemoryError):
        return NotLoaded(data, _("Not enough memory for this data set."), _("Use fewer samples."))
    return NotLoaded(data, _("The data could not be loaded: {error}").format(error=error), "")
