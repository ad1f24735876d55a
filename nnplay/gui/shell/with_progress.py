"""Work that the window waits for, with progress and a button to cancel if it takes long."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEventLoop, QObject, Qt, Slot
from PySide6.QtWidgets import QProgressDialog, QWidget

from nnplay.gui.background.background_task import BackgroundTask
from nnplay.translation import _

SHOW_MS = 1000
_POLL_MS = 50
_STEPS = 1000
Report = Callable[[float], None]
Work = Callable[[Report], object]


class CancelledError(Exception):
    """The user has cancelled the work."""


class _Waiting(QObject):
    """One piece of work in a thread, and the dialog that shows how far it is."""

    def __init__(self, label: str, window: QWidget) -> None:
        super().__init__(window)
        self._task = BackgroundTask(self, poll_ms=_POLL_MS)
        self._share = 0.0
        self._outcome: object = None
        self._loop = QEventLoop(self)
        self._dialog = QProgressDialog(label, _("Cancel"), 0, _STEPS, window)
        self._dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self._dialog.setMinimumDuration(SHOW_MS)
        self._dialog.setAutoReset(False)
        self._dialog.canceled.connect(self._task.cancel)
        self._task.polled.connect(self._show)
        self._task.ended.connect(self._end)

    def run(self, work: Work) -> object:
        """Wait for the work; return its result or the exception that ended it."""
        self._task.start(partial(_outcome, work, self._report))
        self._loop.exec()
        self._dialog.close()
        self._dialog.deleteLater()
        outcome, self._outcome = self._outcome, None
        return outcome

    def _report(self, share: float) -> None:
        if self._task.is_cancelled():
            raise CancelledError
        self._share = share

    @Slot()
    def _show(self) -> None:
        if not self._dialog.wasCanceled():
            self._dialog.setValue(round(_STEPS * self._share))

    @Slot(object)
    def _end(self, outcome: object) -> None:
        self._outcome = outcome
        self._loop.quit()


def _outcome(work: Work, report: Report) -> object:
    try:
        return work(report)
    except Exception as error:
        # Raised again by whoever waits, so it is nothing for the log.
        return error


def run_with_progress(window: QWidget, label: str, work: Work) -> object:
    """Do work in a thread and return its result; raises what it raises, and CancelledError."""
    waiting = _Waiting(label, window)
    outcome = waiting.run(work)
    waiting.deleteLater()
    if isinstance(outcome, Exception):
        # Without the frames of the thread, which hold on to the window.
        raise outcome.with_traceback(None)
    return outcome
