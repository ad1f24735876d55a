"""The layer list as an item model; it changes nothing itself, a drop only requests a move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from nnplay.gui.editors.network.stack_rows import StackRow
from nnplay.gui.style.plain import plain
from nnplay.translation import _

MIME = "application/x-nnplay-layer"
ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class StackModel(QAbstractListModel):
    """The rows of a network: the input, the layers, the output."""

    move_asked = Signal(int, int)
    """(row, row to move it to), both of layers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[StackRow, ...] = ()
        self._stack: tuple[object, ...] = ()

    def show_rows(self, rows: tuple[StackRow, ...], stack: Sequence[object]) -> None:
        """Replace the rows with as few insertions, moves and removals as possible.

        `stack` identifies each row, so that selection and scroll position stay with their rows.
        """
        old, new = self._stack, tuple(stack)
        front = _common(old, new)
        back = min(_common(old[::-1], new[::-1]), min(len(old), len(new)) - front)
        removed, added = old[front : len(old) - back], new[front : len(new) - back]
        same = min(len(removed), len(added))
        if len(removed) == len(added):
            self._rearrange(front, removed, added, rows)
        elif len(removed) < len(added):
            self.beginInsertRows(_NOWHERE, front + same, front + len(added) - 1)
            self._rows = rows
            self.endInsertRows()
        else:
            self.beginRemoveRows(_NOWHERE, front + same, front + len(removed) - 1)
            self._rows = rows
            self.endRemoveRows()
        self._stack = new
        self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def _rearrange(
        self,
        front: int,
        removed: tuple[object, ...],
        added: tuple[object, ...],
        rows: tuple[StackRow, ...],
    ) -> None:
        last = front + len(removed) - 1
        if len(removed) > 1 and removed[1:] + removed[:1] == added:
            self.beginMoveRows(_NOWHERE, front, front, _NOWHERE, last + 1)
            self._rows = rows
            self.endMoveRows()
        elif len(removed) > 1 and removed[-1:] + removed[:-1] == added:
            self.beginMoveRows(_NOWHERE, last, last, _NOWHERE, front)
            self._rows = rows
            self.endMoveRows()
        else:
            self._rows = rows

    def row(self, index: Index) -> StackRow:
        """Return the content of a row."""
        return self._rows[index.row()]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of rows, including input and output."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row itself for `ROW`, and its texts for the usual roles."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            count = _("{n} parameters").format(n=row.parameters) if row.parameters else ""
            known = [row.summary, count, row.help, *(str(p.what) for p in row.problems)]
            return plain("\n".join(filter(None, known)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            frozen = _("frozen") if row.frozen else ""
            parts = [row.name, row.summary, frozen, row.shape, *(p.what for p in row.problems)]
            return ", ".join(part for part in parts if part)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Allow layers to be dragged, and dropped only between rows."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.row(index).role == "layer":
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def supportedDropActions(self) -> Qt.DropAction:
        """Return that dragging moves layers and never copies them."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Return the format of a dragged row."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the number of the dragged row."""
        data = QMimeData()
        data.setData(MIME, QByteArray(str(indexes[0].row()).encode()))
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Request the move and return False, so that the view removes nothing after the drag."""
        if data.hasFormat(MIME) and action == Qt.DropAction.MoveAction:
            text = bytes(data.data(MIME).data())
            last = len(self._rows) - 2
            source = int(text) if text.isdigit() else 0
            if 1 <= source <= last:
                gap = row if row >= 0 else parent.row() if parent.isValid() else len(self._rows)
                target = min(max(gap if gap <= source else gap - 1, 1), last)
                if target != source:
                    self.move_asked.emit(source, target)
        return False


def _common(one: tuple[object, ...], other: tuple[object, ...]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
