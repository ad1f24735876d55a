"""A small block of named metrics on top of a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnplay.gui.style.theme import RADIUS, SPACE, Role, bus, font, theme
from nnplay.translation import _, n_

Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
NONE_TEXT = "–"
MEAN_SPEED = n_(
    "Mean over all training steps, without evaluation, drawing, pauses and the limit of the speed "
    "slider."
)
"""The meaning of the speed of a finished run."""


def number(value: float | None, digits: int = 4) -> str:
    """Return a number with that many significant digits, with trailing zeros; a dash for None."""
    if value is None or not isfinite(value):
        return NONE_TEXT
    if value != 0 and not 1e-4 <= abs(value) < 1e6:
        return f"{value:.{digits - 1}e}".replace("-", "−")
    if abs(value) >= 10**digits:
        return f"{value:,.0f}".replace("-", "−")
    text = f"{value:#.{digits}g}".rstrip(".")
    return text.replace("-", "−")


def share(value: float | None, digits: int = 1) -> str:
    """Return a fraction as a percentage, such as `97.3 %`; a dash for None."""
    return NONE_TEXT if value is None or not isfinite(value) else f"{100 * value:.{digits}f} %"


def duration(seconds: float) -> str:
    """Return a time in the units that fit it, such as `74.3 s` or `1 h 02 min`."""
    if seconds < 1:
        return _("{ms:.0f} ms").format(ms=1000 * seconds)
    if seconds < 100:
        return _("{s:.1f} s").format(s=seconds)
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _("{min} min {s:02d} s").format(min=minutes, s=rest)
    return _("{h} h {min:02d} min").format(h=minutes // 60, min=minutes % 60)


def speed_text(samples_per_second: float) -> str:
    """Return samples per second, in millions from one million on."""
    if samples_per_second >= 1e6:
        return _("{count:,.1f} million").format(count=samples_per_second / 1e6)
    return f"{samples_per_second:,.0f}"


@dataclass(frozen=True)
class Metric:
    """A line of the block: a name, a value, and the colour of its line in the plot, if any."""

    name: str
    value: str = ""
    colour: str = ""
    dashed: bool = False


class MetricBlock(QWidget):
    """Names on the left, values on the right; mouse events go through to the plot."""

    def __init__(self, parent: QWidget, corner: Corner = "top-left", role: Role = "body") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._corner: Corner = corner
        self._role = role
        self._shown: tuple[Metric, ...] = ()
        self._area = QRect()
        self._at: QPointF | None = None
        self._name_width = self._value_width = 0.0
        bus.changed.connect(self.update)
        self.hide()

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The lines of the block."""
        return self._shown

    def set_metrics(self, metrics: Sequence[Metric]) -> None:
        """Show these lines; without lines the block is hidden."""
        new = tuple(metrics)
        if new == self._shown:
            return
        if [f.name for f in new] != [f.name for f in self._shown]:
            self._name_width = self._value_width = 0.0
        self._shown = new
        self.setVisible(bool(new))
        names, values = self._metrics()
        self._name_width = max(names.horizontalAdvance(f.name) for f in new) if new else 0.0
        widest = max((values.horizontalAdvance(f.value) for f in new), default=0.0)
        # Never narrower, so that the block keeps its size while its values change.
        self._value_width = max(self._value_width, widest)
        self._place()
        self.update()

    def set_corner(self, corner: Corner) -> None:
        """Move to a corner of the plot."""
        if corner != self._corner or self._at is not None:
            self._corner, self._at = corner, None
            self._place()

    def set_area(self, area: QRectF) -> None:
        """Stay inside the axes, a rectangle in pixels of the parent."""
        self._area = area.toRect()
        self._place()

    def set_at(self, point: QPointF) -> None:
        """Move beside a point, within the plot."""
        self._at = point
        self._place()

    def sizeHint(self) -> QSize:
        """Return the size of the block with its margins."""
        names, _values = self._metrics()
        width = (
            self._name_width + 3 * SPACE + (self._value_width + SPACE if self._has_values else 0)
        )
        if any(f.colour for f in self._shown):
            width += 2 * SPACE + 4
        return QSize(ceil(width), ceil(len(self._shown) * self._line(names) + 1.5 * SPACE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines on a background that keeps them readable over any plot."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(look.surface)
        ground.setAlpha(235)
        painter.setBrush(ground)
        painter.setPen(QPen(QColor(look.border), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        names, _values = self._metrics()
        line = self._line(names)
        left = 1.5 * SPACE
        key = 2 * SPACE + 4 if any(f.colour for f in self._shown) else 0
        right = self.width() - 1.5 * SPACE
        for row, metric in enumerate(self._shown):
            top = 0.75 * SPACE + row * line
            if metric.colour:
                pen = QPen(QColor(metric.colour), 3)
                if metric.dashed:
                    pen.setDashPattern([1.4, 1.0])
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                painter.setPen(pen)
                painter.drawLine(QPointF(left, top + line / 2), QPointF(left + 14, top + line / 2))
            place = QRectF(left + key, top, right - left - key, line)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.setFont(font(self._role))
            painter.setPen(QColor(look.muted))
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignLeft, metric.name)
            painter.setFont(self._value_font())
            painter.setPen(QColor(look.text))
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, metric.value)
        painter.end()

    @property
    def _has_values(self) -> bool:
        return any(f.value for f in self._shown)

    def _value_font(self) -> QFont:
        return font("strong" if self._role == "body" else self._role)

    def _metrics(self) -> tuple[QFontMetricsF, QFontMetricsF]:
        return QFontMetricsF(font(self._role)), QFontMetricsF(self._value_font())

    @staticmethod
    def _line(metrics: QFontMetricsF) -> float:
        return ceil(metrics.height() * 1.2)

    def _place(self) -> None:
        if not self._shown:
            return
        size = self.sizeHint()
        inside = self._area.adjusted(SPACE, SPACE, -SPACE, -SPACE)
        if self._at is not None:
            x = round(self._at.x()) + 2 * SPACE
            if x + size.width() > inside.right():
                x = round(self._at.x()) - 2 * SPACE - size.width()
            y = min(round(self._at.y()), inside.bottom() - size.height())
            x, y = max(inside.left(), x), max(inside.top(), y)
        else:
            x = inside.left() if "left" in self._corner else inside.right() - size.width()
            y = inside.top() if "top" in self._corner else inside.bottom() - size.height()
        self.setGeometry(x, y, size.width(), size.height())
