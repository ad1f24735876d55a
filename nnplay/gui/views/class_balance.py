"""The number of samples of each class, as one row of bars."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnplay.gui.style.plain import show_tip
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.translation import _

_BAR = 20
_MOST_NAMED = 12


class ClassBalance(QWidget):
    """A bar per class, as high as its share of the samples."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._counts: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        bus.changed.connect(self.update)

    def show_counts(self, names: tuple[str, ...], counts: npt.NDArray[np.int64]) -> None:
        """Show counts of shape (classes,) with the names of the classes."""
        self._names, self._counts = names, counts
        self.setAccessibleName(", ".join(self._word(i) for i in range(len(counts))))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the bars and the names below them."""
        return QSize(160, _BAR + 4 + round(QFontMetricsF(font("small")).height()))

    def event(self, event: object) -> bool:
        """Show the count of the class under the mouse as a tool tip."""
        if isinstance(event, QHelpEvent) and len(self._counts):
            index = min(len(self._counts) - 1, event.pos().x() * len(self._counts) // self.width())
            show_tip(event.globalPos() + QPoint(SPACE, SPACE), self._word(index), self)
            return True
        return super().event(event)  # type: ignore[arg-type]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars and, where there is room, the names."""
        if not len(self._counts):
            return
        look, count = theme(), len(self._counts)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        side, most = self.width() / count, max(1, int(self._counts.max()))
        middle = Qt.AlignmentFlag.AlignCenter
        for index, number in enumerate(self._counts):
            high = _BAR * int(number) / most
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.classes[index % len(look.classes)]))
            wide = min(0.75 * side, 48.0)
            bar = QRectF((index + 0.5) * side - wide / 2, _BAR - high, wide, high)
            painter.drawRoundedRect(bar, 2, 2)
            if count <= _MOST_NAMED:
                painter.setPen(QColor(look.muted))
                below = QRectF(index * side, _BAR + 2, side, self.height() - _BAR - 2)
                painter.drawText(below, middle, self._names[index])
        painter.end()

    def _word(self, index: int) -> str:
        name, count = self._names[index], int(self._counts[index])
        return _("class {name}: {count:,} training samples").format(name=name, count=count)
