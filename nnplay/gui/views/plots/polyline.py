"""A line through many points that is redrawn all the time, as cheaply as Qt can."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

Values = npt.NDArray[np.float64]
_EDGE = 0.02
"""Margin around the points, as a share of their range, for the width of the pen."""


class Polyline(pg.GraphicsObject):  # type: ignore[misc]
    """Points in a plot joined in their order; a point that is not finite leaves a gap.

    A `PlotCurveItem` builds a path of its points and measures its pen against the view at every
    turn, which takes longer than the drawing.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pen = QPen()
        self._pieces: list[QPolygonF] = []
        self._bounds = QRectF()
        self._points: tuple[Values, Values] = (np.empty(0), np.empty(0))

    @property
    def pen(self) -> QPen:
        """The pen."""
        return self._pen

    @property
    def points(self) -> tuple[Values, Values]:
        """All x and all y."""
        return self._points

    def set_pen(self, pen: QPen) -> None:
        """Use a pen, whose width is in pixels."""
        self._pen = pen
        self.update()

    def set_points(self, x: Values, y: Values) -> None:
        """Set the points, two arrays of shape (n,)."""
        self.prepareGeometryChange()
        self._points = x, y
        real = np.isfinite(x) & np.isfinite(y)
        if real.all():
            runs = [(0, len(x))]
        else:
            edges = np.flatnonzero(np.diff(real, prepend=False, append=False))
            runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
        # A single point makes no line.
        self._pieces = [_polygon(x[a:b], y[a:b]) for a, b in runs if b - a > 1]
        self._bounds = QRectF()
        if self._pieces:
            xs, ys = x[real], y[real]
            wide, high = np.ptp(xs), np.ptp(ys)
            self._bounds = QRectF(xs.min(), ys.min(), wide, high).adjusted(
                -_EDGE * wide, -_EDGE * high, _EDGE * wide, _EDGE * high
            )
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the rectangle it covers, in plot coordinates."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the line."""
        painter.setPen(self._pen)
        for piece in self._pieces:
            painter.drawPolyline(piece)


def _polygon(x: Values, y: Values) -> QPolygonF:
    polygon = pg.functions.create_qpolygonf(len(x))
    pairs = pg.functions.ndarray_from_qpolygonf(polygon)
    pairs[:, 0], pairs[:, 1] = x, y
    assert isinstance(polygon, QPolygonF)
    return polygon
