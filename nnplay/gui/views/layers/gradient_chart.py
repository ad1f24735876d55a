"""Gradient and update of each layer on logarithmic axes, the first layer at the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, log10

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnplay.engine.probes.layer_statistics import LayerFigures, LayerStatistics
from nnplay.gui.style.plain import show_tip
from nnplay.gui.style.theme import SPACE, Theme, bus, font, theme
from nnplay.gui.style.zoom import px
from nnplay.gui.views.colours import mix
from nnplay.gui.views.layers.log_axis import LogAxis, decades, power_text
from nnplay.gui.views.layers.words import HEALTHY, describe_flow, layer_title
from nnplay.gui.views.metric_block import number
from nnplay.translation import _

UPDATE_DECADES = (-6, 0)
"""Of the axis of updates, with the healthy band in its middle."""
_LOWEST_ROW, _HIGHEST_ROW = 17, 52
_NARROW = 430
"""Width below which there is no room for the lines over time."""
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True)
class _Places:
    """Where the columns are, in pixels."""

    top: float
    """Of the first row."""
    row: float
    """Height of a row."""
    bottom: float
    """Of the last row."""
    name: float
    """Right end of the names."""
    gradient: LogAxis
    value: float
    """Right end of the gradients' values."""
    line: tuple[float, float] | None
    """Left and right end of the lines over time; None without room for them."""
    update: LogAxis


