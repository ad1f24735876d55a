"""A dialog that does work in the background: its progress, its messages, and how it closes."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import ClassVar, Literal

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QWidget

from nnplay.data import DataError
from nnplay.gui.background.background_task import BackgroundTask, Work
from nnplay.gui.style.plain import PlainLabel
from nnplay.translation import _, n_

POLL_MS = 50


@dataclass(frozen=True)
class Progress:
    """How far the work is."""

    done: int
    total: int
    text: str = ""


@dataclass(frozen=True)
class Failure:
    """Why the work failed, and what the user can do."""

    message: str
    hint: str = ""


class TaskDialog(QDialog):
    """Does one piece of work at a time, and closes only when none is in progress.

    A subclass lays out the widgets made here together with its own, and fills in `show_busy`,
    `show_result` and `progress`.
    """

    memory_hint: ClassVar[str] = ""
    """What to do where the memory does not suffice."""
    cancelled_text: ClassVar[str] = n_("Cancelled.")

    def __init__(
        self, parent: QWidget | None = None, turn: Lock | None = None, poll_ms: int = POLL_MS
    ) -> None:
        """Make the dialog; its work waits for other tasks that share `turn`."""
        super().__init__(parent)
        self.task = BackgroundTask(self, turn, poll_ms)
        self.bar, self.message = QProgressBar(), PlainLabel()
        self.start, self.cancel = QPushButton(), QPushButton(_("Cancel"))
        self._close_text = self.cancel.text()
        self._then: Literal["", "accept", "reject"] = ""
        """How to close once the work has ended."""
        self.bar.hide()
        self.message.setObjectName("problem")
        self.message.setWordWrap(True)
        # Messages name files and columns, which may look like HTML.
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.hide()
        self.start.setObjectName("primary")
        self.start.setDefault(True)
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.task.polled.connect(self._show_progress)
        self.task.ended.connect(self._end)

    @property
    def is_busy(self) -> bool:
        """Whether work is in progress."""
        return self.task.is_busy

    @property
    def closes_when_cancelled(self) -> bool:
        """Whether cancelling the work also closes the dialog, or only brings back its choices."""
        return False

    def show_busy(self, busy: bool) -> None:
        """Enable what can be used while work is in progress, or while none is."""

    def show_result(self, result: object) -> None:
        """Show what the work returned."""

    def show_failure(self) -> None:
        """Show the consequences of work that failed or was cancelled; the message is set."""

    def progress(self) -> Progress | None:
        """Return how far the work is, None while that is unknown."""
        return None

    def set_close_text(self, text: str) -> None:
        """Set what the button that closes the dialog says while no work is in progress."""
        self._close_text = text
        self.cancel.setText(text)

    def begin(self, work: Work) -> None:
        """Start a piece of work, in place of the one in progress."""
        self.message.clear()
        self.message.hide()
        self._set_busy(True)
        self.task.start(work)

    def say(self, text: str) -> None:
        """Show a message."""
        self.message.setText(text)
        self.message.show()

    @Slot(str, str)
    def complain(self, _name: str, complaint: str) -> None:
        """Show what is wrong with a number that is being typed, or nothing more."""
        if complaint:
            self.say(complaint)
        else:
            self.message.hide()

    def shut_down(self, milliseconds: int) -> bool:
        """Cancel the work and wait; return whether it has ended in time."""
        self._then = "reject"
        return self.task.shut_down(milliseconds)

    def accept(self) -> None:
        """Close with the result, cancelling the work in progress first."""
        if not self.is_busy:
            super().accept()
            return
        # The thread ends when the work next asks whether to stop; until then the dialog must live.
        self._then = "accept"
        self.task.cancel()

    def reject(self) -> None:
        """Close, or first cancel the work in progress."""
        if not self.is_busy:
            super().reject()
            return
        if self.closes_when_cancelled:
            self._then = "reject"
        self.task.cancel()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close only when no work is in progress."""
        self.reject()
        event.setAccepted(not self.is_busy)

    @Slot()
    def _show_progress(self) -> None:
        progress = self.progress()
        if progress is None:
            return
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        if progress.text:
            self.bar.setFormat(progress.text)

    @Slot(object)
    def _end(self, result: object) -> None:
        self._set_busy(False)
        if self._then == "accept":
            super().accept()
        elif self._then == "reject":
            super().reject()
        elif isinstance(result, Exception | Failure):
            failure = self._explain(result)
            self.say(f"{failure.message}\n{failure.hint}".strip())
            self.show_failure()
        else:
            self.show_result(result)

    def _explain(self, error: Exception | Failure) -> Failure:
        if isinstance(error, Failure):
            return error
        if self.task.is_cancelled():
            return Failure(_(self.cancelled_text))
        if isinstance(error, MemoryError):
            return Failure(_("Not enough memory."), _(self.memory_hint))
        if isinstance(error, DataError):
            return Failure(str(error), error.hint)
        return Failure(_("Something went wrong: {error}").format(error=error))

    def _set_busy(self, busy: bool) -> None:
        self.bar.setRange(0, 0)  # a moving bar, until there is progress to show
        self.bar.setVisible(busy)
        stops = busy and not self.closes_when_cancelled
        self.cancel.setText(_("Stop") if stops else self._close_text)
        self.show_busy(busy)
