"""Values with their names above them, in a grid."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.style.zoom import px

_LINE = 36
"""Height of a value with its name."""


class MetricGrid(QWidget):
    """As many values side by side as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairs: tuple[tuple[str, str], ...] = ()
        self._columns = 1
        self._is_laid_out = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        bus.changed.connect(self._lay_out)
        bus.changed.connect(self.update)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The names and their values."""
        return self._pairs

    def set_pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show names and their values."""
        self._pairs = tuple(pairs)
        self.setAccessibleName(", ".join(f"{name} {value}" for name, value in pairs))
        self._lay_out()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for all rows."""
        return QSize(240, max(1, -(-len(self._pairs) // self._columns)) * px(_LINE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Compute how many fit side by side."""
        super().resizeEvent(event)
        self._is_laid_out = True
        self._lay_out()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the names in small type and the values below them."""
        look = theme()
        painter = QPainter(self)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        wide = self.width() / self._columns
        for index, (name, value) in enumerate(self._pairs):
            row, column = divmod(index, self._columns)
            painter.setFont(font("small"))
            painter.setPen(QColor(look.muted))
            painter.drawText(QRectF(column * wide, row * px(_LINE), wide, px(15)), left, name)
            painter.setFont(font("strong"))
            painter.setPen(QColor(look.text))
            painter.drawText(
                QRectF(column * wide, row * px(_LINE) + px(15), wide, px(17)), left, value
            )
        painter.end()

    def _lay_out(self) -> None:
        names, values = QFontMetricsF(font("small")), QFontMetricsF(font("strong"))
        widest = max(
            (
                max(names.horizontalAdvance(name), values.horizontalAdvance(value))
                for name, value in self._pairs
            ),
            default=1.0,
        )
        # Before the first layout the width is arbitrary, so a narrow column is assumed.
        width = self.width() if self._is_laid_out else px(280)
        columns = max(1, int((width + SPACE) / (widest + 2 * SPACE)))
        self._columns = min(columns, max(1, len(self._pairs)))
        self.updateGeometry()
