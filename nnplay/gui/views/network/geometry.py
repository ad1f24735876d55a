"""Places of the drawing in the terms of Qt, and what is highlighted in it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from nnplay.gui.style.zoom import px
from nnplay.gui.views.network.layout import Box, NetworkLayout

Unit = tuple[int, int]
"""Number of a stage, and of a unit in it."""
SMALLEST_BIAS = 12.0
"""Side of a unit at 100 % below which its bias is left out."""
_PICTURE = 72.0
"""Width at 100 % of the picture of a matrix."""


@dataclass(frozen=True)
class Marks:
    """What is highlighted."""

    focus: Unit | None = None
    hovered: Unit | None = None
    edge: tuple[int, int, int] | None = None
    """Gap, source and target of the edge under the mouse."""
    cursor: Unit | None = None
    """Where the arrow keys are."""


def rect(box: Box) -> QRectF:
    """Return a box as Qt has it."""
    return QRectF(box.x, box.y, box.width, box.height)


class EdgePaths:
    """The curves between the units of a layout, each computed once."""

    def __init__(self, layout: NetworkLayout) -> None:
        self.layout = layout
        self._paths: dict[tuple[int, int, int], QPainterPath] = {}

    def path(self, gap: int, source: int, target: int) -> QPainterPath:
        """Return the curve from a unit to a unit of the next stage."""
        key = gap, source, target
        found = self._paths.get(key)
        if found is None:
            columns = self.layout.columns
            found = _curve(columns[gap].unit(source), columns[gap + 1].unit(target))
            self._paths[key] = found
        return found


def picture_box(layout: NetworkLayout, gap: int, shape: tuple[int, ...]) -> QRectF:
    """Return where the picture of a matrix (units, sources) is, between two stages."""
    left, right = layout.gap(gap)
    room = min(px(_PICTURE), 0.62 * (right - left), layout.bottom - layout.top)
    rows, columns = shape
    width = room
    height = min(room * 1.6, max(room * rows / max(columns, 1), px(14)), layout.bottom - layout.top)
    middle = (layout.top + layout.bottom) / 2
    return QRectF((left + right - width) / 2, middle - height / 2, width, height)


def near_focus(layout: NetworkLayout, focus: Unit | None, stage: int) -> set[int] | None:
    """Return the units of a stage that have to do with the unit in focus; None without one."""
    if focus is None:
        return None
    if stage == focus[0]:
        return {focus[1]}
    return set(range(layout.columns[stage].shown)) if abs(stage - focus[0]) == 1 else set()


def _curve(one: Box, other: Box) -> QPainterPath:
    begin = QPointF(one.x + one.width, one.y + one.height / 2)
    end = QPointF(other.x, other.y + other.height / 2)
    bend = (end.x() - begin.x()) * 0.45
    path = QPainterPath(begin)
    path.cubicTo(begin + QPointF(bend, 0), end - QPointF(bend, 0), end)
    return path
