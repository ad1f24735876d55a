"""What happens when data arrive: imported, downloaded, or dropped on the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from nnplay.experiment import is_page
from nnplay.gui.importing.actions import ImportActions
from nnplay.gui.importing.download_action import DownloadAction
from nnplay.gui.shell.file_drop import FileDrop
from nnplay.gui.shell.files import SUFFIX, Files
from nnplay.gui.shell.run_files import SUFFIX as RUNS_SUFFIX
from nnplay.session import Change, Controller, Document


class DataEntry(QObject):
    """Makes imported data the experiment, and continues what waited for a download."""

    imported = Signal(str)
    """Data were imported: what to say about it."""
    downloaded = Signal()
    """The data set of the experiment is there now."""

    def __init__(
        self,
        document: Document,
        controller: Controller,
        files: Files,
        imports: ImportActions,
        downloads: DownloadAction,
        leave: Callable[[], None],
        window: QWidget,
    ) -> None:
        """`leave` is called before other data are opened."""
        super().__init__(window)
        self._document, self._controller = document, controller
        self._files, self._imports, self._leave = files, imports, leave
        imports.imported.connect(self._take_imported)
        downloads.arrived.connect(self._take_downloaded)
        downloads.closed.connect(controller.forget_pending)
        downloads.replacement_chosen.connect(controller.use_data)
        FileDrop(window).dropped.connect(self._open_dropped)

    @Slot(object, str)
    def _take_imported(self, change: Change, message: str) -> None:
        self._leave()
        # It belongs to no file yet, so that saving overwrites nothing.
        self._document.restore(change.experiment, None, change.label)
        self.imported.emit(message)

    @Slot()
    def _take_downloaded(self) -> None:
        self.downloaded.emit()
        self._controller.data_arrived()

    @Slot(object)
    def _open_dropped(self, path: Path) -> None:
        is_experiment = path.suffix.lower() in (SUFFIX, RUNS_SUFFIX) or is_page(path)
        (self._files.open_after_asking if is_experiment else self._imports.open_path)(path)
