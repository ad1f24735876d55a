"""A form with a field for each column of a table, for a sample of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import sized
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.link import InputColumn, InputColumns

MOST_FIELDS = 200
"""Fields that are shown; the other columns keep their typical values."""
_Field = QLineEdit | QComboBox


class ValuesForm(QWidget):
    """Numbers and dates to type and categories to choose, with the typical ones filled in."""

    typed = Signal()
    """A value was changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: InputColumns | None = None
        self._fields: tuple[_Field, ...] = ()
        self._complaint = PlainLabel(parent=self)
        self._complaint.setObjectName("problem")
        self._complaint.setWordWrap(True)
        self._complaint.hide()
        self._rows = QWidget(self)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self._rows)
        layout.addWidget(self._complaint)
        layout.addStretch(1)

    @property
    def fields(self) -> tuple[_Field, ...]:
        """The fields in the order of the columns."""
        return self._fields

    @property
    def complaint(self) -> str:
        """What is wrong with the first illegal value, nothing if all are legal."""
        return self._complaint.text() if not self._complaint.isHidden() else ""

    def show_columns(self, columns: InputColumns) -> None:
        """Show the columns; what was typed is kept if they have the same names and categories."""
        before, self._columns = self._columns, columns
        if before is None or _shapes(before) != _shapes(columns):
            self._build(columns)
            self.fill_in()

    @Slot()
    def fill_in(self) -> None:
        """Fill in the median or the most frequent value of the training samples everywhere."""
        if self._columns is None:
            return
        for field, column in zip(self._fields, self._columns.columns, strict=False):
            field.blockSignals(True)
            if isinstance(field, QComboBox):
                field.setCurrentText(column.typical)
            else:
                field.setText(column.typical)
                field.setCursorPosition(0)
            field.blockSignals(False)
        self.typed.emit()

    def inputs(self) -> tuple[float, ...] | None:
        """Return the inputs of what was typed, not scaled; None if a value is not legal."""
        if self._columns is None:
            return None
        # Late, as the first window need not wait for NumPy.
        from nnplay.data.new_samples.encoding import encode

        cells = [column.typical for column in self._columns.columns]
        for number, field in enumerate(self._fields):
            cells[number] = (
                field.currentText() if isinstance(field, QComboBox) else _number_text(field.text())
            )
        found = encode(self._columns, [cells])
        text = ""
        if found.complaints:
            first = found.complaints[0]
            text = _("{column}: {why}.").format(column=first.column, why=first.why)
        self._complaint.setText(text)
        self._complaint.setVisible(bool(text))
        return None if found.complaints else tuple(found.inputs[0].tolist())

    def _build(self, columns: InputColumns) -> None:
        old, self._rows = self._rows, QWidget(self)
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(SPACE // 2)
        grid.setColumnStretch(1, 1)
        shown = columns.columns[:MOST_FIELDS]
        self._fields = tuple(self._field(column) for column in shown)
        for row, (column, field) in enumerate(zip(shown, self._fields, strict=True)):
            label = PlainLabel(column.name, self._rows)
            label.setWordWrap(True)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1, Qt.AlignmentFlag.AlignVCenter)
        self._layout.replaceWidget(old, self._rows)
        old.deleteLater()

    def _field(self, column: InputColumn) -> _Field:
        field: _Field
        if column.kind == "category":
            field = QComboBox(self._rows)
            field.addItems(column.categories)
            field.currentIndexChanged.connect(self._tell)
        else:
            field = QLineEdit(self._rows)
            is_date = column.kind == "date"
            field.setPlaceholderText("2025-01-31" if is_date else _("number"))
            field.textEdited.connect(self._tell)
        field.setAccessibleName(column.name)
        field.setToolTip(
            plain(_("Typical in training: {value}").format(value=column.typical or "–"))
        )
        sized(field, minimumWidth=72)
        return field

    @Slot()
    def _tell(self) -> None:
        self.typed.emit()


class FormArea(QScrollArea):
    """Scrolls a form where there is no room for it, and is no higher than it."""

    def __init__(self, form: ValuesForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(form)
        self.viewport().setAutoFillBackground(False)
        form.setAutoFillBackground(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the height of the form."""
        form = self.widget()
        if watched is form and event.type() == QEvent.Type.LayoutRequest:
            self.setMaximumHeight(form.sizeHint().height())
        return super().eventFilter(watched, event)


def _shapes(columns: InputColumns) -> tuple[object, ...]:
    return tuple((one.name, one.kind, one.categories) for one in columns.columns)


def _number_text(text: str) -> str:
    """Return a typed text with a decimal comma as a point: nobody types groups of digits here."""
    head, comma, tail = text.partition(",")
    is_decimal = comma and tail.strip().isdigit() and "." not in head
    return f"{head}.{tail}" if is_decimal else text
