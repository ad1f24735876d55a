"""Paints a row of the list of runs."""

from __future__ import annotations

from math import log10

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnplay.gui.runs.run_curves import Means, RunCurves
from nnplay.gui.runs.run_model import LONGEST_NAME, ROW, Index
from nnplay.gui.runs.run_rows import RunRow
from nnplay.gui.style.icons import icon
from nnplay.gui.style.theme import SPACE, Role, font, theme
from nnplay.gui.style.zoom import px
from nnplay.gui.views.plots.ghost_line import ghost_colour, ghost_mark
from nnplay.gui.views.plots.markers import draw_mark
from nnplay.translation import _

_TOP, _TITLE, _LINE = 5, 18, 15
"""Padding above the first line, and the heights of the title and of the other lines."""
_GUTTER = 28
"""The width of the check box with its margins."""
_BOX = 15
_PICTURE = QSize(72, 20)
"""The size of the small plot."""
_PIN = 13
_LANE, _LANES, _DOT = 11, 60, 3.5
"""The width of a lane of the tree, that of all lanes at most, and the radius of a run in it."""
_LOG_FROM = 20.0
"""The ratio of the largest to the smallest loss from which the small plot is logarithmic."""


class RunDelegate(QStyledItemDelegate):
    """Paints check box, title, texts and a small plot of the loss."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a row; its width is that of the list."""
        row: RunRow = index.data(ROW)
        return QSize(px(160), px(2 * _TOP + _TITLE + _LINE * len(_lines(row))))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row."""
        row: RunRow = index.data(ROW)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, option)
        _paint_lanes(painter, rect, row)
        rect = _beside_lanes(rect, row)
        _paint_box(painter, QRectF(_box(rect)), row)
        picture = _picture(rect)
        _paint_losses(painter, QRectF(picture), row.curves)
        left, top = rect.left() + px(_GUTTER), rect.top() + px(_TOP)
        beside = picture.left() - SPACE - left
        title = QRect(left, top, beside, px(_TITLE))
        _paint_title(painter, title, row)
        top = title.bottom() + 1
        width = rect.right() - SPACE - left
        for text, colour in _lines(row):
            _paint_text(painter, QRect(left, top, width, px(_LINE)), text, "small", colour)
            top += px(_LINE)
        painter.setPen(QPen(QColor(theme().grid), 1))
        painter.drawLine(left, rect.bottom(), rect.right() - SPACE, rect.bottom())
        painter.restore()

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Check or uncheck on a click on the box, or by the space bar."""
        if not isinstance(event, QMouseEvent):
            return super().editorEvent(event, model, option, index)
        box = _box(_beside_lanes(option.rect, index.data(ROW)))
        inside = box.adjusted(-6, -6, 6, 6).contains(event.position().toPoint())
        if not inside or event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.type() == QEvent.Type.MouseButtonRelease:
            model.setData(index, None, Qt.ItemDataRole.CheckStateRole)
        return True

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index
    ) -> QWidget:
        """Return a field for the name."""
        field = QLineEdit(parent)
        field.setMaxLength(LONGEST_NAME)
        field.setAccessibleName(_("Name of the run"))
        return field

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Place the field over the title."""
        rect = _beside_lanes(option.rect, index.data(ROW))
        width = _picture(rect).left() - rect.left() - px(_GUTTER) - SPACE // 2
        editor.setGeometry(
            rect.left() + px(_GUTTER) - 4, rect.top() + 1, width, px(_TOP + _TITLE + 2)
        )


def _lines(row: RunRow) -> list[tuple[str, str]]:
    """Return the lines below the title, each with its colour."""
    t = theme()
    lines = [(row.changes, t.text), *((text, t.text) for text in row.figures), (row.cost, t.muted)]
    if row.note:
        lines.append((f"“{row.note}”", t.muted))
    return [line for line in lines if line[0]]


def _lane_width(row: RunRow) -> float:
    """Return the width of one lane, which is less where there are many."""
    return min(px(_LANE), px(_LANES) / max(1, row.lanes.count))


def _beside_lanes(rect: QRect, row: RunRow) -> QRect:
    """Return what the tree of branches leaves of a row."""
    if not row.lanes.count:
        return rect
    return rect.adjusted(px(4) + round(_lane_width(row) * row.lanes.count), 0, 0, 0)


def _paint_lanes(painter: QPainter, rect: QRect, row: RunRow) -> None:
    """Draw the tree of branches: a line from each run to the one that it continues."""
    lanes, t = row.lanes, theme()
    if not lanes.count:
        return
    middle = QRectF(_box(rect)).center().y()
    top, bottom = float(rect.top()), rect.bottom() + 1.0

    def across(lane: int) -> float:
        return rect.left() + px(6) + (lane + 0.5) * _lane_width(row)

    at = QPointF(across(lanes.lane), middle)
    painter.setPen(QPen(QColor(t.muted), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for lane in lanes.through:
        painter.drawLine(QPointF(across(lane), top), QPointF(across(lane), bottom))
    for lane in lanes.children:
        path = QPainterPath(QPointF(across(lane), top))
        path.cubicTo(QPointF(across(lane), middle), QPointF(across(lane), middle), at)
        painter.drawPath(path)
    if lanes.has_parent:
        painter.drawLine(at, QPointF(at.x(), bottom))
    colour = QColor(t.accent if row.is_shown else t.muted)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(colour if row.is_shown else QColor(t.surface))
    painter.drawEllipse(at, px(_DOT), px(_DOT))


def _box(rect: QRect) -> QRect:
    side = px(_BOX)
    return QRect(rect.left() + px(8), rect.top() + px(_TOP) + (px(_TITLE) - side) // 2, side, side)


def _picture(rect: QRect) -> QRect:
    size = QSize(px(_PICTURE.width()), px(_PICTURE.height()))
    return QRect(
        rect.right() - SPACE - size.width(), rect.top() + px(_TOP), size.width(), size.height()
    )


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    t, rect, state = theme(), option.rect, option.state
    selected = bool(state & QStyle.StateFlag.State_Selected)
    if selected or state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 4, 4)
    if selected:
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(t.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0, 1, -1, -2), 4, 4)
        painter.fillRect(rect.left(), rect.top() + 5, 3, rect.height() - 10, QColor(t.accent))


def _paint_box(painter: QPainter, box: QRectF, row: RunRow) -> None:
    """Draw the check box: the mark of the curves in their colour, if they are shown."""
    t = theme()
    colour = t.muted if row.place is None else ghost_colour(row.place)
    painter.setPen(QPen(QColor(colour), 1.5))
    painter.setBrush(QColor(t.surface))
    painter.drawRoundedRect(box, 3, 3)
    if row.place is not None:
        draw_mark(painter, ghost_mark(row.place), box.center(), 0.6 * box.width())


def _paint_title(painter: QPainter, line: QRect, row: RunRow) -> None:
    t = theme()
    room = line.adjusted(0, 0, -(px(_PIN) + 4) if row.is_pinned else 0, 0)
    shown = _("shown") if row.is_shown else ""
    small = QFontMetrics(font("small"))
    tag = small.horizontalAdvance(shown) + SPACE if shown else 0
    wide = QFontMetrics(font("strong")).horizontalAdvance(row.title)
    name = room.adjusted(0, 0, -tag, 0)
    _paint_text(painter, name, row.title, "strong", t.text)
    left = room.left() + min(wide, name.width()) + SPACE
    if shown:
        _paint_text(painter, QRect(left, room.top() + 1, tag, room.height()), shown, "small",
                    t.accent)  # fmt: skip
        left += tag
    if row.is_pinned:
        top = line.top() + (line.height() - px(_PIN)) // 2
        icon("pin", t.accent).paint(painter, QRect(left - 2, top, px(_PIN), px(_PIN)))


def _paint_text(painter: QPainter, line: QRect, text: str, role: Role, colour: str) -> None:
    face = font(role)
    painter.setFont(face)
    painter.setPen(QColor(colour))
    cut = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, line.width())
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)


def _paint_losses(painter: QPainter, area: QRectF, curves: RunCurves) -> None:
    """Draw the losses of the training and, dashed, the validation data."""
    t = theme()
    both = np.concatenate([curves.train.loss, curves.validation.loss])
    real = both[np.isfinite(both)]
    ends = [means.epoch[-1] for means in (curves.train, curves.validation) if len(means.epoch)]
    if not len(real) or not ends:
        return
    is_log = real.min() > 0 and real.max() > _LOG_FROM * real.min()
    low, high = (log10(end) if is_log else end for end in (real.min(), real.max()))
    for means, colour, dashed in (
        (curves.train, t.train, False),
        (curves.validation, t.validation, True),
    ):
        pen = QPen(QColor(colour), 1.3)
        if dashed:
            pen.setDashPattern([3, 2])
        painter.setPen(pen)
        for piece in _pieces(means, area, max(ends), low, high, is_log=is_log):
            painter.drawPolyline(piece)


def _pieces(
    means: Means, area: QRectF, end: float, low: float, high: float, *, is_log: bool
) -> list[QPolygonF]:
    usable = np.isfinite(means.loss)
    x, y = means.epoch[usable], means.loss[usable]
    if is_log:
        y = np.log10(y)
    across = area.left() + x / (end or 1.0) * area.width()
    down = area.bottom() - 1 - (y - low) / ((high - low) or 1.0) * (area.height() - 2)
    points = [QPointF(a, b) for a, b in zip(across.tolist(), down.tolist(), strict=True)]
    return [QPolygonF(points)] if len(points) > 1 else []
