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
from nnplay.gui.views.plots.markers import Marks
from nnplay.gui.views.plots.polyline import Polyline
from nnplay.gui.views.plots.pyramid import Pyramid, Values

XAxis = Literal["epoch", "step"]
MOST_MARKERS = 60
"""More markers than this touch each other."""
_NONE = np.empty(0)


@dataclass(frozen=True)
class LineStyle:
    """How a line is drawn: its name, and what distinguishes it besides its colour."""

    name: str
    width: float
    strength: float = 1.0
    """Share of the colour over the background."""
    dashed: bool = False
    mark: str = ""
    """`o`, `s` or ""."""

    def pen(self, colour: str, ground: str) -> QPen:
        """Return the pen in a colour, mixed with the background: alpha is slow on wide lines."""
        pen = pg.mkPen(mix(colour, ground, self.strength), width=self.width)
        assert isinstance(pen, QPen)
        if self.dashed:
            pen.setDashPattern([5, 3])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


class PlotLine:
    """A growing line, by epoch and by step, of which only the visible part is drawn."""

    def __init__(self, style: LineStyle, plot: pg.PlotWidget) -> None:
        self.style = style
        self.most_marks = MOST_MARKERS
        self.curve = Polyline()
        self.marks = Marks(pxMode=True, size=7, symbol=style.mark or "o")
        plot.addItem(self.curve, ignoreBounds=True)
        plot.addItem(self.marks, ignoreBounds=True)
        self.clear()

    def clear(self) -> None:
        """Remove all rows."""
        self._drawn: tuple[object, ...] = ()
        self._pyramid = Pyramid()
        self._x: dict[XAxis, Values] = {"epoch": _NONE, "step": _NONE}
        self.curve.set_points(_NONE, _NONE)
        self.marks.setData(_NONE, _NONE)

    def __len__(self) -> int:
        return len(self._pyramid)

    def show(self, epoch: Values, step: Values, values: Values) -> None:
        """Take all rows, each of shape (n,): those from before, and more behind them.

        Epoch and step never decrease. The arrays are kept without a copy, as views of what grows.
        """
        self._x = {"epoch": epoch, "step": step}
        self._pyramid.show(values)

    def has_values(self) -> bool:
        """Return whether it has any finite value."""
        return bool(np.isfinite(self._pyramid.bounds()[0]))

    @property
    def values(self) -> Values:
        """All values, of shape (n,)."""
        return self._pyramid.values

    def bounds(self) -> tuple[float, float]:
        """Return the smallest and the largest value, NaN where there is none."""
        return self._pyramid.bounds()

    def x_end(self, axis: XAxis) -> float:
        """Return the last x, 0 where there is none."""
        x = self._x[axis]
        return float(x[-1]) if len(x) else 0.0

    def envelope(self, axis: XAxis, low: float, high: float, pixels: int) -> tuple[Values, Values]:
        """Return the points to draw between two x, at most about two per pixel."""
        x = self._x[axis]
        # One row more on both sides, so that the line reaches the edges of the picture.
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
        """Draw what lies between two x on that many pixels, unless it is drawn already."""
        request = (axis, low, high, pixels, log, len(self), self.most_marks)
        if request == self._drawn:
            return
        self._drawn = request
        # A metric that a run does not have is missing in every row.
        x, y = self.envelope(axis, low, high, pixels) if self.has_values() else (_NONE, _NONE)
        if log:
            y = np.log10(np.where(y > 0, y, np.nan))
        real = np.isfinite(y)
        self.curve.set_points(x, y)
        self.show_marks(x[real], y[real])

    def show_marks(self, x: Values, y: Values) -> None:
        """Mark the drawn points, unless they are too many."""
        few = 0 < len(x) <= self.most_marks
        # A single value, as after the first epoch, makes no line, only a mark.
        if few and (self.style.mark or len(x) == 1):
            self.marks.setData(x, y)
        elif len(self.marks.data):
            self.marks.setData(_NONE, _NONE)

    def set_colour(self, colour: str, ground: str) -> None:
        """Draw in a colour on a background."""
        pen = self.style.pen(colour, ground)
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
