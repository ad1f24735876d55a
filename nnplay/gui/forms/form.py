"""A form generated from the parameters of a kind."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.catalog import Kind, Param, Value
from nnplay.experiment import Problem
from nnplay.gui.forms.fields import Field, NumberField, TextField, make_field
from nnplay.gui.forms.param_words import tooltip, value_words
from nnplay.gui.forms.rows import FieldRows
from nnplay.translation import _


class Form(QWidget):
    """The fields of the parameters of a kind; rebuilt only when the kind changes."""

    value_edited = Signal(str, object)
    """(name, value), legal for the parameter."""
    field_edited = Signal(str, str, object)
    """(part, name, value): the same with the part of the experiment that the form is for."""
    fix_asked = Signal(object)

    def __init__(self, part: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part = part
        self._params: tuple[Param, ...] = ()
        self._rows = FieldRows()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._rows)
        self.value_edited.connect(self._tell_part)
        self.hide()

    def show_kind(
        self, kind: Kind, *, only: Container[str] | None = None, without: Container[str] = ()
    ) -> None:
        """Show the values of a kind; a text being typed is kept if its value has not changed.

        `only` and `without` choose parameters by name, where another form shows the others.
        """
        # Rows of numbers are painted, and the results of an import cannot be edited.
        params = tuple(
            p
            for p in kind.params()
            if p.editable and p.type != "rows" and p.name not in without
            if only is None or p.name in only
        )
        self.show_values(params, kind.values())
        self._rows.set_unused(kind.unused())

    def show_values(self, params: tuple[Param, ...], values: Mapping[str, Value]) -> None:
        """Show the values of parameters by name."""
        if params != self._params:
            self._build(params)
        for param in params:
            self.field(param.name).show_value(values[param.name])

    def show_problems(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Show problems under the parameters that they concern."""
        self._rows.show_problems(problems)
        self.show_marks(problems)

    def show_marks(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Underline the offending characters, without messages."""
        for param in self._params:
            field = self.field(param.name)
            if isinstance(field, TextField):
                places = (problem.at for problem in problems.get(param.name, ()))
                field.show_mark(next((at for at in places if at is not None), None))

    def clear(self) -> None:
        """Show no parameters."""
        if self._params:
            self._build(())

    def params(self) -> tuple[Param, ...]:
        """Return the parameters shown, from top to bottom."""
        return self._params

    def field(self, name: str) -> Field:
        """Return the editor of a parameter."""
        editor = self._rows.editor(name)
        assert isinstance(editor, Field)
        return editor

    def rows(self) -> FieldRows:
        """Return the rows of labels and editors."""
        return self._rows

    def focus_first(self) -> bool:
        """Move the focus to the first field; return False if there is none."""
        if not self._params:
            return False
        field = self.field(self._params[0].name)
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(field, NumberField | TextField):
            field.selectAll()
        return True

    def _build(self, params: tuple[Param, ...]) -> None:
        old = self._rows
        self._rows = FieldRows()
        for param in params:
            field = make_field(param)
            default = value_words(param, param.default)
            self._rows.add(param.name, _(param.label), field, tooltip(param), default)
            field.value_edited.connect(self.value_edited)
            if isinstance(field, NumberField):
                field.complaint_changed.connect(self._rows.complain)
        self._rows.reset_asked.connect(self._reset)
        self._rows.fix_asked.connect(self.fix_asked)
        self._layout.replaceWidget(old, self._rows)
        old.hide()
        old.deleteLater()
        self._params = params
        self.setVisible(bool(params))

    def _tell_part(self, name: str, value: object) -> None:
        self.field_edited.emit(self._part, name, value)

    def _reset(self, name: str) -> None:
        param = next(p for p in self._params if p.name == name)
        self.value_edited.emit(name, param.default)
