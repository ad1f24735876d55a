"""A slider over the steps of a run, with marks at what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QStyle, QStyleOptionSlider, QWidget

from nnplay.gui.bars.speed import JumpSlider
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import theme
from nnplay.gui.style.zoom import px
from nnplay.translation import _

RANGE = 10_000
MarkKind = Literal["best", "edit", "diverged"]
_COLOURS: dict[MarkKind, str] = {"best": "validation", "edit": "accent", "diverged": "error"}
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_PageUp: -10,
    Qt.Key.Key_PageDown: 10,
}


@dataclass(frozen=True)
class Mark:
    """Something that happened in a run."""

    share: float
    """Where it is on the slider, from 0 to 1."""
    kind: MarkKind
    text: str


class FilmSlider(JumpSlider):
    """Left and Right go to the neighbouring frame, Home and End to the first and the last."""

    stepped = Signal(int)
    """By how many frames a key moves."""
    space_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, RANGE)
        self._marks: tuple[Mark, ...] = ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What is marked."""
        return self._marks

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark what happened."""
        if tuple(marks) != self._marks:
            self._marks = tuple(marks)
            self.update()

    def event(self, event: QEvent) -> bool:
        """Explain the mark under the mouse, or the slider."""
        if isinstance(event, QHelpEvent):
            mark = self.mark_at(event.pos().x())
            usual = _(
                "All views show the network at this moment of the run. Left and Right go to the "
                "neighbouring moment, Home and End to the first and the last, Space plays."
            )
            self.setToolTip(plain(usual if mark is None else mark.text))
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go by frames, not by a share of the run."""
        by = _STEPS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Space:
            self.space_pressed.emit()
        elif by is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(by)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the slider, then above it a dot, a triangle or a bar for each mark."""
        super().paintEvent(event)
        if not self._marks:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        side = px(4)
        for mark in self._marks:
            x = self._x(mark.share)
            painter.setBrush(QColor(getattr(theme(), _COLOURS[mark.kind])))
            if mark.kind == "best":
                painter.drawEllipse(QRectF(x - side / 2, 0, side, side))
            elif mark.kind == "diverged":
                painter.drawRect(QRectF(x - side / 4, 0, side / 2, 2 * side))
            else:
                corners = [QPointF(x - side, 0), QPointF(x + side, 0), QPointF(x, 1.5 * side)]
                painter.drawPolygon(QPolygonF(corners))
        painter.end()

    def mark_at(self, x: float) -> Mark | None:
        """Return the mark under a position of the mouse."""
        near = [mark for mark in self._marks if abs(self._x(mark.share) - x) <= px(5)]
        return min(near, key=lambda mark: abs(self._x(mark.share) - x), default=None)

    def _x(self, share: float) -> float:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        parts, slider = QStyle.SubControl, QStyle.ComplexControl.CC_Slider
        groove = self.style().subControlRect(slider, option, parts.SC_SliderGroove, self)
        handle = self.style().subControlRect(slider, option, parts.SC_SliderHandle, self)
        room = groove.width() - handle.width()
        return groove.left() + handle.width() / 2 + share * room
