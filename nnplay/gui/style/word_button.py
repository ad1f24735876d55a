"""Buttons with an icon and a word, centred together."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QIcon, QPaintEvent
from PySide6.QtWidgets import (
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from nnplay.gui.style.theme import SPACE


class WordButton(QToolButton):
    """A button with icon and word centred; Qt would align them left if there is room to spare.

    Shows only its icon if its style asks for that.
    """

    def __init__(self, words: tuple[str, ...] = (), parent: QWidget | None = None) -> None:
        """Create the button, wide enough for each of `words`, so that nothing beside it moves."""
        super().__init__(parent)
        self._words = words
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def sizeHint(self) -> QSize:
        """Return the size for the longest word."""
        hint = super().sizeHint()
        if not self._has_word:
            return hint
        widest = max(map(self._width, (self.text(), *self._words)))
        # Qt adds two spaces to a text aligned left.
        spaces = 2 * self.fontMetrics().horizontalAdvance(" ")
        return hint + QSize(widest - self._width(self.text()) - spaces, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: the word must not be cut off."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, then icon and word."""
        if not self._has_word:
            super().paintEvent(event)
            return
        painter, option = QStylePainter(self), QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        size = self.iconSize()
        wide = size.width() + SPACE // 2 + self._width(self.text())
        place = QRect((self.width() - wide) // 2, 0, wide, self.height())
        spot = QRect(place.left(), (self.height() - size.height()) // 2, *size.toTuple())
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        self.icon().paint(painter, spot, Qt.AlignmentFlag.AlignCenter, mode)
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.style().drawItemText(
            painter, place, flags, self.palette(), self.isEnabled(), self.text(),
            self.foregroundRole(),
        )  # fmt: skip

    @property
    def _has_word(self) -> bool:
        return self.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon

    def _width(self, word: str) -> int:
        # Computed as in Qt's size hint: different rounding would shift the neighbours by a pixel.
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, word).width()
