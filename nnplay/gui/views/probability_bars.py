"""Probabilities of all classes, as bars with percentages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.style.zoom import px, zoom
from nnplay.gui.views.metric_block import share

_LINE = 17


class ProbabilityBars(QWidget):
    """A bar per class; the target's name is bold, a wrong prediction is orange."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._values: npt.NDArray[np.float32] = np.empty(0, dtype=np.float32)
        self._targets: frozenset[int] = frozenset()
        self._predicted: frozenset[int] = frozenset()
        self._is_wanted, self._is_replaced = True, False
        bus.changed.connect(self.update)

    def setVisible(self, on: bool) -> None:
        """Show or hide the bars; while others are in their place, they stay hidden."""
        self._is_wanted = on
        super().setVisible(on and not self._is_replaced)

    def set_replaced(self, on: bool) -> None:
        """Make room for other bars, or take the place back."""
        self._is_replaced = on
        self.setVisible(self._is_wanted)

    @property
    def values(self) -> npt.NDArray[np.float32]:
        """The probabilities, (classes,)."""
        return self._values

    def show_values(
        self,
        names: Sequence[str],
        values: npt.NDArray[np.float32],
        targets: Iterable[int],
        predicted: Iterable[int],
    ) -> None:
        """Show probabilities (classes,) with the names, the targets and the predictions.

        There is one target and one prediction among classes, and any number among labels.
        """
        self._names, self._values = tuple(names), values
        self._targets, self._predicted = frozenset(targets), frozenset(predicted)
        self.setMinimumHeight(min(len(self._names), 10) * px(13))
        pairs = zip(self._names, values, strict=True)
        self.setAccessibleName(", ".join(f"{name} {share(float(value))}" for name, value in pairs))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for a line per class."""
        return QSize(240, max(1, len(self._names)) * px(_LINE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw name, bar and percentage, line by line."""
        if not len(self._values):
            return
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bold = font("small")
        bold.setBold(True)
        metrics = QFontMetricsF(bold)
        name_width = min(
            max(metrics.horizontalAdvance(name) for name in self._names) + SPACE, self.width() / 3
        )
        share_width = metrics.horizontalAdvance("100.0 %") + SPACE
        line = min(22.0 * zoom(), self.height() / len(self._names))
        room = max(8.0, self.width() - name_width - share_width)
        for row, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            top, known = row * line, bool(np.isfinite(value))
            target, predicted = row in self._targets, row in self._predicted
            small = font("small")
            small.setBold(target)
            painter.setFont(small)
            painter.setPen(QColor(look.text if target or predicted else look.muted))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(
                QRectF(0, top, name_width - SPACE, line), middle | Qt.AlignmentFlag.AlignRight, name
            )
            track = QRectF(name_width, top + 0.2 * line, room, 0.6 * line)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.raised))
            painter.drawRoundedRect(track, 2, 2)
            colour = look.accent if target else look.error if predicted else look.muted
            painter.setBrush(QColor(colour))
            part = float(value) if known else 0.0
            if part > 0.001:
                painter.drawRoundedRect(
                    QRectF(track.left(), track.top(), max(2.0, room * part), track.height()), 2, 2
                )
            painter.setPen(QColor(look.text if target or predicted else look.muted))
            right = QRectF(self.width() - share_width, top, share_width, line)
            painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, share(part))
        painter.end()
