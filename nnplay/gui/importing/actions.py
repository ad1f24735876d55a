"""The doors for data: files and folders chosen or dragged here, a table from the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from nnplay.data import DataError
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.gui.importing.folder_dialog import FolderDialog
    from nnplay.gui.importing.table_dialog import ImportDialog

_FILES = "*.csv *.tsv *.txt *.dat *.data *.xlsx *.xlsm *.xlsb *.xls *.ods"


class ImportActions(QObject):
    """Opens the import dialog on what comes in, and tells of the data once they are there."""

    arrived = Signal(object)
    """An Outcome of `gui.imported`."""
    failed = Signal(str, str)
    """What went wrong, and what to do."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._pasted: Path | None = None
        self.dialog: ImportDialog | FolderDialog | None = None

    @Slot()
    def ask(self) -> None:
        """Let the user choose a file to import."""
        path, _filter = QFileDialog.getOpenFileName(
            self._window,
            _("Import data"),
            "",
            _("Tables ({patterns})").format(patterns=_FILES) + ";;" + _("All files (*)"),
        )
        if path:
            self.open_path(Path(path))

    @Slot()
    def ask_folder(self) -> None:
        """Let the user choose a folder of pictures to import."""
        path = QFileDialog.getExistingDirectory(
            self._window, _("Choose a folder with one folder of pictures for every class")
        )
        if path:
            self.open_path(Path(path))

    @Slot()
    def paste(self) -> None:
        """Import the table, or the file, that is in the clipboard."""
        from nnplay.data.importing.clipboard import save_pasted

        mime = QGuiApplication.clipboard().mimeData()
        if mime is None:
            return
        if path := dropped_file(mime):
            self.open_path(path)
            return
        try:
            path, is_new = save_pasted(mime.text())
        except DataError as error:
            self.failed.emit(str(error), error.hint)
            return
        self.open_path(path)
        self._pasted = path if is_new else None

    def open_path(self, path: Path) -> None:
        """Show how a file, or a folder of pictures, would be imported."""
        # Late, as a window that imports nothing need not read what imports.
        from nnplay.gui.importing.folder_dialog import FolderDialog
        from nnplay.gui.importing.table_dialog import ImportDialog

        if self.dialog is not None:
            return
        self._pasted = None
        kind = FolderDialog if path.is_dir() else ImportDialog
        self.dialog = kind(path, self._window)
        self.dialog.accepted.connect(self._accepted)
        self.dialog.finished.connect(self._finished)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.open()

    def shut_down(self, milliseconds: int) -> bool:
        """Stop what is under way and wait for it; say whether it has ended."""
        return self.dialog is None or self.dialog.shut_down(milliseconds)

    @Slot()
    def _accepted(self) -> None:
        self._pasted = None
        if self.dialog is not None:
            self.arrived.emit(self.dialog.outcome)

    @Slot()
    def _finished(self) -> None:
        self.dialog = None
        if self._pasted is not None:
            # Nobody wanted it after all.
            self._pasted.unlink(missing_ok=True)
            self._pasted = None


def dropped_file(mime: QMimeData) -> Path | None:
    """Return the first file on this machine among what is dragged or copied, if any."""
    urls = mime.urls() if mime.hasUrls() else []
    return next((Path(url.toLocalFile()) for url in urls if url.isLocalFile()), None)
