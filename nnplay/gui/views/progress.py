"""A thin line across the window that shows the progress of a run."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnplay.gui.style.theme import bus, theme

_HEIGHT = 3


class ProgressLine(QWidget):
    """Paints with the next paint event; QProgressBar would repaint the whole window at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        bus.changed.connect(self.update)

    @property
    def share(self) -> float:
        """The progress, from 0 to 1."""
        return self._share

    def set_share(self, share: float) -> None:
        """Show progress from 0 to 1."""
        before, self._share = self._filled(), share
        if self._filled() != before:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the part that is done."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme().border))
        painter.fillRect(0, 0, self._filled(), self.height(), QColor(theme().accent))
        painter.end()

    def _filled(self) -> int:
        return round(self._share * self.width())
