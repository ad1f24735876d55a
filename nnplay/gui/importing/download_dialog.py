"""The dialog for a data set that is not on this machine yet: download it, or import its files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nnplay.catalog import kinds
from nnplay.data.download.import_local import import_local
from nnplay.data.download.mirrors import DownloadProgress, download
from nnplay.data.download.registry import ARCHIVES
from nnplay.gui.background.background_task import Work
from nnplay.gui.dialogs.task_dialog import Progress, TaskDialog
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE, font
from nnplay.gui.style.zoom import sized
from nnplay.translation import _, n_


class DownloadDialog(TaskDialog):
    """Gets a data set onto this machine; accepted once it is there."""

    cancelled_text: ClassVar[str] = n_("Download cancelled; incomplete files were deleted.")
    replacement_chosen = Signal(str)
    """The user prefers a data set that needs no download: its key in the catalog."""

    def __init__(self, key: str, parent: QWidget | None = None, timeout: float = 15.0) -> None:
        """Offer the data set with that key in `data.download`; `timeout` is in seconds."""
        super().__init__(parent)
        self._archive, self._timeout = ARCHIVES[key], timeout
        self._latest: DownloadProgress | None = None
        self._names = {
            "data": _(self._archive.label),
            "size": f"{self._archive.size / 1e6:.1f}",
            "about": _(self._archive.about),
            "licence": _(self._archive.licence),
            "instead": _(kinds("data")[self._archive.alternative].label),
        }
        self.setWindowTitle(self._fill(_("Get {data}")))
        sized(self, minimumWidth=520)
        self._lay_out()

    def import_path(self, path: Path) -> None:
        """Import the data set from files that the user has."""
        self._begin(partial(import_local, self._archive.key, path))

    def show_busy(self, busy: bool) -> None:
        """Offer the ways to the data set while none is being taken."""
        for button in (self.start, self.choose, self.offline):
            button.setEnabled(not busy)
        self._about.setVisible(busy or self.message.isHidden())

    def show_result(self, result: object) -> None:
        """Close: the data set is there."""
        self.accept()

    def show_failure(self) -> None:
        """Show the failure in place of the description."""
        self._about.hide()
        self.start.setText(_("Try again"))

    def progress(self) -> Progress | None:
        """Return how much has been downloaded."""
        latest = self._latest
        if latest is None:
            return None
        text = _("{done:.1f} of {total:.1f} MB · {file}").format(
            done=latest.done_bytes / 1e6, total=latest.total_bytes / 1e6, file=latest.file
        )
        return Progress(latest.done_bytes, latest.total_bytes, text)

    def _lay_out(self) -> None:
        title = PlainLabel(self._fill(_("{data} is not on this machine yet")))
        title.setFont(font("title"))
        text = _(
            "{about}. The download is {size} MB; its checksum is verified, and it is kept for "
            "later.\n\nLicence: {licence}."
        )
        self._about = PlainLabel(self._fill(text))
        self._about.setWordWrap(True)
        self._about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.setObjectName("")  # a failure here is no mistake of the user
        self.bar.setTextVisible(True)
        self.start.setText(_("Download"))
        self.start.clicked.connect(self._download)
        self.choose = QPushButton(_("Import files…"))
        accepted = self._archive.format.accepts(self._archive)
        self.choose.setToolTip(plain(_("Accepts {files}.").format(files=accepted)))
        self.choose.clicked.connect(self._choose)
        self.offline = QPushButton(self._fill(_("Use {instead}")))
        self.offline.setToolTip(plain(_(kinds("data")[self._archive.alternative].help)))
        self.offline.clicked.connect(self._use_replacement)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.start)
        row.addWidget(self.choose)
        row.addWidget(self.offline)
        row.addStretch(1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 3, SPACE * 3, SPACE * 3, SPACE * 2)
        column.setSpacing(SPACE * 2)
        for part in (title, self._about, self.message, self.bar):
            column.addWidget(part)
        column.addLayout(row)

    def _fill(self, text: str) -> str:
        return text.format(**self._names)

    @Slot()
    def _download(self) -> None:
        self._begin(
            partial(
                download,
                self._archive.key,
                self._take_progress,
                self.task.is_cancelled,
                timeout=self._timeout,
            )
        )

    @Slot()
    def _choose(self) -> None:
        names = (*(file.name for file in self._archive.files), *self._archive.format.patterns)
        own = self._fill(_("{data} files")) + f" ({' '.join(names)})"
        path, _filter = QFileDialog.getOpenFileName(
            self,
            self._fill(_("Choose one of the files of {data}")),
            "",
            own + ";;" + _("All files (*)"),
        )
        if path:
            self.import_path(Path(path))

    @Slot()
    def _use_replacement(self) -> None:
        self.replacement_chosen.emit(self._archive.alternative)
        self.reject()

    def _begin(self, work: Work) -> None:
        self._latest = None
        self.begin(work)

    def _take_progress(self, progress: DownloadProgress) -> None:
        # Called in the thread of the work, see BackgroundTask.
        self._latest = progress
