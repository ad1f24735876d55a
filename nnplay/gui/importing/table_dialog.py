"""The dialog that imports a table: guesses to correct, progress, and what was skipped."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nnplay.data.importing.columns import Role
from nnplay.data.importing.preview import PREVIEW_ROWS, Preview, preview_table
from nnplay.data.importing.series import ImportedSeries, import_series
from nnplay.data.importing.source_file import SourceFile
from nnplay.data.importing.summary import notes, report, summary
from nnplay.data.importing.table import ImportedTable, import_table
from nnplay.gui.background.background_task import Work
from nnplay.gui.dialogs.task_dialog import Progress, TaskDialog
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.importing.column_types import ColumnTypes, guessed_types
from nnplay.gui.importing.detected import DetectedList, detected_notes
from nnplay.gui.importing.import_options import ImportOptions
from nnplay.gui.importing.import_preview import ImportPreview
from nnplay.gui.importing.import_words import explanation
from nnplay.gui.importing.report import SkippedList, file_title
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import px
from nnplay.translation import _, n_

_PARTS = 1000  # of the progress bar


class ImportDialog(TaskDialog):
    """Imports one file; accepted once its data are in `outcome`."""

    memory_hint: ClassVar[str] = n_("Ignore some columns.")
    cancelled_text: ClassVar[str] = n_("Import cancelled; no data was kept.")

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome: ImportedTable | ImportedSeries | None = None
        self._origin = SourceFile(path)
        self._preview: Preview | None = None
        self._types: ColumnTypes | None = None
        self._importing = False
        self._share = 0.0
        self.setWindowTitle(_("Import table"))
        self.resize(px(980), px(620))
        self.options, self.preview = ImportOptions(), ImportPreview()
        self.detected = DetectedList()
        self.explain, self.status = hint_label(), PlainLabel()
        self.report = SkippedList()
        self.copy = QPushButton(_("Copy list"))
        self._lay_out(path)
        self._connect()
        self._read(self._origin)

    @property
    def closes_when_cancelled(self) -> bool:
        """Whether the file is only being read for the preview."""
        return not self._importing

    def show_busy(self, busy: bool) -> None:
        """Keep the choices as they are while the file is being imported."""
        self.status.setVisible(not busy)
        self.options.setEnabled(not (busy and self._importing))
        self.preview.setEnabled(not (busy and self._importing))
        self.start.setEnabled(not busy and self._preview is not None)

    def show_result(self, result: object) -> None:
        """Show the preview, or what was imported."""
        if isinstance(result, Preview):
            self._show_preview(result)
        elif isinstance(result, ImportedTable | ImportedSeries):
            self._show_outcome(result)

    def show_failure(self) -> None:
        """Show no preview where the file cannot be read in the chosen way."""
        if not self._importing:
            self._preview = self._types = None
            self.preview.show_preview(None)
            self.detected.show_notes(())
            self.status.clear()
            self.start.setEnabled(False)

    def progress(self) -> Progress | None:
        """Return the share of the file that has been read."""
        return Progress(int(_PARTS * self._share), _PARTS) if self._share else None

    def _lay_out(self, path: Path) -> None:
        self.start.setText(_("Import"))
        self.status.setObjectName("hint")
        # Names of columns may look like HTML.
        self.copy.setAutoDefault(False)
        self.copy.hide()
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
        column.addWidget(file_title(path))
        column.addWidget(self.options)
        column.addWidget(self.detected)
        column.addWidget(self.preview, 1)
        column.addWidget(self.explain)
        column.addWidget(self.message)
        column.addWidget(self.report)
        column.addLayout(row)

    def _connect(self) -> None:
        self.options.reading_changed.connect(self._read)
        self.options.choice_changed.connect(self._show_choice)
        for number in self.options.numbers():
            number.complaint_changed.connect(self.complain)
        self.preview.types_model.chosen.connect(self._choose_type)
        self.start.clicked.connect(self._start)
        self.copy.clicked.connect(self._copy)

    @Slot(object)
    def _read(self, origin: SourceFile) -> None:
        """Read the beginning of the file; replaces a reading in progress."""
        self._origin = origin
        choice = self.options.choice
        read = partial(
            preview_table,
            origin,
            self.task.is_cancelled,
            missing_words=choice.missing_words,
            exact_words=choice.exact_words,
        )
        self._begin(read, importing=False)

    @Slot()
    def _start(self) -> None:
        if self.outcome is not None:
            self.accept()
        elif not self.is_busy and self._preview is not None:
            self._begin(self._import(self._preview), importing=True)

    def _import(self, preview: Preview) -> Work:
        assert self._types is not None
        choice, layout = self.options.choice, preview.layout
        origin = SourceFile(
            self._origin.path,
            preview.sheet,
            layout.delimiter,
            layout.has_header,
            layout.encoding,
            layout.comma,
            layout.above,
            layout.below,
        )
        callbacks: dict[str, Any] = {
            "progress": self._take_share,
            "cancelled": self.task.is_cancelled,
        }
        if choice.is_series:
            name = layout.columns[choice.target]
            return partial(import_series, origin, name, choice.steps, **callbacks)
        given = choice.task if choice.task != "auto" else preview.tasks[choice.target]
        return partial(
            import_table,
            origin.path,
            file=origin,
            roles=self._types.for_import(preview.roles(self._types.target)),
            task=given if given == "numbers" else choice.task,
            missing=choice.missing,
            missing_words=choice.missing_words,
            exact_words=choice.exact_words,
            **callbacks,
        )

    def _begin(self, work: Work, importing: bool) -> None:
        self._share, self._importing = 0.0, importing
        self._forget_outcome()
        self.begin(work)

    def _take_share(self, share: float) -> None:
        # Called in the thread of the work, see BackgroundTask.
        self._share = share

    def _show_preview(self, preview: Preview) -> None:
        known = self._preview.layout.columns if self._preview is not None else ()
        if self._types is not None and known == preview.layout.columns:
            self._types = self._types.with_guesses(preview.kinds)
        else:
            self._types = guessed_types(preview.kinds)
        self._preview = preview
        self.preview.show_preview(preview, self._types.roles)
        self.options.show_preview(self._origin, preview, self._types.target)
        self._show_choice()

    @Slot()
    def _show_choice(self) -> None:
        """Show the types that go with the options, and explain what will be imported."""
        if self._preview is None or self._types is None:
            return
        self._forget_outcome()
        choice = self.options.choice
        if self._types.target != choice.target:
            self._types = self._types.with_target(choice.target)
        shown: list[Role] = list(self._types.roles)
        if choice.is_series:
            shown = ["t" if role == "t" else "i" for role in shown]
        self.preview.show_roles(shown)
        self.preview.types.setEnabled(not choice.is_series)
        self.options.show_target(choice.target, self._preview.tasks[choice.target])
        self.detected.show_notes(detected_notes(self._preview, shown, choice))
        self.explain.setText(explanation(choice))
        count = len(self._preview.rows)
        # Malformed lines have been read too, but are not among the rows.
        is_all = count + len(self._preview.bad_lines) < PREVIEW_ROWS
        text = _("{rows:,} rows") if is_all else _("the first {rows:,} rows")
        columns = _("{columns:,} columns").format(columns=len(shown))
        size = _("{size:,.1f} kB").format(size=self._preview.file_bytes / 1000)
        self.status.setText(f"{size} · {columns} · {text.format(rows=count)}")
        self.start.setEnabled(bool(count))
        if not count:
            self.say(_("No row has the expected number of columns. Check the delimiter."))

    @Slot(int, str)
    def _choose_type(self, column: int, role: Role) -> None:
        assert self._types is not None
        before = self._types.target
        self._types = self._types.with_type(column, role)
        if self._types.target != before:
            self.options.show_target(self._types.target, "")
        self._show_choice()

    def _show_outcome(self, outcome: ImportedTable | ImportedSeries) -> None:
        self.outcome = outcome
        text, found = report(outcome), notes(outcome)
        # What the whole file shows may be more than what its first rows did.
        if not text and set(found) <= set(self.detected.toPlainText().splitlines()):
            self.accept()
            return
        self.detected.show_notes(found)
        if text:
            self.report.show_text(text)
        self.copy.setVisible(bool(outcome.bad_lines))
        self.status.setText(summary(outcome))
        self.start.setText(_("Use this data"))
        self.start.setFocus()

    def _forget_outcome(self) -> None:
        self.outcome = None
        self.report.hide()
        self.copy.hide()
        self.start.setText(_("Import"))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
