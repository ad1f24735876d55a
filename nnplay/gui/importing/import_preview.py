"""The first rows of a table to import, with a list of types above each column."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnplay.data.importing.columns import Role
from nnplay.data.importing.preview import Preview
from nnplay.gui.style.plain import plain
from nnplay.gui.style.zoom import sized
from nnplay.translation import _, n_

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
TYPES: dict[Role, str] = {
    "n": n_("number"),
    "c": n_("category"),
    "d": n_("date"),
    "m": n_("date, month first"),
    "i": n_("ignore"),
    "t": n_("target"),
    "?": n_("empty"),
}
_CHOICES: tuple[Role, ...] = ("n", "c", "d", "m", "i", "t")
_TIPS: dict[Role, str] = {
    "n": n_("Numbers; a cell that is not a number counts as missing and is listed."),
    "c": n_("Categories, one-hot encoded."),
    "d": n_("Dates such as 2024-03-31 or 31.3.2024: days since the first, month and weekday."),
    "m": n_("Dates such as 3/31/2024: days since the first, month and weekday."),
    "i": n_("Not used."),
    "t": n_("What the network learns to predict."),
    "?": n_("Empty in the first rows; the type is determined from the whole file."),
}
WIDEST = 180
NARROWEST = 108


class TypesModel(QAbstractTableModel):
    """One row with the type of each column."""

    chosen = Signal(int, str)
    """(column, role)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.roles: list[Role] = []

    def show_columns(self, names: tuple[str, ...], roles: Sequence[Role]) -> None:
        """Show other columns; emits nothing."""
        self.beginResetModel()
        self.names, self.roles = names, list(roles)
        self.endResetModel()

    def show_roles(self, roles: Sequence[Role]) -> None:
        """Show other types of the same columns."""
        self.roles = list(roles)
        if roles:
            self.dataChanged.emit(self.index(0, 0), self.index(0, len(roles) - 1))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return 1, or 0 without columns."""
        return 0 if parent.isValid() or not self.names else 1

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the name, the description or the letter of a type."""
        letter = self.roles[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _(TYPES[letter])
        if role == Qt.ItemDataRole.ToolTipRole:
            return _(_TIPS[letter])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.names[index.column()]}: {_(TYPES[letter])}"
        return letter if role == Qt.ItemDataRole.EditRole else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Emit the choice of another type; who takes it shows it."""
        if value == self.roles[index.column()] or value not in TYPES:
            return False
        self.chosen.emit(index.column(), str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Make every type editable."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the name of a column."""
        across = orientation == Qt.Orientation.Horizontal
        if across and role == Qt.ItemDataRole.ToolTipRole:
            return plain(self.names[section])
        if across and role == Qt.ItemDataRole.DisplayRole:
            return self.names[section]
        return "" if role == Qt.ItemDataRole.DisplayRole else None


