"""Work that a dialog has done beside the window: started, looked at, stopped, answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Event

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QWidget

from nnplay.data import DataError
from nnplay.gui.background.thread import Worker

POLL_MS = 50


class BackgroundTask(QObject):
    """At most one piece of work at a time."""

    looked = Signal()
    """Again and again while it is under way: the time to show how far it is.

    Work tells that in a slot of its own, never by a signal per piece.
    """
    answered = Signal(object)
    """What the work returned, or the exception that ended it, once it has ended."""

    def __init__(self, parent: QObject, poll_ms: int = POLL_MS) -> None:
        super().__init__(parent)
        self._worker: Worker | None = None
        self._answer: object = None
        self._cancelled = Event()
        self._timer = QTimer(self)
        self._timer.setInterval(poll_ms)
        self._timer.timeout.connect(self.looked)

    @property
    def is_busy(self) -> bool:
        """Whether it is under way."""
        return self._worker is not None

    def is_cancelled(self) -> bool:
        """Say whether it is to stop; for the work to ask, in its own thread."""
        return self._cancelled.is_set()

    def begin(self, work: Callable[[], object], after: Sequence[QThread] = ()) -> None:
        """Have work done that knows no Qt, when the threads `after` have ended."""
        assert self._worker is None
        self._cancelled.clear()
        self._answer = None
        worker = self._worker = Worker(after, self)
        worker.told.connect(self._take)
        worker.broke.connect(self._take)
        worker.finished.connect(self._ended)
        self._timer.start()
        worker.begin(partial(_do, work, worker))

    @Slot()
    def cancel(self) -> None:
        """Ask it to stop; it answers when it has."""
        self._cancelled.set()

    def shut_down(self, milliseconds: int) -> bool:
        """Stop it and wait; say whether it has ended."""
        self.cancel()
        return self._worker is None or self._worker.wait(milliseconds)

    @Slot(object)
    def _take(self, answer: object) -> None:
        self._answer = answer

    @Slot()
    def _ended(self) -> None:
        self._timer.stop()
        if self._worker is not None:
            self._worker.deleteLater()
            self._worker = None
        answer, self._answer = self._answer, None
        self.answered.emit(answer)


class BackgroundTaskDialog(QDialog):
    """A dialog with an errand, which closes only when that is done or has stopped."""

    def __init__(self, parent: QWidget | None = None, poll_ms: int = POLL_MS) -> None:
        super().__init__(parent)
        self._background_task = BackgroundTask(self, poll_ms)

    @property
    def is_busy(self) -> bool:
        """Whether its errand is under way."""
        return self._background_task.is_busy

    def shut_down(self, milliseconds: int) -> bool:
        """Stop what is under way and wait for it; say whether it has ended."""
        return self._background_task.shut_down(milliseconds)

    def reject(self) -> None:
        """Close, or first stop what is under way."""
        if self.is_busy:
            self._background_task.cancel()
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close only when nothing is under way."""
        self.reject()
        event.setAccepted(not self.is_busy)


def _do(work: Callable[[], object], worker: Worker) -> None:
    try:
        worker.told.emit(work())
    except (DataError, MemoryError) as error:
        # What a user can mend; anything else is written to the log as well.
        worker.told.emit(error)
