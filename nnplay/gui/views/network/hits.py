"""What is under the mouse: a unit, an edge, or a bias."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF

from nnplay.gui.style.zoom import px
from nnplay.gui.views.network.drawn import Drawn
from nnplay.gui.views.network.geometry import SMALLEST_BIAS, EdgePaths, Unit
from nnplay.gui.views.network.layout import NetworkLayout

Edge = tuple[int, int, int]
"""Number of the stage that it begins at, of the unit there, and of the unit that it leads to."""
_REACH = 6.0
"""Pixels at 100 % from an edge or a bias at which it is hit."""
_POINTS = 13
"""Of a curve that are compared with the mouse."""


def unit_at(layout: NetworkLayout, point: QPointF) -> Unit | None:
    """Return the unit at a point."""
    for stage, column in enumerate(layout.columns):
        unit = column.unit_at(point.x(), point.y())
        if unit is not None:
            return stage, unit
    return None


def edge_at(paths: EdgePaths, drawn: Drawn, focus: Unit | None, point: QPointF) -> Edge | None:
    """Return the edge nearest to a point, if it is near enough; only those of a unit in focus."""
    best: float = px(_REACH) ** 2
    found: Edge | None = None
    for gap, edges in enumerate(drawn.edges):
        left, right = paths.layout.gap(gap)
        if edges is None or not left <= point.x() <= right:
            continue
        for source, target in zip(edges.sources.tolist(), edges.targets.tolist(), strict=True):
            if focus is not None and focus not in ((gap, source), (gap + 1, target)):
                continue
            distance = _distance(paths, (gap, source, target), point)
            if distance <= best:
                best, found = distance, (gap, source, target)
    return found


def bias_at(layout: NetworkLayout, drawn: Drawn, point: QPointF) -> Unit | None:
    """Return the unit whose bias is drawn at a point."""
    reach = px(_REACH)
    for stage, column in enumerate(layout.columns):
        if drawn.stages[stage].bias is None or column.side < px(SMALLEST_BIAS):
            continue
        for unit in range(column.shown):
            box = column.unit(unit)
            off = point - QPointF(box.x, box.y + box.height)
            if max(abs(off.x()), abs(off.y())) <= reach:
                return stage, unit
    return None


def _distance(paths: EdgePaths, edge: Edge, point: QPointF) -> float:
    """Return the square of the distance of a point from an edge."""
    path = paths.path(*edge)
    points = [path.pointAtPercent(at / (_POINTS - 1)) for at in range(_POINTS)]
    best = float("inf")
    for one, other in pairwise(points):
        way = other - one
        length = QPointF.dotProduct(way, way) or 1.0
        share = min(max(QPointF.dotProduct(point - one, way) / length, 0.0), 1.0)
        off = point - one - way * share
        best = min(best, QPointF.dotProduct(off, off))
    return best
