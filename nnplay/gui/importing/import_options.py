"""The choices above the preview: how the file is read, and what the network learns from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QWidget

from nnplay.catalog import Param, Series, Table
from nnplay.catalog.datasets.files import DELIMITERS, ENCODINGS, MOST_LINES_ABOVE
from nnplay.catalog.datasets.tables import MISSING
from nnplay.data.importing.columns import Task
from nnplay.data.importing.inputs import Missing
from nnplay.data.importing.preview import Preview
from nnplay.data.importing.source_file import SourceFile
from nnplay.gui.forms import NumberField
from nnplay.gui.forms.fields import CalmComboBox, TextField
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE
from nnplay.translation import _, n_

_STEPS = next(p for p in Series.params() if p.name == "steps")
_WORDS = next(p for p in Table.params() if p.name == "missing_words")
_ABOVE, _BELOW = (
    Param(name, "int", 0, help_, label, low=0, high=MOST_LINES_ABOVE)
    for name, label, help_ in (
        ("above", n_("Lines above"), n_("Lines to skip above the column names, such as a title.")),
        ("below", n_("Lines below"), n_("Lines to skip below the column names, such as units.")),
    )
)


@dataclass(frozen=True)
class ImportChoice:
    """What the network is to learn from the file."""

    is_series: bool
    target: int
    task: Task
    missing: Missing
    steps: int
    missing_words: str
    exact_words: bool


class ImportOptions(QWidget):
    """Shows what was guessed, and lets the user correct it."""

    reading_changed = Signal(object)
    """The SourceFile that says how to read the file instead; the same if only words are read in
    another way."""
    choice_changed = Signal()
    """Something else is to be learned."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._origin = SourceFile(Path())
        self._given_task: Task = "auto"
        self.sheet, self.delimiter, self.encoding = CalmComboBox(), CalmComboBox(), CalmComboBox()
        self.decimal, self.use, self.target = CalmComboBox(), CalmComboBox(), CalmComboBox()
        self.task, self.missing = CalmComboBox(), CalmComboBox()
        self.heading = QCheckBox(_("Then a line of column names"))
        self.exact_words = QCheckBox(_("Upper and lower case differ"))
        self.missing_words = TextField(_WORDS)
        self.above, self.below = NumberField(_ABOVE, step=1), NumberField(_BELOW, step=1)
        self._chose_use = False
        self.steps = NumberField(_STEPS)
        for name, sign in DELIMITERS.items():
            self.delimiter.addItem(_(name), sign)
        for name in ENCODINGS:
            self.encoding.addItem(name.upper(), name)
        self.decimal.addItem(_("point: 1.5"), False)
        self.decimal.addItem(_("comma: 1,5"), True)
        self.use.addItem(_("a table"), False)
        self.use.addItem(_("a time series"), True)
        for task, words in (("classes", _("classes")), ("numbers", _("numbers"))):
            self.task.addItem(words, task)
        for policy, words in zip(MISSING, _policy_words(), strict=True):
            self.missing.addItem(words, policy)
        self._lay_out()
        self._set_rows(is_text=True)
        for box in (self.sheet, self.delimiter, self.encoding, self.decimal):
            box.activated.connect(self._reread)
        self.heading.clicked.connect(self._reread)
        self.exact_words.clicked.connect(self._reread_words)
        self.missing_words.value_edited.connect(self._reread_words)
        self.above.value_edited.connect(self._reread_lines)
        self.below.value_edited.connect(self._reread_lines)
        self.use.activated.connect(self._choose_use)
        self.target.activated.connect(self._choose_target)
        self.task.activated.connect(self._choose_task)
        self.missing.activated.connect(self.choice_changed)
        self.steps.value_edited.connect(self.choice_changed)
        self._show_use()

    def numbers(self) -> tuple[NumberField, ...]:
        """Return the fields of numbers, which can complain."""
        return self.above, self.below, self.steps

    @property
    def choice(self) -> ImportChoice:
        """What the network is to learn."""
        return ImportChoice(
            bool(self.use.currentData()),
            max(0, self.target.currentIndex()),
            self._given_task,
            self.missing.currentData(),
            int(self.steps.value),
            self.missing_words.text().strip(),
            self.exact_words.isChecked(),
        )

    def show_preview(self, origin: SourceFile, preview: Preview, target: int) -> None:
        """Show how a file was read; emits nothing."""
        layout = preview.layout
        self._origin = replace(origin, sheet=preview.sheet)
        is_text = not preview.sheets
        self._set_rows(is_text)
        self._fill_sheets(preview)
        self.delimiter.setCurrentIndex(self.delimiter.findData(layout.delimiter))
        self.encoding.setCurrentIndex(self.encoding.findData(layout.encoding))
        self.decimal.setCurrentIndex(int(layout.comma))
        self.heading.setChecked(layout.has_header)
        self.above.show_value(layout.above)
        self.below.show_value(layout.below)
        self.below.setEnabled(layout.has_header)
        self._fill(self.target, layout.columns, layout.columns[target])
        self._given_task = "auto"
        if not self._chose_use:
            self.use.setCurrentIndex(int(len(layout.columns) == 1))
        self._show_use()

    def show_target(self, target: int, task: str) -> None:
        """Show which column is the target, and of what kind; emits nothing."""
        self.target.setCurrentIndex(target)
        if self._given_task == "auto":
            self.task.setCurrentIndex(max(0, self.task.findData(task)))

    def _fill(self, box: QComboBox, texts: tuple[str, ...], now: str) -> None:
        with QSignalBlocker(box):
            box.clear()
            box.addItems(texts)
            box.setCurrentIndex(max(0, texts.index(now) if now in texts else 0))

    def _fill_sheets(self, preview: Preview) -> None:
        with QSignalBlocker(self.sheet):
            self.sheet.clear()
            for name in preview.sheets:
                text = _("{name} (hidden)").format(name=name) if name in preview.hidden else name
                self.sheet.addItem(text, name)
            self.sheet.setCurrentIndex(max(0, self.sheet.findData(preview.sheet)))

    def _reread(self) -> None:
        sender = self.sender()
        origin = self._origin
        if sender is self.sheet:
            # Another sheet has other columns: everything is detected once more.
            self._chose_use = False
            origin = SourceFile(origin.path, self.sheet.currentData())
        elif sender is self.heading:
            has_header = self.heading.isChecked()
            origin = replace(origin, has_header=has_header, below=None)
        elif sender is self.delimiter:
            origin = replace(origin, delimiter=self.delimiter.currentData())
        elif sender is self.encoding:
            origin = replace(origin, encoding=self.encoding.currentData())
        else:
            origin = replace(origin, comma=bool(self.decimal.currentData()))
        self.reading_changed.emit(origin)

    def _reread_lines(self, name: str, value: object) -> None:
        assert isinstance(value, int)
        # The lines below belong to the heading that was.
        lines: dict[str, Any] = {"below": None, name: value}
        self.reading_changed.emit(replace(self._origin, **lines))

    def _reread_words(self) -> None:
        self.reading_changed.emit(self._origin)

    def _choose_use(self) -> None:
        self._chose_use = True
        self._show_use()
        self.choice_changed.emit()

    def _choose_target(self) -> None:
        self._given_task = "auto"
        self.choice_changed.emit()

    def _choose_task(self) -> None:
        self._given_task = self.task.currentData()
        self.choice_changed.emit()

    def _show_use(self) -> None:
        is_series = bool(self.use.currentData())
        for_table = (self.task, self.missing, self.missing_words, self.exact_words)
        labels = (self._labels[name] for name in ("task", "missing", "missing_words"))
        for widget in (*for_table, *labels):
            widget.setVisible(not is_series)
        self.steps.setVisible(is_series)
        self._labels["steps"].setVisible(is_series)

    def _set_rows(self, is_text: bool) -> None:
        for name, box in (
            ("delimiter", self.delimiter),
            ("encoding", self.encoding),
            ("decimal", self.decimal),
        ):
            box.setVisible(is_text)
            self._labels[name].setVisible(is_text)
        self.sheet.setVisible(not is_text)
        self._labels["sheet"].setVisible(not is_text)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(SPACE)
        self._labels: dict[str, QLabel] = {}
        places = (
            ("sheet", _("Sheet"), self.sheet, 0, 0),
            ("delimiter", _("Delimiter"), self.delimiter, 0, 0),
            ("encoding", _("Encoding"), self.encoding, 0, 2),
            ("decimal", _("Decimal mark"), self.decimal, 0, 4),
            ("use", _("Use as"), self.use, 1, 0),
            ("target", _("Target column"), self.target, 1, 2),
            ("task", _("as"), self.task, 1, 4),
            ("steps", _("window length"), self.steps, 1, 4),
            ("missing", _("Missing values"), self.missing, 2, 0),
            ("missing_words", _("Words for missing"), self.missing_words, 2, 2),
            ("above", _("Lines above"), self.above, 3, 0),
            ("below", _("Lines below"), self.below, 3, 4),
        )
        for name, text, field, row, column in places:
            label = PlainLabel(text)
            label.setBuddy(field)
            field.setAccessibleName(text)
            self._labels[name] = label
            grid.addWidget(label, row, column)
            grid.addWidget(field, row, column + 1)
        grid.addWidget(self.exact_words, 2, 4, 1, 2)
        grid.addWidget(self.heading, 3, 2, 1, 2)
        self.missing_words.setPlaceholderText(_("detected"))
        for column in (1, 3, 5):
            grid.setColumnStretch(column, 1)
        self.missing.setToolTip(
            _("How missing values are filled. Rows without a target are always dropped.")
        )
        self.missing_words.setToolTip(
            _(
                "Words that denote missing values, separated by commas, such as: none, -999. "
                "They are detected if the field is empty."
            )
        )
        self.exact_words.setToolTip(
            _("Otherwise, words that differ only by upper and lower case are one category.")
        )
        self.above.setToolTip(plain(_(_ABOVE.help)))
        self.below.setToolTip(plain(_(_BELOW.help)))
        self.use.setToolTip(
            _(
                "In a table, the target is predicted from the other columns. In a time series, the "
                "next value of a column is predicted from the values before it."
            )
        )
        self.steps.setToolTip(_("Number of consecutive values that the network sees."))


def _policy_words() -> tuple[str, ...]:
    return (
        _("fill with the mean"),
        _("fill with the most frequent value"),
        _("drop the row"),
    )
