"""The ways to import data: files and folders chosen or dragged here, a table on the clipboard."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from nnplay.data import DataError
from nnplay.filesystem import is_folder
from nnplay.gui.dialogs.dialog_host import DialogHost
from nnplay.gui.shell.file_drop import first_file
from nnplay.gui.workspace import Workspace
from nnplay.session import Document
from nnplay.translation import _

_FILES = "*.csv *.tsv *.txt *.dat *.data *.xlsx *.xlsm *.xlsb *.xls *.ods"


class ImportActions(QObject):
    """Opens the import dialogs, and turns what they import into an edit."""

    imported = Signal(object, str)
    """The Change to the imported data, and what to say about it."""
    failed = Signal(str, str)
    """What went wrong, and what to do."""

    def __init__(self, document: Document, dialogs: DialogHost) -> None:
        super().__init__(dialogs)
        self._document, self._dialogs = document, dialogs
        self._pasted: Path | None = None
        """The file made from the clipboard; it goes when its import is cancelled."""

    def connect_to(self, workspace: Workspace) -> None:
        """Follow the buttons and panels that ask for data."""
        workspace.data_editor.import_asked.connect(self.ask_table)
        workspace.data_editor.folder_asked.connect(self.ask_folder)
        workspace.folder_asked.connect(self.open_folder)

    @Slot()
    def ask_table(self) -> None:
        """Let the user choose a file to import."""
        path, _filter = QFileDialog.getOpenFileName(
            self._dialogs.window,
            _("Import table"),
            "",
            _("Tables ({patterns})").format(patterns=_FILES) + ";;" + _("All files (*)"),
        )
        if path:
            self.open_path(Path(path))

    @Slot()
    def ask_folder(self) -> None:
        """Let the user choose a folder of images to import."""
        path = QFileDialog.getExistingDirectory(
            self._dialogs.window, _("Choose a folder with one subfolder of images per class")
        )
        if path:
            self.open_path(Path(path))

    @Slot()
    def paste(self) -> None:
        """Import the table, or the file, on the clipboard."""
        from nnplay.data.importing.clipboard import save_pasted

        mime = QGuiApplication.clipboard().mimeData()
        if mime is None or not self._dialogs.is_free:
            return
        if path := first_file(mime):
            self.open_path(path)
            return
        try:
            path, is_new = save_pasted(mime.text())
        except DataError as error:
            self.failed.emit(str(error), error.hint)
            return
        self.open_path(path)
        self._pasted = path if is_new else None

    @Slot(object, int)
    def open_folder(self, path: Path, side: int) -> None:
        """Open the import dialog for a folder of images that have that many rows and columns."""
        self.open_path(path, side)

    def open_path(self, path: Path, side: int | None = None) -> None:
        """Open the import dialog for a file or a folder of images, with a size for these."""
        # Not imported with the window, which need not wait for the libraries of an import.
        from nnplay.gui.importing.folder_dialog import FolderDialog
        from nnplay.gui.importing.table_dialog import ImportDialog

        if not self._dialogs.is_free:
            return
        self._pasted = None
        dialog: FolderDialog | ImportDialog
        if is_folder(path):
            dialog = FolderDialog(path, self._dialogs.window, side)
        else:
            dialog = ImportDialog(path, self._dialogs.window)
        dialog.accepted.connect(self._take)
        dialog.finished.connect(self._clean_up)
        self._dialogs.open(dialog)

    @Slot()
    def _take(self) -> None:
        from nnplay.gui.importing.folder_dialog import FolderDialog
        from nnplay.gui.importing.outcome import with_data
        from nnplay.gui.importing.table_dialog import ImportDialog

        dialog = self._dialogs.dialog
        assert isinstance(dialog, FolderDialog | ImportDialog)
        assert dialog.outcome is not None
        self._pasted = None
        change, message = with_data(self._document.experiment, dialog.outcome)
        self.imported.emit(change, message)

    @Slot()
    def _clean_up(self) -> None:
        if self._pasted is not None:
            # A file left behind is no reason to interrupt the user.
            with suppress(OSError):
                self._pasted.unlink(missing_ok=True)
            self._pasted = None
