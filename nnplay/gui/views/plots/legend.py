"""Legends of plots: two classes with the colour scale between them, and lines with names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.style.zoom import px
from nnplay.gui.views.colours import mix
from nnplay.gui.views.plots.markers import draw_mark
from nnplay.translation import _

_SCALE_WIDTH = 56
_LEAST_SCALE = 16
"""Below this width the scale is left out."""
_MARK = 9


class TwoClassLegend(QWidget):
    """The marks and names of two classes, and between them the colours of probabilities."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = (_("class 0"), _("class 1"))
        self._held_out = False
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._describe()
        bus.changed.connect(self.updateGeometry)
        bus.changed.connect(self.update)

    def set_names(self, zero: str, one: str) -> None:
        """Name the classes."""
        self._names = (zero, one)
        self._describe()
        self.updateGeometry()
        self.update()

    def set_held_out(self, there: bool) -> None:
        """Set whether there are hollow points, which are held out from training."""
        self._held_out = there
        self._describe()

    def _describe(self) -> None:
        text = _("Circles: {zero}, squares: {one}. The background shows the probability.")
        text = text.format(zero=self._names[0], one=self._names[1])
        if self._held_out:
            text += " " + _("Hollow points are held out from training.")
        self.setToolTip(plain(text))
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        """Return the room for both names and the scale."""
        return self.minimumSizeHint() + QSize(_SCALE_WIDTH + SPACE, 0)

    def minimumSizeHint(self) -> QSize:
        """Return room for both names only; the scale between them is left out if need be."""
        metrics = QFontMetricsF(font("small"))
        names = sum(metrics.horizontalAdvance(name) for name in self._names)
        return QSize(ceil(names + 2 * (_MARK + 6) + SPACE + 4), 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw mark, name, scale, name, mark."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        metrics = QFontMetricsF(font("small"))
        middle = self.height() / 2
        left = 2.0
        painter.setPen(QPen(QColor(look.surface), 1))
        painter.setBrush(QColor(look.classes[0]))
        painter.drawEllipse(QRectF(left, middle - _MARK / 2, _MARK, _MARK))
        left += _MARK + 6
        left = self._name(painter, metrics, left, self._names[0]) + SPACE
        scale = self.width() - self.minimumSizeHint().width() - SPACE
        if scale >= _LEAST_SCALE:
            left = self._scale(painter, QRectF(left, middle - 4, scale, 8)) + SPACE
        painter.setPen(QPen(QColor(look.surface), 1))
        painter.setBrush(QColor(look.classes[1]))
        painter.drawRect(QRectF(left, middle - _MARK / 2, _MARK, _MARK))
        self._name(painter, metrics, left + _MARK + 6, self._names[1])
        painter.end()

    def _scale(self, painter: QPainter, bar: QRectF) -> float:
        look = theme()
        blend = QLinearGradient(bar.topLeft(), bar.topRight())
        blend.setColorAt(0, QColor(mix(look.classes[0], look.surface, 0.5)))
        blend.setColorAt(0.5, QColor(look.surface))
        blend.setColorAt(1, QColor(mix(look.classes[1], look.surface, 0.5)))
        painter.setPen(QPen(QColor(look.border), 1))
        painter.setBrush(blend)
        painter.drawRect(bar)
        return bar.right()

    def _name(self, painter: QPainter, metrics: QFontMetricsF, left: float, name: str) -> float:
        width = metrics.horizontalAdvance(name)
        painter.setPen(QColor(theme().text))
        place = QRectF(left, 0, width + 2, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        return left + width


@dataclass(frozen=True)
class _Pace:
    """How closely the entries of a legend follow each other, in pixels."""

    piece: int
    """Length of a piece of line."""
    gap: int
    """Between two entries."""
    rows: int = 1


_PACES = (_Pace(22, 16), _Pace(14, 9), _Pace(14, 9, rows=2))
"""The first that fits is used."""
_BESIDE_PIECE = 5


class LineLegend(QWidget):
    """Short pieces of lines with their names, in one row or, where that is too narrow, in two."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[tuple[str, QPen, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        bus.changed.connect(self.update)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the lines."""
        return tuple(name for name, _pen, _mark in self._lines)

    def set_lines(self, lines: Sequence[tuple[str, QPen, str]]) -> None:
        """Show lines: name, pen, and mark, which is `o`, `s` or ""."""
        self._lines = tuple(lines)
        self.setAccessibleName(", ".join(self.names))
        self.setToolTip(plain("\n".join(self.names)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for all names in one row, and for two rows."""
        row = ceil(QFontMetricsF(font("small")).height())
        return QSize(ceil(sum(self._widths(_PACES[0]))), 2 * row - SPACE // 2)

    def places(self) -> list[QRectF]:
        """Return the place of each entry; those that do not fit at all are left out."""
        for pace in _PACES:
            found = self._arranged(pace)
            if len(found) == len(self._lines):
                break
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines and their names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        metrics = QFontMetricsF(font("small"))
        for (name, pen, mark), place in zip(self._lines, self.places(), strict=False):
            text = metrics.horizontalAdvance(name)
            piece = place.width() - text - _BESIDE_PIECE
            middle = place.center().y()
            painter.setPen(pen)
            painter.drawLine(QPointF(place.left(), middle), QPointF(place.left() + piece, middle))
            painter.setBrush(pen.color())
            painter.setPen(Qt.PenStyle.NoPen)
            spot = QRectF(place.left() + piece / 2 - 3, middle - 3, 6, 6)
            if mark == "o":
                painter.drawEllipse(spot)
            elif mark == "s":
                painter.drawRect(spot)
            painter.setPen(QColor(theme().muted))
            beside = place.adjusted(piece + _BESIDE_PIECE, 0, 2, 0)
            painter.drawText(
                beside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name
            )
        painter.end()

    def _widths(self, pace: _Pace) -> list[float]:
        metrics = QFontMetricsF(font("small"))
        return [
            pace.piece + _BESIDE_PIECE + metrics.horizontalAdvance(name) + pace.gap
            for name in self.names
        ]

    def _arranged(self, pace: _Pace) -> list[QRectF]:
        high, found, row, left = self.height() / pace.rows, list[QRectF](), 0, 0.0
        for width in self._widths(pace):
            if left and left + width - pace.gap > self.width():
                row, left = row + 1, 0.0
            if row == pace.rows or left + width - pace.gap > self.width():
                break
            found.append(QRectF(left, row * high, width - pace.gap, high))
            left += width
        return found


_GHOST_PIECE, _GHOST_GAP = 16, 12
_GHOST_ROW = 16


class GhostLegend(QWidget):
    """The marks and names of earlier runs, in as many rows as it takes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[tuple[int, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()
        bus.changed.connect(self._fit)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the runs."""
        return tuple(name for _mark, name in self._entries)

    def set_entries(self, entries: Sequence[tuple[int, str]]) -> None:
        """Show runs: the number of the mark, and the name; hides without any."""
        self._entries = tuple(entries)
        self.setAccessibleName(", ".join(self.names))
        self.setToolTip(plain("\n".join(self.names)))
        self.setVisible(bool(entries))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many rows as the names need at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def places(self) -> list[QRectF]:
        """Return the place of each entry; no name is wider than the whole row."""
        metrics, row, found = QFontMetricsF(font("small")), px(_GHOST_ROW), list[QRectF]()
        left, top = 0.0, 0.0
        for name in self.names:
            width = min(px(_GHOST_PIECE) + metrics.horizontalAdvance(name) + 2, self.width())
            if left and left + width > self.width():
                left, top = 0.0, top + row
            found.append(QRectF(left, top, width, row))
            left += width + px(_GHOST_GAP)
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw marks and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        metrics = QFontMetricsF(font("small"))
        look, piece = theme(), px(_GHOST_PIECE)
        for (mark, name), place in zip(self._entries, self.places(), strict=True):
            middle = place.center().y()
            painter.setPen(QPen(QColor(look.classes[mark]), 1.5))
            painter.drawLine(
                QPointF(place.left(), middle), QPointF(place.left() + piece - 4, middle)
            )
            draw_mark(painter, mark, QPointF(place.left() + (piece - 4) / 2, middle), px(8))
            painter.setPen(QColor(look.muted))
            beside = place.adjusted(piece, 0, 0, 0)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, beside.width())
            painter.drawText(
                beside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text
            )
        painter.end()

    def _fit(self) -> None:
        places = self.places()
        self.setFixedHeight(ceil(places[-1].bottom()) if places else px(_GHOST_ROW))
        self.update()
