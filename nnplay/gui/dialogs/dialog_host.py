"""Keeps the dialog that is open over the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from nnplay.gui.dialogs.task_dialog import TaskDialog


class DialogHost(QObject):
    """Has at most one dialog open, and lets go of it only when its work has ended."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.window = window
        self.dialog: TaskDialog | None = None

    @property
    def is_free(self) -> bool:
        """Whether a dialog can be opened."""
        return self.dialog is None

    def open(self, dialog: TaskDialog) -> None:
        """Open a dialog over the window; it goes away when it is closed."""
        assert self.dialog is None
        self.dialog = dialog
        dialog.finished.connect(self._forget)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def shut_down(self, milliseconds: int) -> bool:
        """Cancel the work of the open dialog and wait; return whether it has ended in time."""
        return self.dialog is None or self.dialog.shut_down(milliseconds)

    @Slot()
    def _forget(self) -> None:
        self.dialog = None
