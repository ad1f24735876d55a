"""A small plot of a few lines for forms, where a full one would be too heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnplay.gui.style.plain import show_tip
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.views.metric_block import number
from nnplay.gui.views.plots.ticks import log_ticks

Floats = npt.NDArray[np.float64]
_SAMPLE = 18
"""Width of the piece of line in the legend."""


@dataclass(frozen=True)
class Line:
    """One line; NaN breaks it."""

    name: str
    x: Floats
    y: Floats
    colour: str
    """By its name in the theme."""
    dashed: bool = False


@dataclass(frozen=True)
class Scale:
    """The ranges of the axes."""

    x: tuple[float, float]
    y: tuple[float, float]
    log: bool = False
    """Whether the vertical axis is logarithmic; its range is above 0 then."""


class SmallPlot(QWidget):
    """Lines over axes with a legend on top; a tool tip shows the values under the mouse."""

    def __init__(self, x_name: str, parent: QWidget | None = None, *, height: int = 112) -> None:
        super().__init__(parent)
        self._x_name = x_name
        self._height = height
        self._lines: tuple[Line, ...] = ()
        self._scale = Scale((0.0, 1.0), (0.0, 1.0))
        self._marker: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        bus.changed.connect(self.update)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines."""
        return self._lines

    @property
    def scale(self) -> Scale:
        """The ranges of the axes."""
        return self._scale

    @property
    def marker(self) -> float | None:
        """The x at which the last line is marked, or None."""
        return self._marker

    def show_lines(self, lines: Sequence[Line], scale: Scale, marker: float | None = None) -> None:
        """Draw lines; `marker` is an x at which the last of them gets a vertical line and a dot."""
        self._lines, self._scale, self._marker = tuple(lines), scale, marker
        self.update()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(200, self._height)

    def minimumSizeHint(self) -> QSize:
        """Return the preferred height and a small width."""
        return QSize(80, self._height)

    def event(self, event: QEvent) -> bool:
        """Show the values under the mouse as a tool tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            show_tip(event.globalPos(), self.values_at(event.pos().x()), self)
            return True
        return super().event(event)

    def values_at(self, pixel: float) -> str:
        """Return the values of all lines at a horizontal pixel, or ""."""
        area, (low, high) = self._area(), self._scale.x
        if not self._lines or not area.left() <= pixel <= area.right():
            return ""
        x = low + (pixel - area.left()) / area.width() * (high - low)
        found = [f"{self._x_name} {number(x, 3)}"]
        for line in self._lines:
            at = int(np.searchsorted(line.x, x, side="right")) - 1
            if 0 <= at < len(line.x) and isfinite(line.y[at]) and x <= line.x[-1]:
                found.append(f"{line.name} {number(float(line.y[at]), 3)}")
        return "\n".join(found)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw grid, numbers, legend and lines."""
        area = self._area()
        if area.width() < 20 or area.height() < 20:
            return
        painter = QPainter(self)
        painter.setFont(font("small"))
        self._draw_axes(painter, area)
        self._draw_legend(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area.adjusted(-1, -1, 1, 1))
        for line in self._lines:
            painter.setPen(_pen(line))
            self._draw_line(painter, area, line)
        self._draw_marker(painter, area)
        painter.end()

    def _area(self) -> QRectF:
        metrics = QFontMetricsF(font("small"))
        top, bottom = metrics.height() + 4, metrics.height() + 3
        height = self.height() - top - bottom
        widths = [metrics.horizontalAdvance(text) for _at, text in self._y_ticks(height)]
        left = 7 + max(widths, default=20.0)
        return QRectF(left, top, self.width() - left - SPACE, height)

    def _x_ticks(self, pixels: float) -> list[tuple[float, str]]:
        return [(at, number_text(at)) for at in ticks(*self._scale.x, max(2, int(pixels / 44)))]

    def _y_ticks(self, pixels: float) -> list[tuple[float, str]]:
        low, high = self._scale.y
        if self._scale.log:
            places = log_ticks(log10(low), log10(high), pixels)
            return [(10**at, f"{10**at:.3g}") for at in places]
        return [(at, number_text(at)) for at in ticks(low, high, max(2, int(pixels / 22)))]

    def _place(self, area: QRectF, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        (left, right), (low, high) = self._scale.x, self._scale.y
        if self._scale.log:
            low, high = log10(low), log10(high)
            y = np.log10(np.where(y > 0, y, np.nan))
        across = area.left() + (x - left) / (right - left) * area.width()
        return across, area.bottom() - (y - low) / (high - low) * area.height()

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        look = theme()
        height = QFontMetricsF(painter.font()).height()
        grid, words = QPen(QColor(look.grid), 1), QPen(QColor(look.muted))
        flags = Qt.AlignmentFlag
        for at, text in self._y_ticks(area.height()):
            y = float(self._place(area, np.zeros(1), np.array([at]))[1][0])
            painter.setPen(grid)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(words)
            box = QRectF(0, y - height / 2, area.left() - 5, height)
            painter.drawText(box, flags.AlignRight | flags.AlignVCenter, text)
        name_width = QFontMetricsF(painter.font()).horizontalAdvance(self._x_name)
        below = area.bottom() + 2
        for at, text in self._x_ticks(area.width()):
            x = float(self._place(area, np.array([at]), np.zeros(1))[0][0])
            painter.setPen(grid)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            # The name of the axis is at its end, where a number is left out for it.
            if x + 14 < area.right() - name_width:
                painter.setPen(words)
                painter.drawText(QRectF(x - 30, below, 60, height), flags.AlignHCenter, text)
        painter.setPen(words)
        end = QRectF(area.left(), below, area.width(), height)
        painter.drawText(end, flags.AlignRight, self._x_name)
        painter.setPen(QPen(QColor(look.border), 1))
        painter.drawRect(area)

    def _draw_legend(self, painter: QPainter) -> None:
        metrics = QFontMetricsF(painter.font())
        x, middle = self._area().left(), metrics.height() / 2
        for line in self._lines:
            painter.setPen(_pen(line))
            painter.drawLine(QPointF(x, middle), QPointF(x + _SAMPLE, middle))
            x += _SAMPLE + 4
            painter.setPen(QColor(theme().muted))
            painter.drawText(QPointF(x, middle + metrics.ascent() / 2 - 1), line.name)
            x += metrics.horizontalAdvance(line.name) + 2 * SPACE

    def _draw_line(self, painter: QPainter, area: QRectF, line: Line) -> None:
        across, down = self._place(area, line.x, line.y)
        # Coordinates far outside the plot would overflow in the painter.
        down = np.clip(down, area.top() - 1e4, area.bottom() + 1e4)
        breaks = np.flatnonzero(~np.isfinite(down))
        for piece in np.split(np.arange(len(down)), breaks):
            inside = piece[np.isfinite(down[piece])]
            if len(inside):
                points = zip(across[inside].tolist(), down[inside].tolist(), strict=True)
                painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))

    def _draw_marker(self, painter: QPainter, area: QRectF) -> None:
        if self._marker is None or not self._lines or not len(self._lines[-1].x):
            return
        line = self._lines[-1]
        at = max(0, int(np.searchsorted(line.x, self._marker, side="right")) - 1)
        across, down = self._place(area, np.array([self._marker]), line.y[at : at + 1])
        painter.setPen(QPen(QColor(theme().muted), 1))
        painter.drawLine(QPointF(across[0], area.top()), QPointF(across[0], area.bottom()))
        if isfinite(down[0]):
            painter.setPen(QPen(QColor(theme().surface), 1))
            painter.setBrush(QColor(getattr(theme(), line.colour)))
            painter.drawEllipse(QPointF(across[0], down[0]), 3.5, 3.5)


def _pen(line: Line) -> QPen:
    pen = QPen(QColor(getattr(theme(), line.colour)), 2)
    if line.dashed:
        pen.setDashPattern([3, 2])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def ticks(low: float, high: float, most: int) -> list[float]:
    """Return evenly spaced round numbers between two ends, at most about `most` of them."""
    if not high > low or not isfinite(high - low):
        return [low]
    unit = 10.0 ** floor(log10((high - low) / most))
    found: list[float] = []
    for factor in (10, 5, 2, 1):
        stride = unit * factor
        first, last = ceil(low / stride - 1e-9), floor(high / stride + 1e-9)
        # The finest that fits, but at least two: a single number does not show the scale.
        if len(found) >= 2 and last - first + 1 > most:
            break
        found = [place * stride for place in range(first, last + 1)]
    return found


def number_text(value: float) -> str:
    """Return a round number as short as possible, with a minus sign."""
    return f"{value:.4g}".replace("e+0", "e").replace("e-0", "e-").replace("-", "−")
