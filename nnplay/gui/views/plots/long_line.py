"""One line of a plot that may have millions of rows, kept as a min/max pyramid."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from nnplay.gui.views.colours import mix
from nnplay.gui.views.plots.markers import Spots
from nnplay.gui.views.plots.polyline import Polyline
from nnplay.gui.views.plots.pyramid import Pyramid, Values

XAxis = Literal["epoch", "step"]
MOST_MARKERS = 60
"""More markers than this touch each other."""
_NONE = np.empty(0)


@dataclass(frozen=True)
class Look:
    """How a series is drawn: its name in words, and what tells it apart besides its colour."""

    name: str
    width: float
    strength: float = 1.0
    """Share of the colour over the ground."""
    dashed: bool = False
    mark: str = ""
    """`o`, `s` or none."""

    def pen(self, colour: str, ground: str) -> QPen:
        """Return the pen in that colour, pre-mixed, since alpha is slow on wide lines."""
        pen = pg.mkPen(mix(colour, ground, self.strength), width=self.width)
        assert isinstance(pen, QPen)
        if self.dashed:
            pen.setDashPattern([5, 3])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


class Series:
    """A growing line; knows its rows by epoch and by step, and draws only what can be seen."""

    def __init__(self, look: Look, plot: pg.PlotWidget) -> None:
        self.look = look
        self.curve = Polyline()
        self.marks = Spots(pxMode=True, size=7, symbol=look.mark or "o")
        plot.addItem(self.curve, ignoreBounds=True)
        plot.addItem(self.marks, ignoreBounds=True)
        self.clear()

    def clear(self) -> None:
        """Forget all rows."""
        self._drawn: tuple[object, ...] = ()
        self._pyramid = Pyramid()
        self._x: dict[XAxis, Values] = {"epoch": _NONE, "step": _NONE}
        self.curve.set_points(_NONE, _NONE)
        self.marks.setData(_NONE, _NONE)

    def __len__(self) -> int:
        return len(self._pyramid)

    def show(self, epoch: Values, step: Values, values: Values) -> None:
        """Take up all rows, each of shape (n,): those from before, and more behind them.

        Epoch and step never fall. The arrays are kept, not copied: they may be views of what grows.
        """
        self._x = {"epoch": epoch, "step": step}
        self._pyramid.show(values)

    def has_values(self) -> bool:
        """Say whether there is any number in it."""
        return bool(np.isfinite(self._pyramid.bounds()[0]))

    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest value, NaN where there is none."""
        return self._pyramid.bounds()

    def x_end(self, axis: XAxis) -> float:
        """Return the last x, 0 where there is none."""
        x = self._x[axis]
        return float(x[-1]) if len(x) else 0.0

    def envelope(self, axis: XAxis, low: float, high: float, pixels: int) -> tuple[Values, Values]:
        """Return the points to draw between two x, at most about two per pixel."""
        x = self._x[axis]
        # One row more on both sides, so that the line leaves the picture at its edges.
        start = max(0, bisect_left(x, low) - 1)
        stop = min(len(x), bisect_right(x, high) + 1)
        first, lows, highs = self._pyramid.envelope(start, stop, max(1, pixels))
        if not len(first):
            return _NONE, _NONE
        if len(first) >= stop - start:
            return x[first], lows
        twice: Values = np.repeat(x[first], 2)
        return twice, np.stack([lows, highs], axis=1).reshape(-1)

    def draw(self, axis: XAxis, low: float, high: float, pixels: int, *, log: bool) -> None:
        """Draw what lies between two x on so many pixels, unless that is what stands there."""
        wanted = (axis, low, high, pixels, log, len(self))
        if wanted == self._drawn:
            return
        self._drawn = wanted
        # A figure that a run does not have is missing in every row.
        x, y = self.envelope(axis, low, high, pixels) if self.has_values() else (_NONE, _NONE)
        if log:
            y = np.log10(np.where(y > 0, y, np.nan))
        real = np.isfinite(y)
        self.curve.set_points(x, y)
        few = 0 < np.count_nonzero(real) <= MOST_MARKERS
        # A lone number, as after the first epoch, makes no line: its mark is all there is.
        if few and (self.look.mark or np.count_nonzero(real) == 1):
            self.marks.setData(x[real], y[real])
        elif len(self.marks.data):
            self.marks.setData(_NONE, _NONE)

    def set_colour(self, colour: str, ground: str) -> None:
        """Draw in a colour on a ground."""
        pen = self.look.pen(colour, ground)
        self.curve.set_pen(pen)
        self.marks.setBrush(pg.mkBrush(pen.color()))
        self.marks.setPen(pg.mkPen(ground, width=1))

    def nearest(self, axis: XAxis, at: float) -> tuple[float, float] | None:
        """Return x and value of the row nearest to `at`, or None where there is none."""
        x = self._x[axis]
        if not len(x):
            return None
        after = min(bisect_left(x, at), len(x) - 1)
        before = max(0, after - 1)
        row = before if at - x[before] <= x[after] - at else after
        value = float(self._pyramid.values[row])
        return (float(x[row]), value) if np.isfinite(value) else None
