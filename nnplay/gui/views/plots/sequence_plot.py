"""A sequence of single numbers, step by step from left to right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from nnplay.gui.style.theme import font, theme
from nnplay.gui.views.gallery import Floats

_LEAST_NAMED = 9.0
"""Width of a step below which its number is left out."""


def paint_steps(painter: QPainter, place: QRectF, values: Floats) -> None:
    """Draw a bar up or down from zero for each of the values (steps,), counted below."""
    look = theme()
    painter.setFont(font("small"))
    line = QFontMetricsF(font("small")).height()
    room = place.adjusted(0, 0, 0, -line)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    scale = room.height() / ((high - low) or 1.0)
    zero = room.top() + high * scale
    side = room.width() / len(values)
    # As few numbers as have room, evenly spaced.
    wide = QFontMetricsF(font("small")).horizontalAdvance(f"{len(values):,}") + 4
    every = max(1, int(-(-max(wide, _LEAST_NAMED) // side)))
    for index, value in enumerate(values):
        left = room.left() + index * side
        high_bar = abs(float(value)) * scale
        top = zero - high_bar if value > 0 else zero
        colour = look.accent if value > 0 else look.error
        bar = QRectF(left + 0.1 * side, top, max(1.0, 0.8 * side), max(1.0, high_bar))
        painter.fillRect(bar, QColor(colour))
        if index % every == 0:
            painter.setPen(QColor(look.muted))
            below = QRectF(left - wide, room.bottom(), side + 2 * wide, line)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"{index + 1:,}")
    painter.setPen(QColor(look.border))
    painter.drawLine(int(room.left()), round(zero), int(room.right()), round(zero))
