"""Ghost curves: curves of earlier runs behind those of the run that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg

from nnplay.gui.style.theme import theme
from nnplay.gui.views.plots.long_line import LineStyle, PlotLine
from nnplay.gui.views.plots.markers import SYMBOLS, mark_size

Values = npt.NDArray[np.float64]
_AFTER = 2
"""The first colours and marks are those of the training and the validation data."""
_WIDTH = 1.5
_SPOTS = 6
"""Marks on a curve, which name it where colours cannot be distinguished."""
_SIZE = 7


def ghost_mark(place: int) -> int:
    """Return the number of the mark of a ghost, among `SYMBOLS`."""
    return place + _AFTER


def ghost_colour(place: int) -> str:
    """Return the colour of a ghost in the current theme, as #rrggbb."""
    return theme().classes[ghost_mark(place)]


@dataclass(frozen=True)
class Ghost:
    """One curve of an earlier run."""

    name: str
    place: int
    """Determines colour and mark."""
    dashed: bool
    epoch: Values
    step: Values
    values: Values
    """(n,), as are epoch and step."""


class GhostLine(PlotLine):
    """A curve that does not grow, thin and behind all others, with few marks."""

    def __init__(self, ghost: Ghost, plot: pg.PlotWidget) -> None:
        self.ghost = ghost
        style = LineStyle(ghost.name, _WIDTH, dashed=ghost.dashed, mark=SYMBOLS[_mark(ghost)])
        super().__init__(style, plot)
        self.curve.setZValue(-2)
        self.marks.setZValue(-1)
        # Drawn again only when the axes change, and not with every step of the run.
        self.curve.setCacheMode(self.curve.CacheMode.DeviceCoordinateCache)
        self.marks.setCacheMode(self.marks.CacheMode.DeviceCoordinateCache)
        self.marks.setSize(mark_size(_mark(ghost), _SIZE))
        self.show(ghost.epoch, ghost.step, ghost.values)

    def show_marks(self, x: Values, y: Values) -> None:
        """Mark some of the points, those of each ghost at other places."""
        count = len(x)
        apart = max(1.0, count / _SPOTS)
        first = min(count - 1, apart * (self.ghost.place + 0.5) / len(SYMBOLS)) if count else 0
        chosen = np.unique(np.arange(first, count, apart).astype(int)) if count else slice(0)
        self.marks.setData(x[chosen], y[chosen])

    def recolour(self) -> None:
        """Use the colours of the current theme."""
        self.set_colour(ghost_colour(self.ghost.place), theme().surface)


def replaced_ghosts(
    lines: Sequence[GhostLine], ghosts: Sequence[Ghost], plot: pg.PlotWidget
) -> tuple[GhostLine, ...]:
    """Draw other ghosts in a plot, and return their lines; those that are the same are kept."""
    before = {_key(line.ghost): line for line in lines}
    new = []
    for ghost in ghosts:
        line = before.pop(_key(ghost), None)
        if line is None:
            line = GhostLine(ghost, plot)
            line.recolour()
        new.append(line)
    for line in before.values():
        plot.removeItem(line.curve)
        plot.removeItem(line.marks)
    return tuple(new)


def _key(ghost: Ghost) -> tuple[str, int, bool, int]:
    return ghost.name, ghost.place, ghost.dashed, id(ghost.values)


def _mark(ghost: Ghost) -> int:
    return ghost_mark(ghost.place)
