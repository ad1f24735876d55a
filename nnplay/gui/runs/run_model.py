"""The list of runs as a model for a view."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from nnplay.gui.runs.run_list import RunCommand
from nnplay.gui.runs.run_rows import RunRow
from nnplay.gui.style.plain import plain

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
LONGEST_NAME = 60
_NONE = QModelIndex()


class RunModel(QAbstractListModel):
    """Rows that can be checked and renamed; a change is a command, and comes back as new rows."""

    commanded = Signal(object)
    """A RunCommand."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[RunRow, ...] = ()

    @property
    def rows(self) -> tuple[RunRow, ...]:
        """All rows, the newest run first."""
        return self._rows

    def show_rows(self, rows: tuple[RunRow, ...]) -> None:
        """Show rows; where the runs are the same, what is selected stays."""
        if [row.id for row in rows] == [row.id for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def index_of(self, run_id: str) -> QModelIndex:
        """Return the index of a run; invalid if it is not in the list."""
        for number, row in enumerate(self._rows):
            if row.id == run_id:
                return self.index(number)
        return QModelIndex()

    def rowCount(self, parent: Index = _NONE) -> int:
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text of a row, its check mark, or all of it."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        roles = Qt.ItemDataRole
        if role == ROW:
            return row
        if role == roles.CheckStateRole:
            return Qt.CheckState.Unchecked if row.place is None else Qt.CheckState.Checked
        texts = {
            roles.DisplayRole: row.title,
            roles.EditRole: row.name,
            roles.ToolTipRole: plain(row.tip),
            roles.AccessibleTextRole: row.tip.replace("\n", ", "),
        }
        return texts.get(Qt.ItemDataRole(role))

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another name, or for the curves of the run to be shown or hidden."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.EditRole:
            name = " ".join(str(value).split())[:LONGEST_NAME]
            if name != row.name:
                self.commanded.emit(RunCommand("rename", row.id, name))
        elif role == Qt.ItemDataRole.CheckStateRole:
            self.commanded.emit(RunCommand("compare", row.id, on=row.place is None))
        else:
            return False
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a row."""
        flags = Qt.ItemFlag
        if not index.isValid():
            return flags.NoItemFlags
        return (
            flags.ItemIsEnabled
            | flags.ItemIsSelectable
            | flags.ItemIsEditable
            | flags.ItemIsUserCheckable
            | flags.ItemNeverHasChildren
        )
