"""The dialog that imports a table: guesses to correct, progress, and what was left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnplay.data import DataError
from nnplay.data.arrays import Cancelled
from nnplay.data.importing.columns import Role
from nnplay.data.importing.preview import PREVIEW_ROWS, Preview, preview_table
from nnplay.data.importing.series import ImportedSeries, import_series
from nnplay.data.importing.source_file import SourceFile
from nnplay.data.importing.summary import report, summary
from nnplay.data.importing.table import ImportedTable, import_table
from nnplay.gui.background.background_task import BackgroundTaskDialog
from nnplay.gui.editors.frame import ElidedLabel, hint_label
from nnplay.gui.importing.import_options import ImportOptions
from nnplay.gui.importing.import_preview import ImportPreview
from nnplay.gui.importing.import_words import explanation
from nnplay.gui.style.theme import SPACE, font
from nnplay.translation import _

_PARTS = 1000  # of the progress bar


class ImportDialog(BackgroundTaskDialog):
    """Imports one file; accepted when its data are there, in `outcome`."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome: ImportedTable | ImportedSeries | None = None
        self._origin = SourceFile(path)
        self._next: SourceFile | None = None
        self._preview: Preview | None = None
        self._roles: list[Role] = []
        self._touched: set[int] = set()
        self._importing = False
        self._share = 0.0
        self._closing = False
        self.setWindowTitle(_("Import data"))
        self.resize(980, 620)
        self.options, self.preview = ImportOptions(), ImportPreview()
        self.status, self.trouble = QLabel(), QLabel()
        self.report = QPlainTextEdit()
        self.bar = QProgressBar()
        self.start = QPushButton(_("Import"))
        self.copy = QPushButton(_("Copy the list"))
        self.cancel = QPushButton(_("Cancel"))
        self._lay_out(path)
        self._connect()
        self._read(self._origin)

    def shut_down(self, milliseconds: int) -> bool:
        """Stop what is under way and wait for it; say whether it has ended."""
        self._next = None
        return super().shut_down(milliseconds)

    def reject(self) -> None:
        """Stop an import under way, or close."""
        self._next = None
        if self.is_busy:
            self._closing = not self._importing
        super().reject()

    def _lay_out(self, path: Path) -> None:
        title = ElidedLabel()
        title.setText(path.name)
        title.setToolTip(f"<qt>{escape(str(path))}</qt>")
        title.setFont(font("title"))
        self.explain = hint_label()
        self.status.setObjectName("hint")
        self.trouble.setObjectName("problem")
        self.trouble.setWordWrap(True)
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setAccessibleName(_("What was left out"))
        self.report.setMaximumHeight(170)
        self.report.setFont(font("small"))
        self.start.setObjectName("primary")
        self.start.setDefault(True)
        self.cancel.setAutoDefault(False)
        self.copy.setAutoDefault(False)
        self.bar.setRange(0, 0)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.status, 1)
        row.addWidget(self.bar, 1)
        row.addWidget(self.copy)
        row.addWidget(self.start)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        column.setSpacing(SPACE)
        column.addWidget(title)
        column.addWidget(self.options)
        column.addWidget(self.explain)
        column.addWidget(self.preview, 1)
        column.addWidget(self.trouble)
        column.addWidget(self.report)
        column.addLayout(row)
        for label in (title, self.status, self.trouble):
            # They show what stands in files, which may look like HTML.
            label.setTextFormat(Qt.TextFormat.PlainText)
        for widget in (self.trouble, self.report, self.copy, self.bar):
            widget.hide()

    def _connect(self) -> None:
        self._background_task.looked.connect(self._show_progress)
        self._background_task.answered.connect(self._ended)
        self.options.reading_changed.connect(self._read)
        self.options.wanted_changed.connect(self._show_wanted)
        self.preview.types_model.chosen.connect(self._choose_type)
        self.start.clicked.connect(self._start)
        self.cancel.clicked.connect(self.reject)
        self.copy.clicked.connect(self._copy)

    @Slot(object)
    def _read(self, origin: SourceFile) -> None:
        """Look at the beginning of the file; only the newest wish is answered."""
        if self._background_task.is_busy:
            self._next = origin
            self._background_task.cancel()
            return
        self._origin = origin
        self._begin(
            partial(preview_table, origin, self._background_task.is_cancelled), importing=False
        )

    @Slot()
    def _start(self) -> None:
        if self.outcome is not None:
            self.accept()
            return
        if self._background_task.is_busy or self._preview is None:
            return
        wanted, preview = self.options.wanted, self._preview
        origin = SourceFile(
            self._origin.path,
            preview.sheet,
            preview.layout.delimiter,
            preview.layout.has_header,
            preview.layout.encoding,
            preview.layout.comma,
        )
        watched: dict[str, Any] = {
            "progress": self._take_share,
            "cancelled": self._background_task.is_cancelled,
        }
        work: Callable[[], object]
        if wanted.is_series:
            name = preview.layout.columns[wanted.target]
            work = partial(import_series, origin, name, wanted.steps, **watched)
        else:
            given = wanted.task if wanted.task != "auto" else preview.tasks[wanted.target]
            work = partial(
                import_table,
                origin.path,
                file=origin,
                roles=self._asked_roles(),
                task=given if given == "numbers" else wanted.task,
                missing=wanted.missing,
                **watched,
            )
        self._begin(work, importing=True)

    def _asked_roles(self) -> str:
        assert self._preview is not None
        guessed = self._preview.roles(self._roles.index("t"))
        given = zip(guessed, self._roles, strict=True)
        return "".join(
            role if place in self._touched or role == "t" else guess
            for place, (guess, role) in enumerate(given)
        )

    def _begin(self, work: Callable[[], object], importing: bool) -> None:
        self._share, self._importing = 0.0, importing
        self.trouble.hide()
        self.report.hide()
        self.copy.hide()
        self.outcome = None
        self._set_busy(True)
        self._background_task.begin(work)

    def _take_share(self, share: float) -> None:
        # Called in the worker's thread: one slot that the timer reads, never a signal per chunk.
        self._share = share

    @Slot()
    def _show_progress(self) -> None:
        if self._share:
            self.bar.setRange(0, _PARTS)
            self.bar.setValue(int(_PARTS * self._share))

    @Slot(object)
    def _ended(self, answer: object) -> None:
        if self._next is not None:
            origin, self._next = self._next, None
            self._read(origin)
            return
        self._set_busy(False)
        if self._closing:
            super().reject()
        elif isinstance(answer, Preview):
            self._show_preview(answer)
        elif isinstance(answer, ImportedTable | ImportedSeries):
            self._show_outcome(answer)
        elif isinstance(answer, Cancelled):
            self._say(_("The import was stopped; nothing half-done is kept."))
        else:
            self._show_failure(answer)

    def _show_failure(self, answer: object) -> None:
        if isinstance(answer, DataError):
            self._say(f"{answer} {answer.hint}".strip())
        elif isinstance(answer, MemoryError):
            text = _("The memory does not suffice for this file.")
            self._say(f"{text} {_('Leave out some columns.')}")
        else:
            self._say(_("That did not work: {error}").format(error=answer))
        if not self._importing:
            # What was shown is not how the file reads now.
            self._preview, self._roles = None, []
            self.preview.show_preview(None)
            self.status.clear()
            self.start.setEnabled(False)

    def _show_preview(self, preview: Preview) -> None:
        same = self._preview is not None and self._preview.layout.columns == preview.layout.columns
        target = len(preview.layout.columns) - 1
        if same and "t" in self._roles:
            target = self._roles.index("t")
        kept = {at: self._roles[at] for at in self._touched} if same else {}
        self._preview, self._touched = preview, set(kept)
        self._roles = [kept.get(at, kind) for at, kind in enumerate(preview.kinds)]
        self._roles[target] = "t"
        self.preview.show_preview(preview, self._roles)
        self.options.show_preview(self._origin, preview, target)
        self._show_wanted()

    @Slot()
    def _show_wanted(self) -> None:
        """Show the types that go with the options, and say what will be done."""
        if self._preview is None:
            return
        self._forget_outcome()
        wanted = self.options.wanted
        if self._roles[wanted.target] != "t":
            self._put_target(wanted.target)
        shown: list[Role] = list(self._roles)
        if wanted.is_series:
            shown = ["t" if role == "t" else "i" for role in self._roles]
        self.preview.show_roles(shown)
        self.preview.types.setEnabled(not wanted.is_series)
        self.options.show_target(wanted.target, self._preview.tasks[wanted.target])
        self.explain.setText(explanation(wanted))
        count = len(self._preview.rows)
        # Lines that do not fit are read too, and are not among the rows.
        is_all = count + len(self._preview.bad_lines) < PREVIEW_ROWS
        text = _("{rows:,} rows") if is_all else _("the first {rows:,} rows")
        columns = _("{columns:,} columns").format(columns=len(self._roles))
        size = _("{size:,.1f} kB").format(size=self._preview.file_bytes / 1000)
        self.status.setText(f"{size} · {columns} · {text.format(rows=count)}")
        self.start.setEnabled(bool(count))
        if not count:
            self._say(_("No row has a cell for each column. Is the sign between them right?"))

    @Slot(int, str)
    def _choose_type(self, column: int, role: Role) -> None:
        if role == "t":
            self._put_target(column)
            self.options.show_target(column, "")
        elif self._roles[column] == "t":
            # Something must be predicted: another column takes its place.
            others = [at for at in range(len(self._roles)) if at != column]
            if not others:
                return
            self._put_target(others[-1])
            self.options.show_target(others[-1], "")
        if role != "t":
            self._roles[column] = role
            self._touched.add(column)
        self._show_wanted()

    def _put_target(self, column: int) -> None:
        assert self._preview is not None
        before = self._roles.index("t") if "t" in self._roles else None
        if before is not None:
            self._roles[before] = self._preview.kinds[before]
        self._touched.discard(column)
        self._roles[column] = "t"

    def _show_outcome(self, outcome: ImportedTable | ImportedSeries) -> None:
        self.outcome = outcome
        text = report(outcome)
        if not text:
            self.accept()
            return
        self.report.setPlainText(text)
        self.report.show()
        self.copy.setVisible(bool(outcome.bad_count))
        self.status.setText(summary(outcome))
        self.start.setText(_("Use these data"))
        self.start.setFocus()

    def _forget_outcome(self) -> None:
        self.outcome = None
        self.report.hide()
        self.copy.hide()
        self.start.setText(_("Import"))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())

    def _say(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.show()

    def _set_busy(self, busy: bool) -> None:
        self.bar.setRange(0, 0)
        self.bar.setVisible(busy)
        self.status.setVisible(not busy)
        self.options.setEnabled(not (busy and self._importing))
        self.preview.setEnabled(not (busy and self._importing))
        self.start.setEnabled(not busy and self._preview is not None)
        self.cancel.setText(_("Stop") if busy and self._importing else _("Cancel"))
