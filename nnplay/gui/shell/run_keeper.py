"""Keeps the runs of the window on disk while they are trained."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnplay.filesystem import reason
from nnplay.gui.background.background_task import BackgroundTask
from nnplay.gui.background.live import LiveRun
from nnplay.record.recorded_run import RecordedRun
from nnplay.session import Autosave
from nnplay.translation import _

INTERVAL_MS = 2000
WRITING_SHARE = 0.2
"""The largest share of the time that is spent writing."""


class RunKeeper(QObject):
    """Writes what is new of the runs every two seconds, in a thread of its own.

    The trainer is not involved: it only appends to tracks that are read here. Of a long run only
    the newest parts are new, and where writing takes long, the next time comes later.
    """

    failed = Signal(str)
    """Why nothing can be written; emitted once until it works again."""

    def __init__(
        self, autosave: Autosave, live: LiveRun, keep_work: Callable[[], None], parent: QObject
    ) -> None:
        """`keep_work` writes the experiment, without which no runs are found again."""
        super().__init__(parent)
        self._keep_work = keep_work
        self._autosave, self._live = autosave, live
        self._task = BackgroundTask(self)
        self._task.ended.connect(self._take_end)
        self._has_failed = self._has_changed = self._has_stopped = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.write)

    @property
    def is_busy(self) -> bool:
        """Whether it is writing."""
        return self._task.is_busy

    @property
    def has_unsaved(self) -> bool:
        """Whether there are runs that no file has."""
        return self._live.state.is_alive or not self._live.shelf.is_saved

    @Slot()
    def schedule(self) -> None:
        """Write in a moment, if there is anything to write."""
        self._has_changed = True
        is_idle = not (self._timer.isActive() or self._task.is_busy or self._has_stopped)
        if self.has_unsaved and is_idle:
            self._timer.start(INTERVAL_MS)

    @Slot()
    def write(self) -> None:
        """Begin to write now."""
        if self.has_unsaved and not self._task.is_busy:
            self._has_changed = False
            if not self._autosave.is_kept:
                self._keep_work()
            self._task.start(partial(self._write, self._live.run.runs))

    def stop(self, milliseconds: int) -> bool:
        """Write no more and wait; return whether writing has ended in time."""
        self._has_stopped = True
        self._timer.stop()
        return self._task.shut_down(milliseconds)

    def _write(self, runs: tuple[RecordedRun, ...]) -> object:
        start = perf_counter()
        try:
            self._autosave.keep_runs(runs)
        except OSError as error:
            return error
        return perf_counter() - start

    @Slot(object)
    def _take_end(self, result: object) -> None:
        seconds = result if isinstance(result, float) else 0.0
        if isinstance(result, OSError) and not self._has_failed:
            text = _("The runs cannot be kept for the case of a crash: {why}. Training goes on.")
            self.failed.emit(text.format(why=reason(result)))
        self._has_failed = isinstance(result, OSError)
        # A run that has ended since is written once more, complete.
        is_due = self._live.state.is_alive or self._has_changed
        if is_due and not self._has_stopped:
            self._timer.start(max(INTERVAL_MS, ceil(1000 * seconds / WRITING_SHARE)))
