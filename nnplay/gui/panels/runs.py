"""The recorded runs of the document: what differs, how well each did, and which are compared."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.registry import panel
from nnplay.gui.runs.run_list import RunAction, RunCommand, RunList
from nnplay.gui.style.theme import SPACE
from nnplay.translation import _, n_

_LONGEST_NOTE = 500


@panel(n_("Runs"), "side", 30, stays_open=True)
class RunsPanel(Panel):
    """A list of runs, with buttons for the chosen one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.runs.run_list_view import RunListView

        super().__init__(parent)
        self.list = RunListView(self)
        self._noted = ""
        """The id of the run whose note is being written."""
        self.note_field = QLineEdit(self)
        self.note_field.setMaxLength(_LONGEST_NOTE)
        self.note_field.setPlaceholderText(_("Note on this run"))
        self.note_field.setAccessibleName(_("Note on the run"))
        self.note_field.hide()
        self.note_field.returnPressed.connect(self._keep_note)
        self.note_field.editingFinished.connect(self._keep_note)
        escape = QShortcut(QKeySequence("Esc"), self.note_field, self._leave_note)
        escape.setContext(escape.context().WidgetShortcut)
        self.show_button = self.add_tool(
            _("Show this run"), _("Show this run in all views (Enter)"), self._show, icon="show"
        )
        self.use_button = self.add_tool(
            _("Use this experiment"),
            _("Use this experiment: the editors show it, and Train runs it again"),
            self._use, icon="use",
        )  # fmt: skip
        self.continue_button = self.add_tool(
            _("Continue as a new run"),
            _("Continue as a new run: trains on from the last step of this one"),
            self._continue, icon="branch",
        )  # fmt: skip
        self.rename_button = self.add_tool(
            _("Rename"), _("Rename (F2)"), self._rename, icon="rename"
        )
        self.note_button = self.add_tool(
            _("Note"), _("Write a note (N)"), self._write_note, icon="note"
        )
        self.pin_button = self.add_tool(
            _("Pin"), _("Pin: a pinned run never makes room for new ones (P)"), self._pin,
            icon="pin",
        )  # fmt: skip
        self.delete_button = self.add_tool(
            _("Delete"), _("Delete the run (Delete); Undo brings it back"), self._delete,
            icon="delete",
        )  # fmt: skip
        self._buttons = (
            self.show_button, self.use_button, self.continue_button, self.rename_button,
            self.note_button, self.pin_button, self.delete_button,
        )  # fmt: skip
        self.list.asked.connect(self._do)
        self.list.commanded.connect(self.run_asked)
        self.list.chosen.connect(self._show_chosen)
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACE // 2, 0, SPACE // 2, SPACE // 2)
        column.setSpacing(SPACE // 2)
        column.addWidget(self.list, 1)
        column.addWidget(self.note_field)
        self.set_content(content)
        self.show_runs(RunList())

    def show_runs(self, runs: RunList) -> None:
        """List the runs, the newest first."""
        from nnplay.gui.runs.run_rows import run_rows

        self.list.can_restore = runs.can_restore
        self.list.show_rows(run_rows(runs))
        empty = _("Every run is kept here: train twice to compare two settings.")
        self.set_empty("" if runs.runs else empty)
        self._show_chosen()

    @Slot()
    def _show_chosen(self) -> None:
        for button in self._buttons:
            button.setEnabled(self.list.row is not None)

    @Slot(str)
    def _do(self, action: RunAction) -> None:
        """Carry out an action on the chosen run."""
        row = self.list.row
        if row is None:
            return
        if action == "rename":
            self.list.rename()
        elif action == "note":
            self._noted = row.id
            self.note_field.setText(row.note)
            self.note_field.show()
            self.note_field.setFocus()
        elif action == "pin":
            self.run_asked.emit(RunCommand("pin", row.id, on=not row.is_pinned))
        elif action == "compare":
            self.run_asked.emit(RunCommand("compare", row.id, on=row.place is None))
        else:
            self.run_asked.emit(RunCommand(action, row.id))

    def _show(self) -> None:
        self._do("show")

    def _use(self) -> None:
        self._do("use")

    def _continue(self) -> None:
        self._do("continue")

    def _rename(self) -> None:
        self._do("rename")

    def _write_note(self) -> None:
        self._do("note")

    def _pin(self) -> None:
        self._do("pin")

    def _delete(self) -> None:
        self._do("delete")

    @Slot()
    def _keep_note(self) -> None:
        if self._noted:
            text = " ".join(self.note_field.text().split())
            self.run_asked.emit(RunCommand("note", self._noted, text))
        self._leave_note()

    @Slot()
    def _leave_note(self) -> None:
        self._noted = ""
        had_focus = self.note_field.hasFocus()
        self.note_field.hide()
        if had_focus:
            self.list.setFocus()


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(RunsPanel))
