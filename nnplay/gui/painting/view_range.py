"""The view range of a plot to paint on: all points with room around them, and no jumps."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from nnplay.gui.views.plots.density import Floats

_ROOM = 0.25
"""Margin on each side as a share of the width."""
_EMPTY = 3.0
"""Half the width of an empty plot."""


def blank_home() -> QRectF:
    """Return the view range of a plot without points."""
    return QRectF(-_EMPTY, -_EMPTY, 2 * _EMPTY, 2 * _EMPTY)


def painted_home(x: Floats, y: Floats) -> QRectF:
    """Return the view range of points at x and y, each (n,), with room for more."""
    wide, high = (float(np.ptp(one)) or 2.0 for one in (x, y))
    left, low = (float(one.min()) for one in (x, y))
    return QRectF(
        left - _ROOM * wide, low - _ROOM * high, (1 + 2 * _ROOM) * wide, (1 + 2 * _ROOM) * high
    )


def stays(view: QRectF, x: Floats, y: Floats) -> bool:
    """Return whether a view range still contains all points, so that it need not change."""
    sides = ((x, view.left(), view.right()), (y, view.top(), view.bottom()))
    return all(bool(((one >= low) & (one <= high)).all()) for one, low, high in sides)
