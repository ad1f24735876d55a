"""The confusion matrix as one widget: rows are targets, columns are predictions."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import ceil

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QStaticText,
)
from PySide6.QtWidgets import QWidget

from nnplay.gui.style.plain import show_tip
from nnplay.gui.style.theme import SPACE, Theme, bus, font, theme
from nnplay.gui.style.zoom import px
from nnplay.gui.views.colours import mix, readable_on
from nnplay.gui.views.metric_block import share
from nnplay.translation import _

Counts = npt.NDArray[np.int64]
Cell = tuple[int, int]
_TITLE = 18
"""Height of an axis title at 100 %."""
_LEAST_CELL = 15.0
"""Side of a cell at 100 % below which its number is left out."""
_DEPTHS = 1000
"""Number of different shades, so that the colours of cells can be cached."""
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class MatrixView(QWidget):
    """Cells coloured by their share of the row: correct ones in the accent, wrong in orange."""

    cell_chosen = Signal(object)
    """(target, prediction), by a click or by Enter."""
    cell_hovered = Signal(object)
    """(target, prediction) under the mouse or the arrow keys, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Counts = np.zeros((0, 0), dtype=np.int64)
        self._shares = np.zeros((0, 0))
        self._names: tuple[str, ...] = ()
        self._percent = False
        self._hovered: Cell | None = None
        self._chosen: Cell | None = None
        self._texts: dict[str, tuple[QStaticText, float, float]] = {}
        self._texts_font = ""
        self._grid_now: QRectF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(180, 160)
        bus.changed.connect(self._forget_texts)

    def set_counts(self, counts: Counts, names: tuple[str, ...]) -> None:
        """Show a matrix of shape (classes, classes) with the names of the classes."""
        if counts.shape != self._counts.shape:
            self._hovered = self._chosen = None
        if names != self._names:
            self._grid_now = None
        self._counts, self._names = counts, names
        totals = counts.sum(axis=1, keepdims=True)
        self._shares = counts / np.maximum(totals, 1)
        self.update()

    def set_percent(self, on: bool) -> None:
        """Show percentages of the row instead of counts."""
        self._percent = on
        self.update()

    def set_chosen(self, cell: Cell | None) -> None:
        """Mark the cell whose images are shown."""
        self._chosen = cell
        self.update()

    @property
    def hovered(self) -> Cell | None:
        """The cell under the mouse or the arrow keys."""
        return self._hovered

    def cell_text(self, cell: Cell) -> str:
        """Return the text in a cell."""
        count = int(self._counts[cell])
        if not count:
            return "·"
        return f"{100 * self._shares[cell]:.1f}" if self._percent else f"{count:,}"

    def cell_colour(self, cell: Cell) -> str:
        """Return the colour of a cell, deeper the larger its share of the row."""
        return _colour(theme(), cell[0] == cell[1], round(_DEPTHS * float(self._shares[cell])))

    def describe(self, cell: Cell) -> str:
        """Return a cell in words, such as `target 4, predicted 9: 23 (2.3 %)`."""
        target, predicted = (self._names[number] for number in cell)
        text = _("target {target}, predicted {predicted}: {count:,} ({share})")
        count, part = int(self._counts[cell]), share(float(self._shares[cell]))
        return text.format(target=target, predicted=predicted, count=count, share=part)

    def cell_rect(self, cell: Cell) -> QRectF:
        """Return the rectangle of a cell in this widget."""
        grid = self._grid()
        side_x, side_y = self._sides(grid)
        left, top = grid.left() + cell[1] * side_x, grid.top() + cell[0] * side_y
        return QRectF(left, top, side_x, side_y)

    def cell_at(self, point: QPointF) -> Cell | None:
        """Return the cell at a point of this widget, or None."""
        grid = self._grid()
        if not len(self._counts) or not grid.contains(point):
            return None
        side_x, side_y = self._sides(grid)
        last = len(self._counts) - 1
        row = min(last, int((point.y() - grid.top()) / side_y))
        return row, min(last, int((point.x() - grid.left()) / side_x))

    def sizeHint(self) -> QSize:
        """Return a size in which three digits fit a cell of ten classes."""
        return QSize(px(420), px(380))

    # ------------------------------------------------------------------ events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the cell under the mouse."""
        self._hover(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Highlight nothing."""
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the mouse."""
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.cell_chosen.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move through the cells by the arrow keys, and choose one by Enter or Space."""
        key, size = event.key(), len(self._counts)
        if key in _ARROWS and size:
            row, column = self._hovered or self._chosen or (0, -1)
            down, right = _ARROWS[Qt.Key(key)]
            row, column = row + down, column + right
            self._hover((min(max(row, 0), size - 1), min(max(column, 0), size - 1)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._hovered:
            self.cell_chosen.emit(self._hovered)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Show a cell in words as its tool tip."""
        if isinstance(event, QHelpEvent):
            cell = self.cell_at(QPointF(event.pos()))
            text = self.describe(cell) if cell else ""
            at = event.globalPos() + QPoint(SPACE, SPACE)
            show_tip(at, text, self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out the cells again."""
        super().resizeEvent(event)
        self._grid_now = None

    def _hover(self, cell: Cell | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self.cell_hovered.emit(cell)
            self.update()

    # ---------------------------------------------------------------- painting

    def _grid(self) -> QRectF:
        if self._grid_now is None:
            self._grid_now = self._find_grid()
        return self._grid_now

    def _find_grid(self) -> QRectF:
        metrics = QFontMetricsF(font("small"))
        names = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        space, title = px(SPACE), px(_TITLE)
        left = title + min(names, self.width() / 4) + space
        top = title + metrics.height() + space / 2
        recall = metrics.horizontalAdvance("100.0 %") + 2 * space
        width, height = self.width() - left - recall, self.height() - top - space / 2
        # Cells are never narrower than high, and at most twice as wide.
        width = min(width, 2.0 * height)
        height = min(height, width)
        return QRectF(round(left), round(top), max(1.0, width), max(1.0, height))

    def _sides(self, grid: QRectF) -> tuple[float, float]:
        size = max(1, len(self._counts))
        return grid.width() / size, grid.height() / size

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw titles, names, cells and recall."""
        if not len(self._counts):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        grid = self._grid()
        self._paint_names(painter, grid)
        side_x, side_y = self._sides(grid)
        role = self._cell_font(side_x, side_y)
        painter.setFont(role)
        if role.key() != self._texts_font:
            self._texts_font = role.key()
            self._texts.clear()
        self._paint_cells(painter, grid, min(side_x, side_y) >= px(_LEAST_CELL))
        self._paint_marks(painter)
        painter.end()

    def _cell_font(self, side_x: float, side_y: float) -> QFont:
        widest = f"{int(self._counts.max()):,}" if not self._percent else "100.0"
        result = font("body")
        size = min(px(15), 0.62 * side_y)
        result.setPixelSize(max(px(8), int(size)))
        advance = QFontMetricsF(result).horizontalAdvance(widest)
        if advance > side_x - 4:
            result.setPixelSize(max(px(8), int(size * (side_x - 4) / advance)))
        return result

    def _paint_cells(self, painter: QPainter, grid: QRectF, with_text: bool) -> None:
        # Painted many times a second, so what is the same for all cells is computed once.
        look, (side_x, side_y) = theme(), self._sides(grid)
        gap = 1 if side_x > 8 else 0
        depths = np.rint(_DEPTHS * self._shares).astype(int).tolist()
        for row, depths_of_row in enumerate(depths):
            top = grid.top() + row * side_y
            middle = top + (side_y - gap) / 2
            for column, depth in enumerate(depths_of_row):
                left = grid.left() + column * side_x
                fill, ink = _inks(look, row == column, depth)
                painter.fillRect(QRectF(left, top, side_x - gap, side_y - gap), fill)
                if not with_text:
                    continue
                text = self.cell_text((row, column))
                painter.setPen(_ink(look.muted) if text == "·" else ink)
                static, half_x, half_y = self._static(text, painter.font)
                at = QPointF(left + (side_x - gap) / 2 - half_x, middle - half_y)
                painter.drawStaticText(at, static)

    def _static(self, text: str, at: Callable[[], QFont]) -> tuple[QStaticText, float, float]:
        """Return a text that is laid out, with half its width and height."""
        found = self._texts.get(text)
        if found is None:
            if len(self._texts) > 4000:
                self._texts.clear()
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.prepare(font=at())
            size = static.size()
            found = self._texts[text] = static, size.width() / 2, size.height() / 2
        return found

    def _paint_names(self, painter: QPainter, grid: QRectF) -> None:
        look, middle = theme(), Qt.AlignmentFlag.AlignCenter
        side_x, side_y = self._sides(grid)
        space, title = px(SPACE), px(_TITLE)
        painter.setFont(font("small"))
        line = QFontMetricsF(font("small")).height()
        painter.setPen(QColor(look.muted))
        painter.drawText(QRectF(grid.left(), 0, grid.width(), title), middle, _("prediction"))
        recall = QRectF(grid.right() + space / 2, 0, self.width() - grid.right(), title)
        near = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        recall.setHeight(line)
        painter.drawText(recall.translated(0, title), near, _("recall"))
        painter.save()
        painter.translate(0, grid.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, grid.height(), title), middle, _("target"))
        painter.restore()
        every = max(1, ceil(line / side_y))
        wide = max(QFontMetricsF(font("small")).horizontalAdvance(name) for name in self._names)
        every_column = max(1, ceil((wide + 4) / side_x))
        for index, name in enumerate(self._names):
            row, column = self._hovered or (-1, -1)
            right = grid.right() + space / 2
            top = grid.top() + index * side_y
            if index % every == 0:
                painter.setPen(QColor(look.accent if index == row else look.text))
                place = QRectF(title, top, grid.left() - title - space / 2, side_y)
                far = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(place, far, name)
                painter.setPen(QColor(look.muted))
                recall_text = share(float(self._shares[index, index]))
                painter.drawText(
                    QRectF(right, top, self.width() - right, side_y), near, recall_text
                )
            if index % every_column == 0:
                painter.setPen(QColor(look.accent if index == column else look.text))
                above = QRectF(grid.left() + index * side_x, title, side_x, line)
                painter.drawText(above, middle, name)

    def _paint_marks(self, painter: QPainter) -> None:
        look, grid = theme(), self._grid()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._hovered is not None:
            cell = self.cell_rect(self._hovered)
            painter.setPen(QPen(QColor(look.text), 1))
            painter.drawRect(QRectF(grid.left(), cell.top(), grid.width(), cell.height()))
            painter.drawRect(QRectF(cell.left(), grid.top(), cell.width(), grid.height()))
        for cell_or_none, width in ((self._chosen, 3), (self._hovered, 2)):
            if cell_or_none is not None:
                painter.setPen(QPen(QColor(look.text), width))
                painter.drawRect(self.cell_rect(cell_or_none).adjusted(0, 0, -1, -1))

    def _forget_texts(self) -> None:
        self._texts.clear()
        self._grid_now = None
        self.update()


@lru_cache(maxsize=4096)
def _colour(look: Theme, correct: bool, depth: int) -> str:
    """Return the colour of a cell whose share of the row is `depth` of _DEPTHS."""
    part = depth / _DEPTHS
    if correct:
        return mix(look.accent, look.surface, 0.12 + 0.88 * part)
    # A few percent of errors matter: the root makes them visible, and 25 % has the full colour.
    lifted = min(1.0, (4 * part) ** 0.5)
    return mix(look.error, look.surface, 0.9 * lifted) if part else look.raised


@lru_cache(maxsize=4096)
def _inks(look: Theme, correct: bool, depth: int) -> tuple[QColor, QColor]:
    ground = _colour(look, correct, depth)
    return QColor(ground), QColor(readable_on(ground))


@lru_cache(maxsize=8)
def _ink(colour: str) -> QColor:
    return QColor(colour)
