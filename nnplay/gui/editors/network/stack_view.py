"""The layer list: rows are painted, with their problems as widgets below."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QCursor,
    QDrag,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnplay.gui.editors.network.stack_model import ROW, StackModel
from nnplay.gui.editors.network.stack_rows import StackRow
from nnplay.gui.forms import ProblemStack
from nnplay.gui.style.icons import icon
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.style.zoom import px
from nnplay.translation import _

Index = QModelIndex | QPersistentModelIndex
_COMPACT, _LOW, _TALL = 24, 26, 42
_FLAKE = 14
"""The size of the snowflake of a frozen layer."""
_ARROW = 14
"""The width of the arrow after the name."""
_GUTTER = 44
"""The width of the drag handle and the number, left of the name."""


class StackView(QListView):
    """A list of layers that can be selected and dragged."""

    fix_asked = Signal(object)
    kind_asked = Signal()
    """The user wants another kind for the selected row."""

    def __init__(self, model: StackModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._is_compact = False
        self._delegate = StackDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        bus.changed.connect(self.scheduleDelayedItemsLayout)
        bus.changed.connect(self.viewport().update)

    def place_problems(self) -> None:
        """Show the problems of each row below it, with buttons that can be reached by keyboard."""
        for number in range(self._model.rowCount()):
            index = self._model.index(number)
            problems = self._model.row(index).problems
            stack = self.indexWidget(index)
            if problems:
                if not isinstance(stack, ProblemStack):
                    stack = ProblemStack()
                    stack.fix_asked.connect(self.fix_asked)
                    self.setIndexWidget(index, stack)
                stack.show_problems(problems)
            elif stack is not None:
                self.setIndexWidget(index, None)  # type: ignore[arg-type]
        self.scheduleDelayedItemsLayout()

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the name of the layer beside the pointer, so that the gaps stay visible."""
        index = self.currentIndex()
        if not self._model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled:
            return
        drag = QDrag(self)
        drag.setMimeData(self._model.mimeData([index]))
        drag.setPixmap(_tag(self._model.row(index).name, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-2 * SPACE, -SPACE))
        drag.exec(Qt.DropAction.MoveAction)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, and a line where a dragged layer would be dropped."""
        super().paintEvent(event)
        if self.state() != QAbstractItemView.State.DraggingState:
            return
        rect = self.visualRect(self.indexAt(self.viewport().mapFromGlobal(QCursor.pos())))
        above = QAbstractItemView.DropIndicatorPosition.AboveItem
        if rect.isValid():
            y = rect.top() if self.dropIndicatorPosition() == above else rect.bottom()
            painter = QPainter(self.viewport())
            painter.fillRect(rect.left(), y - 1, rect.width(), 3, QColor(theme().accent))
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the selected row visible when the form below takes more room."""
        super().resizeEvent(event)
        if event.size().height() < event.oldSize().height():
            self.scrollTo(self.currentIndex())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for another kind on a click on the arrow of a row; else select or drag it."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        super().mousePressEvent(event)
        if index.isValid() and self.arrow_of(index).contains(at):
            self.setState(QAbstractItemView.State.NoState)  # no drag begins
            self.kind_asked.emit()

    def arrow_of(self, index: Index) -> QRect:
        """Return the place of the arrow that offers other kinds; empty where there are none."""
        row = self._model.row(index)
        if not row.has_other_kinds:
            return QRect()
        head = self.visualRect(index)
        head.setHeight(self.head_height(row))
        line = _first_line(head)
        left = _left_of_words(head, row) + QFontMetrics(_name_font(row)).horizontalAdvance(row.name)
        return QRect(left + px(_ARROW) // 2, line.top(), px(_ARROW), line.height())

    @property
    def is_compact(self) -> bool:
        """Whether each row is a single line."""
        return self._is_compact

    def set_compact(self, compact: bool) -> None:
        """Show each row as a single line, so that more of them are visible."""
        if compact != self._is_compact:
            self._is_compact = compact
            self.scheduleDelayedItemsLayout()

    def row_width(self) -> int:
        """Return the width of a row."""
        return self.viewport().width()

    def head_height(self, row: StackRow) -> int:
        """Return the height of a row without its problems."""
        return _head_height(row, self._is_compact)

    def rows_height(self, rows: int, *, compact: bool) -> int:
        """Return the height in pixels of the first rows, compact or not."""
        indexes = [self._model.index(row) for row in range(min(rows, self._model.rowCount()))]
        heads = sum(_head_height(self._model.row(index), compact) for index in indexes)
        return heads + sum(map(self.problems_height, indexes))

    def problems_height(self, index: Index) -> int:
        """Return the height of the problems below a row."""
        stack = self.indexWidget(index)
        if not isinstance(stack, ProblemStack):
            return 0
        return stack.heightForWidth(self.row_width() - SPACE) + SPACE // 2

    def minimumSizeHint(self) -> QSize:
        """Return room for three rows."""
        return QSize(160, 3 * px(_LOW))

    def sizeHint(self) -> QSize:
        """Return a few rows; stretching adds the rest of the height."""
        return QSize(240, 4 * px(_TALL))


class StackDelegate(QStyledItemDelegate):
    """Paints a row: handle, number, name and shape; below, summary and parameter count."""

    def __init__(self, view: StackView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of the row with its problems for the current width."""
        height = self._view.head_height(index.data(ROW)) + self._view.problems_height(index)
        return QSize(self._view.row_width(), height)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Place the problems below the painted part of the row."""
        head = self._view.head_height(index.data(ROW))
        rect = self._view.visualRect(index)
        editor.setGeometry(rect.adjusted(SPACE // 2, head, -SPACE // 2, -SPACE // 2))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave Tab and Enter to the buttons of a problem: a row is not an editor."""
        return False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row."""
        row: StackRow = index.data(ROW)
        t = theme()
        rect, state = option.rect, option.state
        head = QRect(rect.left(), rect.top(), rect.width(), self._view.head_height(row))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        active = selected or bool(state & QStyle.StateFlag.State_MouseOver)
        if active:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.raised))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 4, 4)
        if selected:
            painter.setPen(QPen(QColor(t.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if state & QStyle.StateFlag.State_HasFocus or self._view.hasFocus():
                painter.drawRoundedRect(rect.adjusted(0, 1, -1, -2), 4, 4)
            painter.fillRect(rect.left(), rect.top() + 5, 3, rect.height() - 10, QColor(t.accent))
        if row.role == "layer":
            _paint_handle(painter, head, t.muted)
            _paint_number(painter, head, row, t.bad if row.is_wrong else t.muted)
        arrow = self._view.arrow_of(index) if active else QRect()
        if not arrow.isEmpty():
            icon("down", t.muted).paint(painter, arrow)
        _paint_words(painter, head, row, QSize(arrow.width() + SPACE // 2, 0))
        painter.restore()


def _head_height(row: StackRow, compact: bool) -> int:
    if compact:
        return px(_COMPACT)
    return px(_TALL) if row.is_tall else px(_LOW)


def _tag(name: str, scale: float) -> QPixmap:
    t, face = theme(), font("strong")
    size = QSize(QFontMetrics(face).horizontalAdvance(name) + 2 * SPACE, 26)
    pixmap = QPixmap(size * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(QColor(t.accent))
    painter = QPainter(pixmap)
    painter.setFont(face)
    painter.setPen(QColor(t.on_accent))
    painter.drawText(QRect(QPoint(0, 0), size), Qt.AlignmentFlag.AlignCenter, name)
    painter.end()
    return pixmap


def _paint_handle(painter: QPainter, head: QRect, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    middle = head.center().y()
    for x in (9, 13):
        for y in (-5, 0, 5):
            painter.drawEllipse(head.left() + x, middle + y, 2, 2)


def _paint_number(painter: QPainter, head: QRect, row: StackRow, colour: str) -> None:
    painter.setFont(font("small"))
    painter.setPen(QColor(colour))
    line = _first_line(head)
    place = QRect(line.left() + 16, line.top(), px(_GUTTER) - 16 - 6, line.height())
    flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(place, flags, str(row.number))


def _first_line(head: QRect) -> QRect:
    """Return the place of the name."""
    above = px(4 if head.height() > px(_COMPACT) else 2)
    return QRect(head.left(), head.top() + above, head.width(), px(20))


def _left_of_words(head: QRect, row: StackRow) -> int:
    return head.left() + (px(_GUTTER) if row.role == "layer" else SPACE + 2)


def _name_font(row: StackRow) -> QFont:
    return font("strong" if not row.quiet and row.role == "layer" else "body")


def _paint_words(painter: QPainter, head: QRect, row: StackRow, arrow: QSize) -> None:
    """Draw name and shape, and summary and parameters below, or beside the name in a low row."""
    t = theme()
    left = _left_of_words(head, row)
    line = _first_line(head).adjusted(left - head.left(), 0, -SPACE, 0)
    colour = t.bad if row.is_wrong else t.muted if row.role != "layer" else t.text
    name = (row.name, _name_font(row), colour)
    _both_ends(painter, line, name, (row.shape, font("body"), t.text))
    is_low = head.height() < px(_TALL)
    if is_low and row.is_tall:
        taken = QFontMetrics(name[1]).horizontalAdvance(row.name) + arrow.width() + SPACE
        if row.frozen:
            _paint_snowflake(painter, QRect(left + taken, line.top(), px(_FLAKE), line.height()))
            taken += px(_FLAKE) + SPACE // 2
        shape = QFontMetrics(font("body")).horizontalAdvance(row.shape) + SPACE
        beside = line.adjusted(taken, 1, -shape, 0)
        small = font("small")
        _both_ends(painter, beside, (row.summary, small, t.muted), ("", small, t.muted))
    elif row.is_tall:
        below = QRect(left, head.top() + px(23), head.right() - left - SPACE, px(16))
        small = font("small")
        if row.frozen:
            _paint_snowflake(painter, below)
            below.setRight(below.right() - px(_FLAKE) - SPACE // 2)
        room = below.width() - QFontMetrics(small).horizontalAdvance(row.summary) - SPACE
        full = row.parameters and (_("{n} frozen") if row.frozen else _("{n} parameters")).format(
            n=row.parameters
        )
        fits = QFontMetrics(small).horizontalAdvance(full) <= room
        count = full if fits else row.parameters
        _both_ends(painter, below, (row.summary, small, t.muted), (count, small, t.muted))


def _paint_snowflake(painter: QPainter, line: QRect) -> None:
    """Draw a snowflake at the end of a line for a frozen layer."""
    place = QRect(
        line.right() - px(_FLAKE), line.center().y() - px(_FLAKE) // 2, px(_FLAKE), px(_FLAKE)
    )
    icon("frozen", theme().accent).paint(painter, place)


def _both_ends(
    painter: QPainter,
    place: QRect,
    start: tuple[str, QFont, str],
    end: tuple[str, QFont, str],
) -> None:
    """Draw a text at each end of a line; the first is elided if they would overlap."""
    middle = Qt.AlignmentFlag.AlignVCenter
    text, face, colour = end
    painter.setFont(face)
    painter.setPen(QColor(colour))
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | middle, text)
    room = place.width() - (QFontMetrics(face).horizontalAdvance(text) + SPACE if text else 0)
    text, face, colour = start
    painter.setFont(face)
    painter.setPen(QColor(colour))
    cut = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | middle, cut)
