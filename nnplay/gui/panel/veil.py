"""Makes what is under it pale."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnplay.gui.style.theme import theme

ALPHA = 128
"""Of 255: half."""


class Veil(QWidget):
    """Covers another widget with the colour of the window, half transparent.

    A graphics effect would do the same, but plots cache their axes, and draw them twice under it.
    """

    def __init__(self, covered: QWidget) -> None:
        super().__init__(covered)
        self._covered = covered
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        covered.installEventFilter(self)
        self.hide()

    def set_covering(self, on: bool) -> None:
        """Cover the widget, or leave it as it is."""
        self.resize(self._covered.size())
        self.setVisible(on)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the covered widget."""
        if event.type() == QEvent.Type.Resize:
            self.resize(self._covered.size())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the colour."""
        colour = QColor(theme().window)
        colour.setAlpha(ALPHA)
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour)
        painter.end()
