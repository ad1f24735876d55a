"""The first button of the bar, which says what Train means now and stays as wide as it is."""

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

from nnplay.gui.theme import SPACE


class TrainButton(QToolButton):
    """Icon and word, together in its middle; as wide as the widest of the words needs."""

    def __init__(self, words: tuple[str, ...], parent: QWidget | None = None) -> None:
        """Make the button; `words` are all that it will ever say."""
        super().__init__(parent)
        self._words = words
        self.setObjectName("train")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def sizeHint(self) -> QSize:
        """Return the room for the widest word: what stands beside the button is not to jump."""
        widest = max(map(self._width, self._words))
        return super().sizeHint() + QSize(widest - self._width(self.text()), 0)

    def said(self) -> QRect:
        """Return where icon and word stand together."""
        wide = self.iconSize().width() + SPACE // 2 + self._width(self.text())
        return QRect((self.width() - wide) // 2, 0, wide, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both in the middle: Qt leaves them at the left of what is wider than they are."""
        painter, option = QStylePainter(self), QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        place, size = self.said(), self.iconSize()
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        spot = QRect(place.left(), (self.height() - size.height()) // 2, *size.toTuple())
        self.icon().paint(painter, spot, Qt.AlignmentFlag.AlignCenter, mode)
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.style().drawItemText(
            painter, place, flags, self.palette(), self.isEnabled(), self.text(),
            self.foregroundRole(),
        )  # fmt: skip

    def _width(self, word: str) -> int:
        # Counted as Qt's own size hint does: other roundings would move the neighbours by a pixel.
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, word).width()
