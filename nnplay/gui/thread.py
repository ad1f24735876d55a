"""The only place with threads: work that knows no Qt, run beside the window."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

log = logging.getLogger(__name__)


class Worker(QThread):
    """Runs one function; what it tells, and how it broke, come out as signals in Qt's thread."""

    told = Signal(object)
    """For the function to emit what it has to say."""
    broke = Signal(object)
    """An exception that the function did not handle itself."""

    def __init__(self, after: QThread | None = None, parent: QObject | None = None) -> None:
        """Make a thread that begins its work when `after` has ended."""
        super().__init__(parent)
        self.after = after
        self._work: Callable[[], None] | None = None

    def begin(self, work: Callable[[], None]) -> None:
        """Start the thread on a function that knows no Qt."""
        self._work = work
        self.start()

    def run(self) -> None:
        """Do the work; Qt calls this in the new thread."""
        assert self._work is not None
        if self.after is not None:
            self.after.wait()
            self.after = None
        try:
            self._work()
        except Exception as error:
            log.exception("work in the background broke off")
            self.broke.emit(error)
        # What the function holds must not live as long as its thread object.
        self._work = None
