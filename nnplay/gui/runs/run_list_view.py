"""The list of runs, with its keys and its menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QWidget

from nnplay.exports import export_formats
from nnplay.gui.runs.run_delegate import RunDelegate
from nnplay.gui.runs.run_list import RunCommand
from nnplay.gui.runs.run_model import ROW, RunModel
from nnplay.gui.runs.run_rows import RunRow
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import bus
from nnplay.gui.style.zoom import px
from nnplay.translation import _

_KEYS = {
    Qt.Key.Key_Delete: "delete",
    Qt.Key.Key_P: "pin",
    Qt.Key.Key_N: "note",
    Qt.Key.Key_Return: "show",
    Qt.Key.Key_Enter: "show",
}


class RunListView(QListView):
    """Runs that can be chosen, checked, renamed and deleted."""

    asked = Signal(str)
    """An action for the chosen run, see `RunAction`."""
    commanded = Signal(object)
    """A RunCommand."""
    chosen = Signal()
    """Another run was chosen, or none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunModel(self)
        self.can_restore = False
        """Whether Ctrl+Z brings a deleted run back."""
        self.setModel(self.runs)
        self.setItemDelegate(RunDelegate(self))
        self.setAccessibleName(_("Runs"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.runs.commanded.connect(self.commanded)
        bus.changed.connect(self.scheduleDelayedItemsLayout)
        bus.changed.connect(self.viewport().update)

    @property
    def row(self) -> RunRow | None:
        """The run that is chosen."""
        index = self.currentIndex()
        row: RunRow | None = index.data(ROW) if index.isValid() else None
        return row

    def show_rows(self, rows: tuple[RunRow, ...]) -> None:
        """Show runs; the one that was chosen stays chosen, or the newest is."""
        before = self.row
        known = {row.id for row in self.runs.rows}
        place = self.currentIndex().row()
        self.runs.show_rows(rows)
        self.scheduleDelayedItemsLayout()
        if before is not None and self.runs.index_of(before.id).isValid():
            self.setCurrentIndex(self.runs.index_of(before.id))
        elif rows:
            # Where a run was deleted, the next one is chosen.
            self.setCurrentIndex(self.runs.index(min(max(place, 0), len(rows) - 1)))
        if rows and rows[0].id not in known:
            self.scrollToTop()
        self.chosen.emit()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Say that another run is chosen."""
        super().selectionChanged(selected, deselected)
        self.chosen.emit()

    def minimumSizeHint(self) -> QSize:
        """Return room for one run."""
        return QSize(160, px(60))

    def event(self, event: QEvent) -> bool:
        """Take the keys that have a meaning for runs before the menus do."""
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            undoes = event.matches(QKeySequence.StandardKey.Undo) and self.can_restore
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if undoes or (plain and event.key() in (*_KEYS, Qt.Key.Key_F2)):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Carry out what a key means for the chosen run."""
        if self.state() == QAbstractItemView.State.EditingState:
            # Enter, after a name was typed, comes here as well.
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Undo) and self.can_restore:
            self.commanded.emit(RunCommand("restore"))
        elif not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier and (
            (action := _KEYS.get(Qt.Key(event.key()))) is not None
        ):
            self.asked.emit(action)
        else:
            super().keyPressEvent(event)

    def rename(self) -> None:
        """Let the user type another name for the chosen run."""
        if self.row is not None:
            self.setFocus()
            self.edit(self.currentIndex())

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        menu = self.menu()
        if self.indexAt(at).isValid():
            menu.exec(self.viewport().mapToGlobal(at))
        menu.deleteLater()

    def menu(self) -> QMenu:
        """Return the menu for the chosen run."""
        menu = QMenu(self)
        row = self.row
        if row is None:
            return menu
        pin = _("Unpin") if row.is_pinned else _("Pin")
        compare = _("Hide its curves") if row.place is not None else _("Compare its curves")
        for action, text, key in (
            ("show", _("Show this run"), "Return"),
            ("compare", compare, "Space"),
            ("use", _("Use this experiment"), ""),
            ("continue", _("Continue as a new run"), ""),
            ("export", _("Export"), ""),
            ("", "", ""),
            ("rename", _("Rename"), "F2"),
            ("note", _("Note…"), "N"),
            ("pin", pin, "P"),
            ("delete", _("Delete"), "Del"),
        ):
            if not action:
                menu.addSeparator()
                continue
            if action == "export":
                self._add_exports(menu.addMenu(text), row)
                continue
            entry = menu.addAction(text)
            entry.setShortcut(QKeySequence(key))
            entry.setData(action)
            entry.triggered.connect(self._take_entry)
        return menu

    def _add_exports(self, menu: QMenu, row: RunRow) -> None:
        menu.setToolTipsVisible(True)
        for format_ in export_formats():
            entry = menu.addAction(f"{_(format_.label)}…")
            entry.setData(RunCommand("export", row.id, format_.key))
            entry.triggered.connect(self._take_export)
            if format_.needs_run and not row.has_result:
                entry.setEnabled(False)
                entry.setToolTip(plain(format_.refusal(None)))

    @Slot()
    def _take_export(self) -> None:
        entry = self.sender()
        assert isinstance(entry, QAction)
        self.commanded.emit(entry.data())

    @Slot()
    def _take_entry(self) -> None:
        entry = self.sender()
        assert isinstance(entry, QAction)
        self.asked.emit(entry.data())
