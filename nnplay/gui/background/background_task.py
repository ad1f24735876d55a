"""Work beside the window: the only place with threads."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Lock

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from nnplay.data import DataError

_TURN_SECONDS = 0.02
"""How often work that waits for its turn looks whether it has been cancelled."""
Work = Callable[[], object]
log = logging.getLogger(__name__)


class BackgroundTask(QObject):
    """Does one piece of work at a time in a thread; a new piece replaces the one before.

    Work knows no Qt. It asks `is_cancelled` whether to stop, and may call `report`; both are safe
    in its thread. How far it is belongs into an attribute that a slot of `polled` reads: a signal
    per step would halve the speed of the work and delay the window.

    Qt aborts the process when a QThread is destroyed while it runs. So whoever owns a task calls
    `shut_down` and waits before letting go of it.
    """

    polled = Signal()
    """Emitted regularly while work is in progress: the time to show how far it is."""
    reported = Signal(object)
    """A value that the work reported."""
    ended = Signal(object)
    """What the work returned, or the exception that ended it; None if it was cancelled before it
    began. Not emitted for work that was replaced."""

    def __init__(
        self, parent: QObject | None = None, turn: Lock | None = None, poll_ms: int | None = None
    ) -> None:
        """Make an idle task, which polls if `poll_ms` is given.

        Tasks that share `turn` do their work one after another.
        """
        super().__init__(parent)
        # One thread object for good, restarted for each piece of work: nothing to drop too early.
        self._thread = _Thread(turn, self)
        self._thread.reported.connect(self._take_report)
        self._thread.finished.connect(self._finish)
        self._next: Work | None = None
        self._is_busy = self._is_replaced = False
        self._timer: QTimer | None = None
        if poll_ms is not None:
            self._timer = QTimer(self)
            self._timer.setInterval(poll_ms)
            self._timer.timeout.connect(self.polled)

    @property
    def is_busy(self) -> bool:
        """Whether work is in progress or waits to begin."""
        return self._is_busy

    def is_cancelled(self) -> bool:
        """Return whether the work is to stop; for the work to ask."""
        return self._thread.cancelled.is_set()

    def report(self, value: object) -> None:
        """Emit `reported` in the thread of the window; for the work to call."""
        self._thread.reported.emit(value)

    def start(self, work: Work) -> None:
        """Begin a piece of work, once the one in progress has been cancelled and has ended."""
        if self._is_busy:
            self._thread.cancelled.set()
            self._next, self._is_replaced = work, True
        else:
            self._begin(work)

    @Slot()
    def cancel(self) -> None:
        """Ask the work to stop; `ended` comes when it has."""
        self._next = None
        self._thread.cancelled.set()

    def shut_down(self, milliseconds: int) -> bool:
        """Cancel and wait; return whether the thread has ended in time."""
        self.cancel()
        self._stop_polling()
        return self._thread.wait(milliseconds)

    def _begin(self, work: Work) -> None:
        self._is_busy, self._is_replaced = True, False
        self._thread.cancelled.clear()
        self._thread.work = work
        if self._timer is not None:
            self._timer.start()
        self._thread.start()

    @Slot(object)
    def _take_report(self, value: object) -> None:
        # Qt delivers in order: until the end of replaced work arrives, all reports are its own.
        if not self._is_replaced:
            self.reported.emit(value)

    @Slot()
    def _finish(self) -> None:
        self._stop_polling()
        result, self._thread.result = self._thread.result, None
        if self._next is not None:
            work, self._next = self._next, None
            self._begin(work)
            return
        self._is_busy = False
        # Cancelled after it was replaced: its result is as unwanted as the work that never began.
        self.ended.emit(None if self._is_replaced else result)

    def _stop_polling(self) -> None:
        if self._timer is not None:
            self._timer.stop()


class _Thread(QThread):
    """Runs one function each time it is started."""

    reported = Signal(object)

    def __init__(self, turn: Lock | None, parent: QObject) -> None:
        super().__init__(parent)
        self.cancelled = Event()
        self.work: Work | None = None
        self.result: object = None
        self._turn = turn

    def run(self) -> None:
        """Do the work; Qt calls this in the new thread."""
        # What the function refers to must not live as long as the thread object.
        work, self.work = self.work, None
        assert work is not None
        try:
            self.result = self._in_turn(work)
        except (DataError, MemoryError) as error:
            # The user can do something about these; anything else is for the log as well.
            self.result = error
        except Exception as error:
            log.exception("background work failed")
            self.result = error

    def _in_turn(self, work: Work) -> object:
        if self._turn is None:
            return work()
        # Not one long wait: cancelled work must end although another task keeps its turn.
        while not self._turn.acquire(timeout=_TURN_SECONDS):
            if self.cancelled.is_set():
                return None
        try:
            return work()
        finally:
            self._turn.release()
