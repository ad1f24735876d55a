"""The editors of a parameter: number, yes or no, choice, line of text."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)

from nnplay.catalog import Param, Value
from nnplay.gui.forms.numbers import Number, read_number, step_number, write_number
from nnplay.gui.forms.param_words import value_words, zero_words
from nnplay.gui.style.theme import SPACE, theme
from nnplay.gui.style.zoom import sized
from nnplay.translation import _

_SWITCH = QSize(30, 17)
_BESIDE_TEXT = 4
"""Horizontal margin beside the text of a closed list, in pixels."""


def _leaves_undo(field: QWidget, event: QEvent) -> bool:
    """Return whether the event is handled: undo and redo belong to the window."""
    if not shiboken6.isValid(field):
        return True  # Qt still sends events while it destroys the field
    if event.type() != QEvent.Type.ShortcutOverride:
        return False
    assert isinstance(event, QKeyEvent)
    keys = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
    if not any(event.matches(key) for key in keys):
        return False
    event.ignore()
    return True


class NumberField(QAbstractSpinBox):
    """A number to type, or to change with arrow keys, wheel and buttons in suitable steps."""

    value_edited = Signal(str, object)
    complaint_changed = Signal(str, str)
    """(name, what was expected), empty if the text is valid; the text stays as typed."""

    def __init__(
        self,
        param: Param,
        *,
        suffix: str = "",
        grouped: bool = True,
        step: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        """Create a field; `step` replaces the usual steps by constant ones."""
        super().__init__(parent)
        self.param = param
        self._suffix, self._grouped, self._step = suffix, grouped, step
        self._value: Number = 0
        self._complaint = ""
        self.setAccessibleName(_(param.label))
        sized(self, minimumWidth=88)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().textEdited.connect(self._read)
        self.show_value(param.default)

    @property
    def value(self) -> Number:
        """The last legal value."""
        return self._value

    @property
    def complaint(self) -> str:
        """What was expected instead of the current text, or an empty text."""
        return self._complaint

    def show_value(self, value: Value) -> None:
        """Show a value; emits nothing and keeps a text being typed if its value has not changed."""
        assert isinstance(value, int | float)
        number: Number = int(value) if self.param.type == "int" else float(value)
        if number != self._value or not self.lineEdit().text():
            self._value = number
            self._rewrite()

    def stepBy(self, steps: int) -> None:
        """Go up or down in suitable steps and emit the value at once."""
        if self._step:
            new: Number = self._value + self._step * steps
            new = max(new, self.param.low) if self.param.low is not None else new
            new = min(new, self.param.high) if self.param.high is not None else new
            new = int(new) if self.param.type == "int" else float(new)
        else:
            new = step_number(self._value, self.param, steps)
        changed = new != self._value
        self._value = new
        self._rewrite()
        self.selectAll()
        if changed:
            self.value_edited.emit(self.param.name, new)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Stop at the limits."""
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self.param.low is None or self._value > self.param.low:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        if self.param.high is None or self._value < self.param.high:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        return flags

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept every text: errors are explained below the field."""
        return QValidator.State.Acceptable, text, position

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window, which undoes edits of the experiment."""
        return _leaves_undo(self, event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter accepts the text, Escape restores the last legal value."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
            self.selectAll()
        elif event.key() == Qt.Key.Key_Escape and self._differs():
            self._rewrite()
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Accept the text; an illegal one stays, with its complaint."""
        self._take()
        super().focusOutEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel, not the number, unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _read(self, text: str) -> None:
        reading = read_number(self._bare(text), self.param)
        if reading.value is None:
            self._complain("" if reading.unfinished else reading.complaint)
        elif self.param.live:
            # The current run applies this value at once, so it is emitted only on Enter or when the
            # field loses the focus: not the 1 while typing 1e-3.
            self._complain("")
        else:
            self._complain("")
            self._give(reading.value)

    def _take(self) -> None:
        if not self._differs():
            return
        reading = read_number(self._bare(self.lineEdit().text()), self.param)
        if reading.value is None:
            self._complain(reading.complaint)
        else:
            self._give(reading.value)
            self._rewrite()

    def _give(self, value: Number) -> None:
        if value != self._value:
            self._value = value
            self.value_edited.emit(self.param.name, value)

    def _rewrite(self) -> None:
        self.lineEdit().setText(self._written())
        self._complain("")

    def _written(self) -> str:
        number = write_number(self._value, grouped=self._grouped)
        return number + self._suffix + zero_words(self.param, self._value)

    def _differs(self) -> bool:
        return self.lineEdit().text() != self._written()

    def _bare(self, text: str) -> str:
        if self.param.zero:
            text = text.partition("=")[0]
        return text.strip().removesuffix(self._suffix.strip())

    def _complain(self, complaint: str) -> None:
        if complaint and self._differs():
            now = _("The value is still {value}.").format(value=self._written())
            complaint = f"{complaint} {now}"
        if complaint != self._complaint:
            self._complaint = complaint
            self.complaint_changed.emit(self.param.name, complaint)


class Switch(QCheckBox):
    """A check box drawn as a switch with its text beside it."""

    def sizeHint(self) -> QSize:
        """Return the size of the switch and the text."""
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(_SWITCH.width() + (text + SPACE if text else 0) + 4, 22)

    def hitButton(self, at: QPoint) -> bool:
        """Accept clicks on the switch and its text, not on the empty space after them."""
        return QRect(QPoint(0, 0), self.sizeHint()).contains(at)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a pill with a knob on the side of its state."""
        t = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRect(QPoint(2, (self.height() - _SWITCH.height()) // 2), _SWITCH)
        on, enabled = self.isChecked(), self.isEnabled()
        painter.setPen(QPen(QColor(t.accent if on and enabled else t.muted), 1))
        painter.setBrush(QColor(t.accent if on and enabled else t.raised))
        painter.drawRoundedRect(pill, 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.on_accent if on and enabled else t.muted))
        left = pill.right() - 13 if on else pill.left() + 3
        painter.drawEllipse(left, pill.top() + 3, 11, 11)
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.text), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(pill.adjusted(-2, -2, 2, 2), 10, 10)
        painter.setPen(QColor(t.text if enabled else t.muted))
        beside = self.rect().adjusted(_SWITCH.width() + SPACE, 0, 0, 0)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, self.text())


