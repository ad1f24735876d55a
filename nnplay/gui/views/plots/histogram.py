"""Histograms of the values of a column and of the classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.style.zoom import sized
from nnplay.gui.views.metric_block import number
from nnplay.translation import _

BINS = 32
SAMPLE = 16_000
"""Values that are counted: enough to show the shape of the distribution."""


@dataclass(frozen=True)
class Bars:
    """Counts of values in bins of equal width between the smallest and the largest."""

    counts: npt.NDArray[np.int64]
    low: float
    high: float
    mean: float
    deviation: float


def count_bars(values: npt.NDArray[Any]) -> Bars | None:
    """Return the counts of values (n,), or of an even subset of many; None where there are none.

    Range, mean and standard deviation are those of all values.
    """
    real = values[np.isfinite(values)].astype(np.float64)
    if not len(real):
        return None
    low, high = float(real.min()), float(real.max())
    some = real[:: max(1, -(-len(real) // SAMPLE))]
    width = (high - low) or 1.0
    places = np.minimum(((some - low) * (BINS / width)).astype(np.int64), BINS - 1)
    return Bars(
        np.bincount(places, minlength=BINS), low, high, float(real.mean()), float(real.std())
    )


class Histogram(QWidget):
    """Bars over the range of the values, with mean and standard deviation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: Bars | None = None
        sized(self, minimumHeight=64)
        bus.changed.connect(self.update)

    def show_values(self, title: str, values: npt.NDArray[Any]) -> None:
        """Show the values (n,) of a column of that title."""
        self.bars = count_bars(values)
        self.setAccessibleName(f"{title}: {self.text}")
        self.update()

    @property
    def text(self) -> str:
        """Mean and standard deviation."""
        if self.bars is None:
            return _("no values")
        text = _("mean {mean} · std {deviation}")
        return text.format(mean=number(self.bars.mean, 4), deviation=number(self.bars.deviation, 3))

    def sizeHint(self) -> QSize:
        """Return room for distinguishable bars."""
        return QSize(180, 110)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars, the range below them and the text above."""
        look, painter = theme(), QPainter(self)
        painter.setFont(font("small"))
        line = QFontMetricsF(font("small")).height()
        painter.setPen(QColor(look.muted))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, self.width(), line), left, self.text)
        if self.bars is None:
            return
        below = QRectF(0, self.height() - line, self.width(), line)
        painter.drawText(below, left, number(self.bars.low, 4))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(below, right, number(self.bars.high, 4))
        room = self.height() - 2 * line - SPACE
        side, most = self.width() / BINS, max(1, int(self.bars.counts.max()))
        for index, count in enumerate(self.bars.counts):
            high = max(1.0, room * int(count) / most) if count else 0.0
            bar = QRectF(index * side, line + SPACE / 2 + room - high, max(1.0, side - 1), high)
            painter.fillRect(bar, QColor(look.accent))
        painter.setPen(QColor(look.border))
        base = round(line + SPACE / 2 + room)
        painter.drawLine(0, base, self.width(), base)
        painter.end()


class CountBars(QWidget):
    """A bar per class with its name and count; as many as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.counts: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        bus.changed.connect(self.update)

    def show_counts(self, names: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        """Show counts (classes,) with the names of the classes."""
        self.names, self.counts = tuple(names), counts
        pairs = zip(self.names, counts.tolist(), strict=True)
        self.setAccessibleName(", ".join(f"{name}: {count:,}" for name, count in pairs))
        sized(self, minimumHeight=max(2, min(10, len(self.names))) * 12)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a line per class."""
        line = QFontMetricsF(font("small")).height()
        return QSize(180, round(min(12, max(2, len(self.names))) * line))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw name, bar and count, line by line."""
        if not self.names:
            return
        look, painter = theme(), QPainter(self)
        metrics = QFontMetricsF(font("small"))
        painter.setFont(font("small"))
        most = max(1, int(self.counts.max()))
        wide = min(max(metrics.horizontalAdvance(name) for name in self.names), self.width() / 3)
        counts = [f"{int(count):,}" for count in self.counts]
        far = max(metrics.horizontalAdvance(count) for count in counts)
        line = max(min(20.0, self.height() / len(self.names)), 0.8 * metrics.height())
        room = max(8.0, self.width() - wide - far - 2 * SPACE)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, (name, count) in enumerate(zip(self.names, self.counts, strict=True)):
            top = row * line
            if top + line > self.height() + 1:
                break
            painter.setPen(QColor(look.text))
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, wide)
            painter.drawText(QRectF(0, top, wide + 1, line), left, short)
            painter.setPen(QColor(look.muted))
            painter.drawText(QRectF(0, top, self.width(), line), right, counts[row])
            length = room * int(count) / most
            colour = QColor(look.classes[row % len(look.classes)])
            painter.fillRect(QRectF(wide + SPACE, top + 0.2 * line, length, 0.6 * line), colour)
        painter.end()
