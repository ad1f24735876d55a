"""The only place with threads: work that knows no Qt, run beside the window."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QThread, Signal

log = logging.getLogger(__name__)


class Worker(QThread):
    """Runs one function; what it tells, and how it broke, come out as signals in Qt's thread."""

    told = Signal(object)
    """For the function to emit what it has to say."""
    broke = Signal(object)
    """An exception that the function did not handle itself."""

    def __init__(self, after: Sequence[QThread] = (), parent: QObject | None = None) -> None:
        """Make a thread that begins its work when all of `after` have ended."""
        super().__init__(parent)
        self.after = tuple(after)
        self._work: Callable[[], None] | None = None

    def begin(self, work: Callable[[], None]) -> None:
        """Start the thread on a function that knows no Qt."""
        self._work = work
        self.start()

    def run(self) -> None:
        """Do the work; Qt calls this in the new thread."""
        assert self._work is not None
        for thread in self.after:
            thread.wait()
        self.after = ()
        try:
            self._work()
        except Exception as error:
            log.exception("work in the background broke off")
            self.broke.emit(error)
        # What the function holds must not live as long as its thread object.
        self._work = None
