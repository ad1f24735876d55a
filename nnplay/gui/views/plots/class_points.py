"""Points of the plane in the colour and shape of their class, or coloured by a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg

from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.colours import mix
from nnplay.gui.views.plots.markers import SYMBOLS, mark_size, shades

_FEW = 1000
"""Points up to which there is room for large marks."""


@dataclass(frozen=True)
class PointGroup:
    """Points that look alike."""

    at: npt.NDArray[Any]
    """(n, 2)."""
    number: int
    """Of their class; 0 for a regression."""
    values: npt.NDArray[Any]
    """(n,)."""
    hollow: bool
    """Whether they are held out from training."""


class ClassPoints(pg.ScatterPlotItem):  # type: ignore[misc] # pyqtgraph has no annotations
    """Draws groups of points, and draws them again when the theme changes."""

    def __init__(self) -> None:
        super().__init__(pxMode=True)
        self._groups: tuple[PointGroup, ...] = ()
        self._range: tuple[float, float] | None = None
        bus.changed.connect(self._draw)

    @property
    def count(self) -> int:
        """The number of points."""
        return sum(len(group.at) for group in self._groups)

    def show_groups(
        self, groups: Sequence[PointGroup], value_range: tuple[float, float] | None = None
    ) -> None:
        """Show points; with a range of values, these choose the colour in place of the class."""
        self._groups, self._range = tuple(groups), value_range
        self._draw()

    def show_only(self, kept: npt.NDArray[np.bool_]) -> None:
        """Hide the points for which `kept`, of shape (n,), is false."""
        # pyqtgraph's setPointsVisible draws every mark again, which takes as long as a whole frame.
        self.data["visible"] = kept
        self.invalidate()
        self.update()

    def _draw(self) -> None:
        look, few = theme(), self.count <= _FEW
        symbols: list[str] = []
        brushes: list[Any] = []
        pens: list[Any] = []
        sizes: list[float] = []
        # One entry per point: an option given once would hold for all points, also those before.
        for group in self._groups:
            number, count = group.number, len(group.at)
            symbols += [SYMBOLS[number]] * count
            sizes += [mark_size(number, 8 if few else 5)] * count
            if self._range is not None:
                brushes += shades(group.values, *self._range)
                pens += [pg.mkPen(look.text if group.hollow else look.muted, width=1)] * count
                continue
            colour = look.classes[number]
            outline = colour if group.hollow else mix(look.surface, colour, 0.85)
            brush = pg.mkBrush(mix(look.surface, colour, 0.9) if group.hollow else colour)
            brushes += [brush] * count
            pens += [pg.mkPen(outline, width=2 if group.hollow and few else 1)] * count
        places = np.concatenate([group.at for group in self._groups] or [np.empty((0, 2))])
        self.setData(pos=places, symbol=symbols, brush=brushes, pen=pens, size=sizes)
