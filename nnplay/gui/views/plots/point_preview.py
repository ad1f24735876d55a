"""Small plots of the points of a data set, without predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.colours import mix
from nnplay.gui.views.plots.density import DensityItem, Floats
from nnplay.gui.views.plots.markers import SYMBOLS, mark_size, shades
from nnplay.gui.views.plots.plot import Plot

_SIZE = 5


class CurvePreview(Plot):
    """Points y(x) as a density image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("x", "y", parent)
        self.setMouseEnabled(x=False, y=False)
        self.points = DensityItem()
        self.addItem(self.points, ignoreBounds=True)

    def show_points(self, x: Floats, y: Floats) -> None:
        """Show points, both of shape (n,)."""
        self.points.set_points(x, y)
        across, up = self.points.dataBounds(0), self.points.dataBounds(1)
        if across is not None and up is not None:
            self.getViewBox().setRange(xRange=across, yRange=up, padding=0.05)


class PlanePreview(Plot):
    """Points of the plane, each with a class or a value, at most 2,000 of them."""

    MOST = 2000

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("x", "y", parent)
        self.setMouseEnabled(x=False, y=False)
        self.getViewBox().setAspectLocked(True)
        self.points = pg.ScatterPlotItem(pxMode=True)
        self.addItem(self.points)
        self._x: npt.NDArray[Any] = np.empty((0, 2))
        self._y: npt.NDArray[Any] = np.empty(0, dtype=np.int64)
        self._heights: tuple[float, float] | None = None
        bus.changed.connect(self._draw)

    def show_points(self, x: Floats, y: npt.NDArray[Any]) -> None:
        """Show points x (n, 2) with integer classes or real values y (n,).

        Where y is (n, labels), a point has the mixed colour of its labels.
        """
        self._heights = None
        if y.ndim == 1 and np.issubdtype(y.dtype, np.floating):
            self._heights = float(y.min()), float(y.max())
        every = max(1, -(-len(x) // self.MOST))
        self._x, self._y = x[::every], y[::every]
        self._draw()
        low, high = self._x.min(0), self._x.max(0)
        box = QRectF(*(float(v) for v in low), *(float(v) for v in high - low))
        self.getViewBox().setRange(box, padding=0.05)

    def _draw(self) -> None:
        look = theme()
        if self._heights is not None:
            self.points.setData(
                pos=self._x,
                symbol="o",
                size=_SIZE,
                brush=shades(self._y, *self._heights),
                pen=pg.mkPen(look.muted, width=0.5),
            )
            return
        if self._y.ndim == 2:
            self.points.setData(
                pos=self._x,
                symbol="o",
                size=_SIZE,
                brush=[pg.mkBrush(_mixed(row)) for row in self._y],
                pen=pg.mkPen(look.muted, width=0.5),
            )
            return
        brushes = [pg.mkBrush(colour) for colour in look.classes]
        self.points.setData(
            pos=self._x,
            symbol=[SYMBOLS[number] for number in self._y],
            size=[mark_size(number, _SIZE) for number in self._y],
            brush=[brushes[number] for number in self._y],
            pen=pg.mkPen(look.surface, width=0.5),
        )


def _mixed(labels: npt.NDArray[Any]) -> str:
    """Return the mean of the colours of the labels present; that of the plot for none."""
    look = theme()
    colour = look.surface
    for share, number in enumerate(np.flatnonzero(labels), 1):
        colour = mix(look.classes[number], colour, 1 / share)
    return colour
