"""The marks of classes in plots: a colour and a shape for each."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from nnplay.gui.style.theme import theme
from nnplay.gui.views.colours import ramp
from nnplay.translation import _, n_

SYMBOLS = ("o", "s", "t1", "d", "+", "star", "t", "x", "t2", "t3")
"""Of up to ten classes, so that nobody depends on the colours."""
_THIN = frozenset({"+", "x", "star"})
"""Shapes drawn larger than the others, as their outlines hide much of their colour."""
_NAMES = (
    n_("circles"), n_("squares"), n_("triangles pointing up"), n_("diamonds"), n_("plus signs"),
    n_("stars"), n_("triangles pointing down"), n_("crosses"), n_("triangles pointing right"),
    n_("triangles pointing left"),
)  # fmt: skip
_SHADES = 64
_LARGER = 1.4


class Marks(pg.ScatterPlotItem):  # type: ignore[misc] # pyqtgraph has no annotations
    """Points, hidden while there are none: drawing no points takes as long as drawing a few."""

    def addPoints(self, *args: Any, **kwargs: Any) -> None:
        """Add points; every method that sets points calls this one."""
        super().addPoints(*args, **kwargs)
        self.setVisible(len(self.data) > 0)


def mark_size(number: int, size: float) -> float:
    """Return the width in pixels at which the mark of a class looks as large as a circle."""
    return size * _LARGER if SYMBOLS[number] in _THIN else size


def shape_name(number: int) -> str:
    """Return the name of the marks of a class."""
    return _(_NAMES[number])


def draw_mark(painter: QPainter, number: int, middle: QPointF, size: float) -> None:
    """Draw the mark of a class, about `size` pixels wide."""
    look = theme()
    painter.save()
    painter.translate(middle)
    side = mark_size(number, size)
    painter.scale(side, side)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.classes[number]))
    painter.drawPath(Symbols[SYMBOLS[number]])
    painter.restore()


def shades(values: npt.NDArray[Any], low: float, high: float) -> list[QBrush]:
    """Return a brush per value of (n,), from the colour of class 0 at `low` to that of class 1."""
    look = theme()
    colours = ramp((look.classes[0], look.surface, look.classes[1]), _SHADES)
    brushes = [pg.mkBrush(*(int(channel) for channel in colour)) for colour in colours]
    place = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    place = place * (_SHADES - 1)
    return [brushes[index] for index in np.clip(place.round(), 0, _SHADES - 1).astype(int)]
