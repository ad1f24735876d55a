"""Offers to get a data set that is not on this machine yet."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from nnplay.gui.dialogs.dialog_host import DialogHost


class DownloadAction(QObject):
    """Opens the download dialog."""

    arrived = Signal()
    """The data set is there."""
    closed = Signal()
    """The dialog was closed; comes after `arrived`."""
    replacement_chosen = Signal(str)
    """Key in the catalog of a data set to use instead."""

    def __init__(self, dialogs: DialogHost) -> None:
        super().__init__(dialogs)
        self._dialogs = dialogs

    @Slot(str)
    def ask(self, key: str) -> None:
        """Offer the data set with that key in `data.download`."""
        # Not imported with the window, which need not wait for the libraries of a download.
        from nnplay.gui.importing.download_dialog import DownloadDialog

        if not self._dialogs.is_free:
            return
        dialog = DownloadDialog(key, self._dialogs.window)
        dialog.replacement_chosen.connect(self.replacement_chosen)
        dialog.accepted.connect(self.arrived)
        dialog.finished.connect(self._close)
        self._dialogs.open(dialog)

    @Slot()
    def _close(self) -> None:
        self.closed.emit()
