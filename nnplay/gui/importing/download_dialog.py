"""The dialog for data that are not on this machine yet: download, choose files, or go offline."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnplay.catalog import kinds
from nnplay.data import DataError
from nnplay.data.arrays import Cancelled
from nnplay.data.download.import_local import import_local
from nnplay.data.download.mirrors import DownloadProgress, download
from nnplay.data.download.registry import ARCHIVES
from nnplay.gui.background.background_task import BackgroundTaskDialog
from nnplay.gui.style.theme import SPACE, font
from nnplay.translation import _


class FetchDialog(BackgroundTaskDialog):
    """Gets a data set onto this machine; accepted when it is there."""

    offline_asked = Signal(str)
    """The user prefers data that need no download: their key."""

    def __init__(self, key: str, parent: QWidget | None = None, timeout: float = 15.0) -> None:
        super().__init__(parent)
        self._archive, self._timeout = ARCHIVES[key], timeout
        self._names = {
            "data": _(self._archive.label),
            "size": f"{self._archive.size / 1e6:.1f}",
            "about": _(self._archive.about),
            "licence": _(self._archive.licence),
            "instead": _(kinds("data")[self._archive.alternative].label),
        }
        self._background_task.looked.connect(self._show_progress)
        self._background_task.answered.connect(self._ended)
        self._latest: DownloadProgress | None = None
        self.setWindowTitle(self._say(_("Get {data}")))
        self.setMinimumWidth(520)
        self._lay_out()
        self._set_busy(False)

    def _lay_out(self) -> None:
        title = QLabel(self._say(_("{data} is not on this machine yet")))
        title.setFont(font("title"))
        self._text = QLabel()
        self._introduce()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._bar = QProgressBar()
        self._bar.setTextVisible(True)
        self.download = QPushButton(_("Download"))
        self.download.setObjectName("primary")
        self.download.setDefault(True)
        self.download.clicked.connect(self._download)
        self.choose = QPushButton(_("Choose files…"))
        accepted = self._archive.format.accepts(self._archive)
        self.choose.setToolTip(_("Takes {files}.").format(files=accepted))
        self.choose.clicked.connect(self._choose)
        self.offline = QPushButton(self._say(_("Use {instead}")))
        self.offline.setToolTip(_(kinds("data")[self._archive.alternative].help))
        self.offline.clicked.connect(self._go_offline)
        self.cancel = QPushButton(_("Cancel"))
        self.cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.download)
        row.addWidget(self.choose)
        row.addWidget(self.offline)
        row.addStretch(1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 3, SPACE * 3, SPACE * 3, SPACE * 2)
        column.setSpacing(SPACE * 2)
        column.addWidget(title)
        column.addWidget(self._text)
        column.addWidget(self._bar)
        column.addLayout(row)

    def _introduce(self) -> None:
        self._text.setText(
            self._say(
                _(
                    "{about} are {size} MB to download, once; this needs the network. "
                    "They are checked when they arrive and kept for the next time.\n\n"
                    "Licence: {licence}."
                )
            )
        )

    def _say(self, text: str) -> str:
        return text.format(**self._names)

    def adopt_path(self, path: Path) -> None:
        """Take the data from files that the user points at."""
        self._begin(partial(import_local, self._archive.key, path))

    @Slot()
    def _download(self) -> None:
        self._begin(
            partial(
                download,
                self._archive.key,
                self._take_progress,
                self._background_task.is_cancelled,
                timeout=self._timeout,
            )
        )

    @Slot()
    def _choose(self) -> None:
        names = (*(file.name for file in self._archive.files), *self._archive.format.patterns)
        own = _("{data} files").format(**self._names) + f" ({' '.join(names)})"
        path, _filter = QFileDialog.getOpenFileName(
            self,
            self._say(_("Choose one of the files of {data}")),
            "",
            own + ";;" + _("All files (*)"),
        )
        if path:
            self.adopt_path(Path(path))

    @Slot()
    def _go_offline(self) -> None:
        self.offline_asked.emit(self._archive.alternative)
        super().reject()

    def _begin(self, work: Callable[[], object]) -> None:
        self._latest = None
        self._introduce()
        self._set_busy(True)
        self._background_task.begin(work)

    def _take_progress(self, progress: DownloadProgress) -> None:
        # Called in the worker's thread: one slot that the timer reads, never a signal per chunk.
        self._latest = progress

    @Slot()
    def _show_progress(self) -> None:
        if self._latest is None:
            return
        p = self._latest
        self._bar.setRange(0, p.total_bytes)
        self._bar.setValue(p.done_bytes)
        self._bar.setFormat(
            _("{done:.1f} of {total:.1f} MB · {file}").format(
                done=p.done_bytes / 1e6, total=p.total_bytes / 1e6, file=p.file
            )
        )

    @Slot(object)
    def _ended(self, answer: object) -> None:
        self._set_busy(False)
        if not isinstance(answer, Exception):
            self.accept()
            return
        if isinstance(answer, Cancelled):
            text = _("The download was stopped; nothing half-done is kept.")
        elif isinstance(answer, DataError):
            text = f"{answer}\n\n{answer.hint}".strip()
        else:
            text = _("That did not work: {error}").format(error=answer)
        self._text.setText(text)
        self.download.setText(_("Try again"))

    def _set_busy(self, busy: bool) -> None:
        self._bar.setVisible(busy)
        self._bar.setRange(0, 0)
        for button in (self.download, self.choose, self.offline):
            button.setEnabled(not busy)
        self.cancel.setText(_("Stop") if busy else _("Cancel"))
