"""The predictions of several networks for one sample, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.style.zoom import px
from nnplay.gui.views.metric_block import share
from nnplay.gui.views.plots.ghost_line import ghost_colour, ghost_mark
from nnplay.gui.views.plots.markers import draw_mark
from nnplay.translation import _

MOST_CLASSES = 10
"""Rows; of more classes, those with the highest probabilities are shown."""
FEWEST_CLASSES = 3
"""Rows where there is little room."""
_LINE, _LEAST_LINE, _MARK = 15, 13, 9
_GAP = 5


@dataclass(frozen=True)
class NetworkColumn:
    """What one network predicts."""

    title: str
    """Its name, in full."""
    place: int | None
    """Determines colour and mark as in the curves; None for the run that is shown."""
    values: npt.NDArray[np.float64]
    """Probabilities (classes,), or predicted numbers (outputs,); empty until they are known."""
    predicted: tuple[int, ...] = ()
    """The class or the labels that are predicted."""
    text: str = ""
    """The prediction in words."""


class ComparedBars(QWidget):
    """A column of bars for each network, or for a regression a line with its value.

    The target is bold; what a network predicts has its colour.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._targets: frozenset[int] = frozenset()
        self._columns: tuple[NetworkColumn, ...] = ()
        self._rows: tuple[int, ...] = ()
        bus.changed.connect(self.update)

    @property
    def columns(self) -> tuple[NetworkColumn, ...]:
        """What is shown, one network after the other."""
        return self._columns

    def show_columns(
        self, names: Sequence[str], targets: Iterable[int], columns: Sequence[NetworkColumn]
    ) -> None:
        """Show networks; `names` are those of the classes, empty for a regression."""
        self._names, self._targets = tuple(names), frozenset(targets)
        self._columns = tuple(columns)
        fewest, most = (min(n, len(self._names)) for n in (FEWEST_CLASSES, MOST_CLASSES))
        self.setMinimumHeight(self._height(fewest, _LEAST_LINE))
        self.setMaximumHeight(self._height(most, _LINE + 3))
        self._rows = self._most_probable()
        texts = [f"{one.title}: {one.text or _('not predicted yet')}" for one in self._columns]
        self.setAccessibleName(", ".join(texts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for all lines."""
        return QSize(240, self._height(min(MOST_CLASSES, len(self._names)), _LINE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many classes as there is room for."""
        super().resizeEvent(event)
        self._rows = self._most_probable()

    def event(self, event: QEvent) -> bool:
        """Show all of a network's prediction as a tool tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            column = self._column_at(QPointF(event.pos()))
            self.setToolTip(plain("" if column is None else self._tip(column)))
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the columns, or the lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._names:
            self._paint_columns(painter)
        else:
            self._paint_values(painter)
        painter.end()

    def _most_probable(self) -> tuple[int, ...]:
        """Return the classes that there is room for, the target and the predicted ones first."""
        count = min(MOST_CLASSES, max(FEWEST_CLASSES, self.height() // px(_LEAST_LINE) - 2))
        rank = np.zeros(len(self._names))
        rank[list(self._targets)] = 2
        for column in self._columns:
            if len(column.values) == len(rank):
                rank = np.maximum(rank, np.nan_to_num(column.values))
                rank[list(column.predicted)] = 2
        # A stable order, so that rows do not swap where all is equal.
        return tuple(sorted(np.argsort(-rank, kind="stable")[:count].tolist()))

    def _height(self, rows: int, line: int) -> int:
        lines = rows + 2 if self._names else len(self._columns)
        return max(1, lines) * px(line)

    def _name_width(self) -> float:
        if not self._names:
            return 0.0
        letters = QFontMetricsF(_font(bold=True))
        wide = max(letters.horizontalAdvance(self._names[row]) for row in self._rows)
        return float(min(wide + SPACE, self.width() / 4))

    def _column_at(self, at: QPointF) -> NetworkColumn | None:
        count, left = len(self._columns), self._name_width()
        if not count or at.x() < left:
            return None
        if self._names:
            place = int((at.x() - left) / max(1.0, (self.width() - left) / count))
        else:
            place = int(at.y() / max(1.0, self.height() / count))
        return self._columns[min(place, count - 1)]

    def _tip(self, column: NetworkColumn) -> str:
        lines = [column.title, column.text]
        if self._names and len(column.values):
            lines += [f"{self._names[n]}  {share(float(column.values[n]))}" for n in self._rows]
        return "\n".join(filter(None, lines))

    def _paint_columns(self, painter: QPainter) -> None:
        look, left, line = theme(), self._name_width(), self.height() / (len(self._rows) + 2)
        end = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for number, row in enumerate(self._rows, 1):
            is_target = row in self._targets
            box = QRectF(0, number * line, left - SPACE, line)
            colour = look.text if is_target else look.muted
            _write(painter, box, self._names[row], end, colour, bold=is_target)
        width = (self.width() - left) / max(1, len(self._columns))
        for number, column in enumerate(self._columns):
            box = QRectF(left + number * width, 0, width - px(_GAP), self.height())
            self._paint_column(painter, box, line, column)

    def _paint_column(
        self, painter: QPainter, box: QRectF, line: float, column: NetworkColumn
    ) -> None:
        look, colour = theme(), _colour(column)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        head = QRectF(box.left(), 0, box.width(), line)
        _paint_head(painter, head, column)
        for number, row in enumerate(self._rows, 1):
            track = QRectF(box.left(), (number + 0.15) * line, box.width(), 0.7 * line)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.raised))
            painter.drawRoundedRect(track, 2, 2)
            value = float(column.values[row]) if len(column.values) else 0.0
            if np.isfinite(value) and value > 0.001:
                painter.setBrush(QColor(colour if row in column.predicted else look.muted))
                wide = max(2.0, track.width() * value)
                painter.drawRoundedRect(
                    QRectF(track.left(), track.top(), wide, track.height()), 2, 2
                )
        foot = QRectF(box.left(), (len(self._rows) + 1) * line, box.width(), line)
        _write(painter, foot, column.text or "–", middle, look.text, bold=True)

    def _paint_values(self, painter: QPainter) -> None:
        line = self.height() / max(1, len(self._columns))
        end = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for number, column in enumerate(self._columns):
            half = 0.55 * self.width()
            _paint_head(painter, QRectF(0, number * line, half - SPACE, line), column)
            box = QRectF(half, number * line, self.width() - half, line)
            _write(painter, box, column.text or "–", end, theme().text, bold=True)


def _colour(column: NetworkColumn) -> str:
    return theme().train if column.place is None else ghost_colour(column.place)


def _paint_head(painter: QPainter, box: QRectF, column: NetworkColumn) -> None:
    """Draw the mark and the name of a network."""
    size = px(_MARK)
    middle = QPointF(box.left() + size / 2, box.center().y())
    if column.place is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_colour(column)))
        painter.drawEllipse(middle, size / 2, size / 2)
    else:
        draw_mark(painter, ghost_mark(column.place), middle, size)
    beside = box.adjusted(size + 4, 0, 0, 0)
    align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    _write(painter, beside, column.title, align, theme().text)


def _font(*, bold: bool = False) -> QFont:
    face = font("small")
    face.setBold(bold)
    return face


def _write(
    painter: QPainter,
    box: QRectF,
    text: str,
    align: Qt.AlignmentFlag,
    colour: str,
    *,
    bold: bool = False,
) -> None:
    face = _font(bold=bold)
    painter.setFont(face)
    painter.setPen(QColor(colour))
    cut = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, align, cut)