class RowsModel(QAbstractTableModel):
    """The first rows of the file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview: Preview | None = None

    def show_preview(self, preview: Preview | None) -> None:
        """Show the rows of another preview."""
        self.beginResetModel()
        self._preview = preview
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() or self._preview is None else len(self._preview.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        preview = self._preview
        return 0 if parent.isValid() or preview is None else len(preview.layout.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the text of a cell; numbers are aligned right."""
        assert self._preview is not None
        text = self._preview.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(text)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            number = self._preview.kinds[index.column()] == "n"
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the line number of a row in the file."""
        if role != Qt.ItemDataRole.DisplayRole or self._preview is None:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._preview.layout.columns[section]
        return f"{self._preview.lines[section]}"


class TypeDelegate(QStyledItemDelegate):
    """Draws a type as a closed combo box, and opens its list at once when edited."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a closed combo box."""
        box = QStyleOptionComboBox()
        box.rect = option.rect.adjusted(2, 2, -2, -2)
        box.palette = option.palette
        box.fontMetrics = option.fontMetrics
        box.state = QStyle.StateFlag.State_Enabled
        if option.state & QStyle.StateFlag.State_HasFocus:
            box.state |= QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected
        box.currentText = str(index.data())
        style = QApplication.style()
        style.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, box, painter)
        style.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, box, painter)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a combo box with the types."""
        box = QComboBox(parent)
        for letter in _CHOICES:
            box.addItem(_(TYPES[letter]), letter)
        box.activated.connect(self._commit)
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the current type and open the list."""
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))
        editor.showPopup()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Set the chosen type."""
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentData())

    def _commit(self) -> None:
        editor = self.sender()
        assert isinstance(editor, QWidget)
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)


class TypesView(QTableView):
    """The names and types of the columns; a letter sets the type of the current column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = TypeDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setEditTriggers(
            QTableView.EditTrigger.DoubleClicked | QTableView.EditTrigger.EditKeyPressed
        )
        self.setAccessibleName(_("Column types"))
        self.setToolTip(_("Click, or use the arrow keys and press Enter, N, C, D, M, I or T."))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the list with one click."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list with Enter or Space, set a type with its first letter."""
        index = self.currentIndex()
        letter = event.text().lower()
        if index.isValid() and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Space,
        ):
            self.edit(index)
        elif index.isValid() and letter and letter in _CHOICES:
            self.model().setData(index, letter)
        else:
            super().keyPressEvent(event)


class ImportPreview(QWidget):
    """The types above the rows; both scroll sideways together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preview")
        self.types_model, self.rows_model = TypesModel(self), RowsModel(self)
        self.types, self.rows = TypesView(), QTableView()
        self.types.setModel(self.types_model)
        self.rows.setModel(self.rows_model)
        self.rows.setAccessibleName(_("First rows of the file"))
        self.rows.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.rows.horizontalHeader().hide()
        sized(self.rows.verticalHeader(), defaultSectionSize=22)
        sized(self.types.verticalHeader(), defaultSectionSize=30)
        for view in (self.types, self.rows):
            view.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
            sized(view.verticalHeader(), minimumWidth=52, maximumWidth=52)
            view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            view.verticalHeader().setDefaultAlignment(
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.types.setHorizontalScrollBarPolicy(off)
        self.types.setVerticalScrollBarPolicy(off)
        self.rows.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        sized(self.types, minimumHeight=62, maximumHeight=62)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.types)
        layout.addWidget(self.rows, 1)
        self.rows.horizontalScrollBar().valueChanged.connect(
            self.types.horizontalScrollBar().setValue
        )
        self.types.horizontalScrollBar().valueChanged.connect(
            self.rows.horizontalScrollBar().setValue
        )
        self.types.horizontalHeader().sectionResized.connect(self._resize_column)

    def show_preview(self, preview: Preview | None, roles: Sequence[Role] = ()) -> None:
        """Show a preview, or nothing."""
        self.rows_model.show_preview(preview)
        self.types_model.show_columns(preview.layout.columns if preview else (), roles)
        bar = self.rows.verticalScrollBar().sizeHint().width()
        self.types.setViewportMargins(0, 0, 0, 0)
        self.types.horizontalHeader().setContentsMargins(0, 0, bar, 0)
        self._fit_columns()

    def show_roles(self, roles: Sequence[Role]) -> None:
        """Show other types of the same columns."""
        self.types_model.show_roles(roles)

    def event(self, event: QEvent) -> bool:
        """Pass the focus on to the types."""
        if event.type() == QEvent.Type.FocusIn:
            self.types.setFocus()
        return super().event(event)

    def _fit_columns(self) -> None:
        metrics = self.fontMetrics()
        sample = [self.rows_model.index(row, 0).row() for row in range(self.rows_model.rowCount())]
        for column in range(min(self.types_model.columnCount(), 200)):
            texts = [self.types_model.names[column]]
            texts += [str(self.rows_model.index(row, column).data()) for row in sample[:20]]
            wide = max(map(metrics.horizontalAdvance, texts)) + 24
            self.types.setColumnWidth(column, min(max(wide, NARROWEST), WIDEST))

    def _resize_column(self, column: int, _old: int, new: int) -> None:
        self.rows.setColumnWidth(column, new)