class BoolField(Switch):
    """Yes or no."""

    value_edited = Signal(str, object)

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self.setAccessibleName(_(param.label))
        self.clicked.connect(self._clicked)
        self.show_value(param.default)

    def show_value(self, value: Value) -> None:
        """Show a value; emits nothing."""
        self.setChecked(bool(value))

    def _clicked(self, checked: bool) -> None:
        self.value_edited.emit(self.param.name, checked)


class CalmComboBox(QComboBox):
    """A combo box that lets the wheel scroll the panel unless it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        sized(self, minimumWidth=64)
        # Long names are elided in the closed box instead of widening the column.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Elide the text with an ellipsis: a word that is cut off looks like another word."""
        super().initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        box = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        room = box.width() - _BESIDE_TEXT
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel, not the choice, unless it has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceField(CalmComboBox):
    """A choice from a few options."""

    value_edited = Signal(str, object)

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self.setAccessibleName(_(param.label))
        for choice in param.choices:
            self.addItem(value_words(param, choice), choice)
        self.activated.connect(self._activated)
        self.show_value(param.default)

    def show_value(self, value: Value) -> None:
        """Show a value; emits nothing."""
        self.setCurrentIndex(self.findData(value))

    def _activated(self, index: int) -> None:
        self.value_edited.emit(self.param.name, self.itemData(index))


class TextField(QLineEdit):
    """A line of text that can mark one of its characters as wrong."""

    value_edited = Signal(str, object)

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self._mark: int | None = None
        self.setAccessibleName(_(param.label))
        sized(self, minimumWidth=88)
        self.setMaxLength(param.longest)
        self.textEdited.connect(self._edited)
        self.show_value(param.default)

    def show_value(self, value: Value) -> None:
        """Show a value; emits nothing, and the cursor stays if the text is the same."""
        if value != self.text():
            self.setText(str(value))

    def show_mark(self, at: int | None) -> None:
        """Underline the character at index `at`; None removes the line."""
        self._mark = at
        self.update()

    def mark(self) -> int | None:
        """Return the index of the underlined character."""
        return self._mark

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window, which undoes edits of the experiment."""
        return _leaves_undo(self, event) or super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, and the line under its character, also after the last one."""
        super().paintEvent(event)
        if self._mark is None:
            return
        left, right = self._x_of(self._mark), self._x_of(self._mark + 1)
        right = max(right, left + self.fontMetrics().averageCharWidth())
        painter = QPainter(self)
        painter.setPen(QPen(QColor(theme().bad), 2))
        below = self.height() // 2 + self.fontMetrics().height() // 2 + 1
        painter.drawLine(left, below, right, below)

    def _x_of(self, at: int) -> int:
        # The text scrolls, and the cursor is the only position that Qt reports.
        width = self.fontMetrics().horizontalAdvance
        cursor = self.cursorRect().center().x()
        return cursor + width(self.text()[:at]) - width(self.text()[: self.cursorPosition()])

    def _edited(self, text: str) -> None:
        self.value_edited.emit(self.param.name, text)


Field = NumberField | BoolField | ChoiceField | TextField
"""An editor of one parameter: `param`, `value_edited(name, value)` and `show_value(value)`."""


def make_field(param: Param, parent: QWidget | None = None) -> Field:
    """Return the editor for a parameter."""
    if param.type == "bool":
        return BoolField(param, parent)
    if param.type == "choice":
        return ChoiceField(param, parent)
    if param.type == "text":
        return TextField(param, parent)
    return NumberField(param, parent=parent)