class GradientChart(QWidget):
    """Bars for the gradients, a line for how each has changed, dots for the updates."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: LayerStatistics | None = None
        self._seen: Sequence[LayerStatistics] = ()
        self._decades = (0, 0)
        self.setAccessibleName(_("Gradient and update of each layer"))
        bus.changed.connect(self.update)

    @property
    def layers(self) -> tuple[LayerFigures, ...]:
        """The layers that are shown."""
        return () if self._shown is None else self._shown.layers

    def show_statistics(self, shown: LayerStatistics, seen: Sequence[LayerStatistics]) -> None:
        """Show statistics, and how the gradients changed over all that were `seen`, by step."""
        gradients = [one.gradient for at in (shown, *seen) for one in at.layers if one.gradient]
        self._shown, self._seen = shown, seen
        self._decades = decades(gradients)
        self.setMinimumHeight(self._height(len(shown.layers), _LOWEST_ROW))
        self.setAccessibleDescription(". ".join(map(describe_flow, shown.layers)))
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._shown, self._seen = None, ()
        self.setAccessibleDescription("")
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for a row per layer."""
        return QSize(px(480), self._height(len(self.layers), 28))

    def layer_at(self, y: float) -> LayerFigures | None:
        """Return the layer whose row is at that height in pixels."""
        if self._shown is None:
            return None
        places = self._places()
        at = int((y - places.top) // places.row)
        return self.layers[at] if y >= places.top and at < len(self.layers) else None

    def event(self, event: QEvent) -> bool:
        """Show the numbers of the layer under the mouse as its tool tip."""
        if isinstance(event, QHelpEvent):
            layer = self.layer_at(event.pos().y())
            text = "" if layer is None else describe_flow(layer)
            show_tip(event.globalPos() + QPoint(SPACE, SPACE), text, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw headings, axes and rows."""
        if not self.layers:
            return
        painter, look, places = QPainter(self), theme(), self._places()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        self._paint_axes(painter, look, places)
        for at, layer in enumerate(self.layers):
            box = QRectF(0, places.top + at * places.row, self.width(), places.row)
            self._paint_row(painter, look, places, box, at, layer)
        painter.end()

    def _height(self, rows: int, row: int) -> int:
        return px(row) * max(1, rows) + 3 * self._line() + SPACE

    def _line(self) -> int:
        return round(QFontMetricsF(font("small")).height())

    def _places(self) -> _Places:
        letters, count = QFontMetricsF(font("small")), len(self.layers)
        line = self._line()
        top = 2.0 * line
        room = self.height() - top - line - SPACE / 2
        row = min(max(room / count, px(_LOWEST_ROW)), px(_HIGHEST_ROW))
        widest = max(letters.horizontalAdvance(layer_title(one)) for one in self.layers)
        name = min(widest, self.width() / 4) + SPACE
        value = letters.horizontalAdvance("0.000e−00") + SPACE
        free = self.width() - name - value - 3 * SPACE
        has_line = self.width() >= px(_NARROW)
        bars = free * (0.42 if has_line else 0.5)
        left = name + SPACE / 2
        value_end = left + bars + value
        line_end = value_end
        ends = None
        if has_line:
            line_end = value_end + 1.5 * SPACE + 0.18 * free
            ends = value_end + 1.5 * SPACE, line_end
        update = LogAxis(*UPDATE_DECADES, line_end + 2 * SPACE, self.width() - 2.0 * SPACE)
        return _Places(
            top, row, top + row * count, name, LogAxis(*self._decades, left, left + bars),
            value_end, ends, update,
        )  # fmt: skip

    def _paint_axes(self, painter: QPainter, look: Theme, places: _Places) -> None:
        letters, line = QFontMetricsF(font("small")), self._line()
        update, gradient = places.update, places.gradient
        low, high = (update.at(one) for one in HEALTHY)
        painter.fillRect(
            QRectF(low, places.top, high - low, places.bottom - places.top),
            QColor(mix(look.good, look.surface, 0.16)),
        )
        painter.setPen(QColor(look.good))
        painter.drawText(QRectF(low - 40, line, high - low + 80, line), _CENTRE, _("healthy"))
        pen = QPen(QColor(look.good), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        middle = update.at_exponent((log10(HEALTHY[0]) + log10(HEALTHY[1])) / 2)
        painter.drawLine(QPointF(middle, places.top), QPointF(middle, places.bottom))
        for axis in (gradient, update):
            least = letters.horizontalAdvance("10⁻²⁰ ")
            for exponent in axis.ticks(least):
                x = axis.at_exponent(exponent)
                painter.setPen(QColor(look.grid))
                painter.drawLine(QPointF(x, places.top), QPointF(x, places.bottom))
                painter.setPen(QColor(look.muted))
                below = QRectF(x - least, places.bottom + 1, 2 * least, line)
                painter.drawText(below, _CENTRE, power_text(exponent))
        painter.setPen(QColor(look.text))
        heads = [(gradient.left, places.value, _("gradient norm"))]
        heads.append((update.left - SPACE, float(self.width()), _("update / weight")))
        if places.line is not None:
            heads.append((*places.line, _("over time")))
        for left, right, text in heads:
            cut = letters.elidedText(text, Qt.TextElideMode.ElideRight, right - left)
            painter.drawText(QRectF(left, 0, right - left, line), _LEFT, cut)

    def _paint_row(
        self,
        painter: QPainter,
        look: Theme,
        places: _Places,
        box: QRectF,
        at: int,
        layer: LayerFigures,
    ) -> None:
        letters = QFontMetricsF(font("small"))
        painter.setPen(QColor(look.text))
        name = QRectF(0, box.top(), places.name - SPACE / 2, box.height())
        title = letters.elidedText(layer_title(layer), Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, _RIGHT, title)
        axis, middle = places.gradient, box.center().y()
        value = QRectF(axis.right, box.top(), places.value - axis.right, box.height())
        if layer.gradient is None:
            painter.setPen(QColor(look.muted))
            painter.drawText(value, _RIGHT, _("frozen"))
            return
        high = min(0.62 * box.height(), px(16))
        bar = QRectF(axis.left, middle - high / 2, axis.at(layer.gradient) - axis.left, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.train))
        if layer.gradient > 0:
            painter.drawRoundedRect(bar.adjusted(0, 0, 2, 0), 2, 2)
        painter.setPen(QColor(look.text))
        painter.drawText(value, _RIGHT, number(layer.gradient, 3) if layer.gradient else "0")
        if places.line is not None:
            self._paint_line(painter, look, places, box, at)
        if layer.update is not None:
            _paint_update(painter, look, places.update, middle, layer.update)

    def _paint_line(
        self, painter: QPainter, look: Theme, places: _Places, box: QRectF, at: int
    ) -> None:
        """Draw how the gradient of a layer has changed, with a dot at the step that is shown."""
        assert places.line is not None and self._shown is not None
        known = [
            (one.step, log10(value))
            for one in self._seen
            if (value := one.layers[at].gradient) and isfinite(value)
        ]
        if len(known) < 2:
            return
        left, right = places.line
        steps, exponents = zip(*known, strict=True)
        # All lines have the same scale, so that a steep one is steep.
        scale = 0.7 * box.height() / self._span()
        middle = (min(exponents) + max(exponents)) / 2
        across = (right - left) / (steps[-1] - steps[0])
        points = [
            QPointF(
                left + (step - steps[0]) * across, box.center().y() - (exponent - middle) * scale
            )
            for step, exponent in known
        ]
        painter.setPen(QPen(QColor(look.muted), 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        now = [point for step, point in zip(steps, points, strict=True) if step <= self._shown.step]
        if now:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.train))
            painter.drawEllipse(now[-1], px(2.5), px(2.5))

    def _span(self) -> float:
        """Return the powers of ten of the layer whose gradient changed most, at least one."""
        spans = [1.0]
        for at in range(len(self.layers)):
            values = [one.layers[at].gradient for one in self._seen]
            exponents = [log10(one) for one in values if one and isfinite(one)]
            if exponents:
                spans.append(max(exponents) - min(exponents))
        return max(spans)


def _paint_update(painter: QPainter, look: Theme, axis: LogAxis, y: float, update: float) -> None:
    """Draw a dot, or beyond the axis a triangle that points there."""
    is_healthy = HEALTHY[0] <= update <= HEALTHY[1]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.good if is_healthy else look.error))
    x, size = axis.at(update), px(4.5)
    if axis.holds(update):
        painter.drawEllipse(QPointF(x, y), size, size)
        return
    side = -size if x <= axis.left else size
    corners = [QPointF(x + side, y), QPointF(x - side, y - size), QPointF(x - side, y + size)]
    painter.drawPolygon(QPolygonF(corners))
