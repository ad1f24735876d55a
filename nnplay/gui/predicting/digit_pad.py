"""A pad to draw a digit on, with the mouse, a pen or the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import bus, font, theme
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.data.arrays import Bytes

PIXELS = 280
"""Rows and columns of the drawing."""
BRUSH = PIXELS / 12
"""Width of the brush; strokes of MNIST are 2.4 of 28 pixels wide."""
STEP = PIXELS / 28
"""How far an arrow key moves the pen."""
_INK = QColor("white")
_PAPER = QColor("black")
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class DigitPad(QWidget):
    """Strokes in white on black, as in MNIST, whatever the theme."""

    drawn = Signal()
    """The drawing has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strokes: list[list[QPointF]] = []
        self._image = _blank()
        self._pen = QPointF(PIXELS / 2, PIXELS / 2)
        self._is_down = False
        """Whether the pen of the keyboard draws."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(84, 84)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("Drawing pad"))
        self.setAccessibleDescription(
            _("Draw with the mouse, or move the pen by arrow keys; Space lowers and lifts it.")
        )
        self.setToolTip(plain(self.accessibleDescription()))
        bus.changed.connect(self.update)

    @property
    def strokes(self) -> int:
        """The number of strokes."""
        return len(self._strokes)

    def sizeHint(self) -> QSize:
        """Return a size at which 28 pixels are five pixels each."""
        return QSize(140, 140)

    def ink(self) -> Bytes:
        """Return the drawing (280, 280), 255 for ink."""
        import numpy as np

        lines = np.frombuffer(self._image.constBits(), np.uint8)
        return lines.reshape(PIXELS, self._image.bytesPerLine())[:, :PIXELS].copy()

    @Slot()
    def erase(self) -> None:
        """Remove all strokes."""
        if self._strokes:
            self._strokes.clear()
            self._redraw()

    @Slot()
    def undo(self) -> None:
        """Remove the last stroke."""
        if self._strokes:
            self._strokes.pop()
            self._is_down = False
            self._redraw()

    def begin_stroke(self, point: QPointF) -> None:
        """Put the brush down, in pixels of the drawing."""
        self._strokes.append([point])
        self._paint_line(point, point)

    def extend_stroke(self, point: QPointF) -> None:
        """Draw on to a point."""
        stroke = self._strokes[-1]
        self._paint_line(stroke[-1], point)
        stroke.append(point)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_down = False
            self.begin_stroke(self._to_drawing(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._strokes:
            self.extend_stroke(self._to_drawing(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the pen, lower or lift it."""
        move = _ARROWS.get(Qt.Key(event.key()))
        if move is not None:
            x, y = self._pen.x() + move[0] * STEP, self._pen.y() + move[1] * STEP
            self._pen = QPointF(min(max(x, 0.0), PIXELS), min(max(y, 0.0), PIXELS))
            if self._is_down:
                self.extend_stroke(self._pen)
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            self._is_down = not self._is_down
            if self._is_down:
                self.begin_stroke(self._pen)
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show the drawing in the middle, and the pen of the keyboard."""
        look, place = theme(), self._place()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        if not self._strokes:
            painter.setPen(QColor("#9a9a9a"))
            painter.setFont(font("body"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(place, int(flags), _("Draw here"))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            scale = place.width() / PIXELS
            centre = place.topLeft() + self._pen * scale
            size = BRUSH * scale / 2
            painter.setBrush(QColor(look.accent) if self._is_down else Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(look.accent), 1.5))
            painter.drawEllipse(centre, size, size)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(look.accent if self.hasFocus() else look.border), 1))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()

    def _place(self) -> QRectF:
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _to_drawing(self, position: QPointF) -> QPointF:
        place = self._place()
        return (position - place.topLeft()) * (PIXELS / place.width())

    def _paint_line(self, start: QPointF, end: QPointF) -> None:
        _draw_line(self._image, start, end)
        self.update()
        self.drawn.emit()

    def _redraw(self) -> None:
        self._image = _blank()
        for stroke in self._strokes:
            for start, end in zip([stroke[0], *stroke], stroke, strict=False):
                _draw_line(self._image, start, end)
        self.update()
        self.drawn.emit()


def _blank() -> QImage:
    image = QImage(PIXELS, PIXELS, QImage.Format.Format_Grayscale8)
    image.fill(_PAPER)
    return image


def _draw_line(image: QImage, start: QPointF, end: QPointF) -> None:
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(_INK, BRUSH)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    # A line of no length has no cap with some paint engines.
    if start == end:
        painter.drawPoint(start)
    else:
        painter.drawLine(start, end)
    painter.end()
