"""A few images in two rows: the originals, and below each the changed one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.gallery import Floats, picture_of

_GAP, _BETWEEN = 4, 4
_LARGEST = 44
_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PicturePairs(QWidget):
    """Originals above, changed images below; a click or Space asks for others."""

    clicked = Signal()

    def __init__(self, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = most
        self._rows: tuple[tuple[QImage, ...], ...] = ((), ())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        bus.changed.connect(self.update)

    @property
    def pictures(self) -> tuple[tuple[QImage, ...], ...]:
        """The upper and the lower row."""
        return self._rows

    def show_pairs(self, before: Floats, after: Floats) -> None:
        """Show images (n, channels, height, width) before and after, with the same grey scale."""
        low = before.min((1, 2, 3), keepdims=True)
        after = np.clip(after, low, before.max((1, 2, 3), keepdims=True))
        self._rows = tuple(tuple(picture_of(one) for one in row) for row in (before, after))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for two rows."""
        return QSize(self._most * (_LARGEST + _GAP), 2 * _LARGEST + _BETWEEN + 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for others."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask for others."""
        if event.key() in _KEYS:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus frame."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus frame."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both rows, with sharp pixels."""
        painter = QPainter(self)
        look = theme()
        side = min(_LARGEST, (self.width() - 4 - (self._most - 1) * _GAP) // self._most)
        for row, pictures in enumerate(self._rows):
            painter.setPen(QPen(QColor(look.border), 1))
            for column, picture in enumerate(pictures):
                place = QRectF(2 + column * (side + _GAP), 2 + row * (side + _BETWEEN), side, side)
                painter.drawImage(place, picture)
                painter.drawRect(place.adjusted(0, 0, -1, -1))
        if self.hasFocus():
            painter.setPen(QPen(QColor(look.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
