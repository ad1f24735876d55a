"""Labelled fields in rows, each with room for its problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QVBoxLayout, QWidget

from nnplay.experiment import Problem
from nnplay.gui.forms.problems import ProblemStack
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import sized
from nnplay.translation import _

LABEL_WIDTH = 108
"""The minimum width that aligns the fields of consecutive forms."""


class RowLabel(PlainLabel):
    """The label of a field; a double click or its menu resets the field to its default."""

    reset_asked = Signal(str)

    def __init__(self, name: str, text: str, default: str) -> None:
        super().__init__(text)
        self._name, self._default, self._plain = name, default, text
        self._marked = False
        self.setWordWrap(True)
        sized(self, minimumWidth=LABEL_WIDTH)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)

    def mark(self, marked: bool) -> None:
        """Add or remove a dot after the name."""
        if marked != self._marked:
            self._marked = marked
            self.setText(f"{self._plain}\u00a0•" if marked else self._plain)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the default."""
        if self._default:
            self._ask()
        super().mouseDoubleClickEvent(event)

    def menu(self) -> QMenu:
        """Return the menu of the label."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(_("Reset to {value}").format(value=self._default)).triggered.connect(
            self._ask
        )
        return menu

    def _menu(self, at: QPoint) -> None:
        if self._default:
            self.menu().popup(self.mapToGlobal(at))

    def _ask(self) -> None:
        self.reset_asked.emit(self._name)


@dataclass(frozen=True)
class _Row:
    label: RowLabel
    editor: QWidget
    complaint: QLabel
    problems: ProblemStack


class FieldRows(QWidget):
    """A column of labels and a column of editors."""

    reset_asked = Signal(str)
    fix_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, _Row] = {}
        self._idle: frozenset[str] = frozenset()
        self._faulty: frozenset[str] = frozenset()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE * 3 // 4)
        self._grid.setVerticalSpacing(SPACE // 2)
        self._grid.setColumnStretch(1, 1)

    def add(self, name: str, label: str, editor: QWidget, tip: str, default: str = "") -> None:
        """Add a field; `default` is the text of its default value, if it can be reset."""
        row = _Row(
            RowLabel(name, sentence_case(label), default), editor, PlainLabel(), ProblemStack()
        )
        row.label.setToolTip(plain(tip))
        row.label.setBuddy(editor)
        row.label.reset_asked.connect(self.reset_asked)
        editor.setToolTip(plain(tip))
        row.complaint.setWordWrap(True)
        row.complaint.setObjectName("problem")
        row.complaint.hide()
        row.problems.fix_asked.connect(self.fix_asked)
        under = QVBoxLayout()
        under.setSpacing(SPACE // 2)
        under.addWidget(row.complaint)
        under.addWidget(row.problems)
        at = self._grid.rowCount()
        self._grid.addWidget(row.label, at, 0)
        self._grid.addWidget(editor, at, 1)
        self._grid.addLayout(under, at + 1, 0, 1, 2)
        self._rows[name] = row

    def complain(self, name: str, complaint: str) -> None:
        """Show under a field what was expected instead of the typed text; empty for nothing."""
        row = self._rows[name]
        row.complaint.setText(complaint)
        row.complaint.setVisible(bool(complaint))

    def show_problems(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Show problems under the fields that they concern."""
        self._faulty = frozenset(name for name in self._rows if problems.get(name))
        self._show_rows()
        for name, row in self._rows.items():
            row.problems.show_problems(problems.get(name, ()))

    def set_unused(self, names: frozenset[str]) -> None:
        """Hide fields that currently have no effect, unless they have a problem."""
        self._idle = names
        self._show_rows()

    def _show_rows(self) -> None:
        for name, row in self._rows.items():
            shown = name not in self._idle or name in self._faulty
            row.label.setVisible(shown)
            row.editor.setVisible(shown)

    def editor(self, name: str) -> QWidget:
        """Return the editor of a field."""
        return self._rows[name].editor

    def label(self, name: str) -> RowLabel:
        """Return the label of a field."""
        return self._rows[name].label

    def names(self) -> tuple[str, ...]:
        """Return the fields from top to bottom."""
        return tuple(self._rows)


def sentence_case(label: str) -> str:
    """Capitalise the first letter of a label, except a symbol, whose meaning would change."""
    is_symbol = len(label) == 1 or "\u0370" <= label[:1] <= "\u03ff"
    return label if is_symbol else label[:1].upper() + label[1:]
