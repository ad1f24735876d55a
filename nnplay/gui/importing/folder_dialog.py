"""The dialog that imports a folder of pictures: their size, progress, and what was left out."""

from __future__ import annotations

from functools import partial
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnplay.catalog import Param
from nnplay.data import DataError
from nnplay.data.arrays import Cancelled
from nnplay.data.importing.image_folder import (
    ImportedFolder,
    folder_report,
    folder_summary,
    import_folder,
)
from nnplay.gui.background.background_task import BackgroundTaskDialog
from nnplay.gui.editors.frame import ElidedLabel, hint_label
from nnplay.gui.forms import FieldRows, NumberField
from nnplay.gui.forms.fields import ChoiceField
from nnplay.gui.forms.param_words import tooltip
from nnplay.gui.style.theme import SPACE, font
from nnplay.translation import _, n_

_SIDE = Param(
    "side",
    "int",
    64,
    n_("Rows and columns that every picture is scaled to; smaller ones train faster."),
    n_("side in pixels"),
    low=4,
    high=256,
)
_COLOUR = Param(
    "colour",
    "choice",
    n_("where there is any"),
    n_("Whether red, green and blue are told apart, which takes three times the memory."),
    n_("colour"),
    choices=(n_("where there is any"), n_("always"), n_("never")),
)
_WANTED = {"where there is any": None, "always": True, "never": False}


class FolderDialog(BackgroundTaskDialog):
    """Imports one folder; accepted when its pictures are there, in `outcome`."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome: ImportedFolder | None = None
        self._path = path
        self._done = (0, 0)
        self._values: dict[str, object] = {"side": _SIDE.default, "colour": _COLOUR.default}
        self._background_task.looked.connect(self._show_progress)
        self._background_task.answered.connect(self._ended)
        self.setWindowTitle(_("Import a folder of pictures"))
        self.setMinimumWidth(560)
        self.side, self.colour = NumberField(_SIDE), ChoiceField(_COLOUR)
        self.rows = FieldRows()
        self.said = QLabel()
        self.report = QPlainTextEdit()
        self.bar = QProgressBar()
        self.start = QPushButton(_("Import"))
        self.cancel = QPushButton(_("Cancel"))
        self._lay_out()
        self._set_busy(False)

    def _lay_out(self) -> None:
        title = ElidedLabel()
        title.setText(self._path.name)
        title.setToolTip(f"<qt>{escape(str(self._path))}</qt>")
        title.setFont(font("title"))
        title.setTextFormat(Qt.TextFormat.PlainText)
        explain = hint_label()
        explain.setText(
            _(
                "Every folder inside is a class, named after it. All pictures are brought to the "
                "same square; files that cannot be read are skipped and named."
            )
        )
        for field, param in ((self.side, _SIDE), (self.colour, _COLOUR)):
            field.show_value(param.default)
            field.value_edited.connect(self._take_value)
            self.rows.add(param.name, _(param.label), field, tooltip(param), str(param.default))
        self.side.complaint_changed.connect(self.rows.complain)
        self.rows.reset_asked.connect(self._reset)
        self.said.setWordWrap(True)
        # It names files, which may look like HTML.
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.hide()
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setAccessibleName(_("What was left out"))
        self.report.setMinimumHeight(96)
        self.report.setMaximumHeight(170)
        self.report.setFont(font("small"))
        self.report.hide()
        self.start.setObjectName("primary")
        self.start.setDefault(True)
        self.start.clicked.connect(self._start)
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.bar, 1)
        row.addStretch(1)
        row.addWidget(self.start)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 3, SPACE * 2, SPACE * 3, SPACE * 2)
        column.setSpacing(SPACE)
        for part in (title, explain, self.rows, self.said, self.report):
            column.addWidget(part)
        column.addLayout(row)

    def _take_value(self, name: str, value: object) -> None:
        self._values[name] = value
        # What was read was read in another way.
        self.outcome = None
        self.said.hide()
        self.report.hide()
        self.start.setText(_("Import"))

    def _reset(self, name: str) -> None:
        field, param = (self.side, _SIDE) if name == "side" else (self.colour, _COLOUR)
        field.show_value(param.default)
        self._take_value(name, param.default)

    @Slot()
    def _start(self) -> None:
        if self.outcome is not None:
            self.accept()
            return
        if self._background_task.is_busy:
            return
        side = self._values["side"]
        assert isinstance(side, int)
        self._done = (0, 0)
        work = partial(
            import_folder,
            self._path,
            side,
            _WANTED[str(self._values["colour"])],
            progress=self._take_progress,
            cancelled=self._background_task.is_cancelled,
        )
        self._set_busy(True)
        self._background_task.begin(work)

    def _take_progress(self, done: int, total: int) -> None:
        # Called in the worker's thread: one slot that the timer reads, never a signal per file.
        self._done = (done, total)

    @Slot()
    def _show_progress(self) -> None:
        done, total = self._done
        if total:
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            text = _("{done:,} of {total:,} pictures")
            self.bar.setFormat(text.format(done=done, total=total))

    @Slot(object)
    def _ended(self, answer: object) -> None:
        self._set_busy(False)
        if isinstance(answer, ImportedFolder):
            self._show_outcome(answer)
        elif isinstance(answer, Cancelled):
            self._say(_("The import was stopped; nothing half-done is kept."))
        elif isinstance(answer, DataError):
            self._say(f"{answer}\n\n{answer.hint}".strip())
        elif isinstance(answer, MemoryError):
            text = _("The memory does not suffice for these pictures.")
            self._say(f"{text}\n\n{_('Choose a smaller size.')}")
        else:
            self._say(_("That did not work: {error}").format(error=answer))

    def _show_outcome(self, outcome: ImportedFolder) -> None:
        self.outcome = outcome
        report = folder_report(outcome)
        if not report:
            self.accept()
            return
        self._say(folder_summary(outcome))
        self.report.setPlainText(report)
        self.report.show()
        self.start.setText(_("Use these pictures"))
        self.start.setFocus()

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.show()

    def _set_busy(self, busy: bool) -> None:
        self.bar.setRange(0, 0)
        self.bar.setVisible(busy)
        self.rows.setEnabled(not busy)
        self.start.setEnabled(not busy)
        self.cancel.setText(_("Stop") if busy else _("Cancel"))
        if busy:
            self.said.hide()
            self.report.hide()
