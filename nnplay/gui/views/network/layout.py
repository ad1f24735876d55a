"""Where the stages of a network are drawn, as a value computed from shapes and a size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal

from nnplay.experiment.stages import Stage

Regime = Literal["all", "strongest", "block"]
"""Which weights between two stages are drawn: all of them, the largest contributions to each unit,
or a picture of the matrix."""
Form = Literal["units", "grid", "picture"]
"""A stage is a column of units, a grid of many units, or the picture of the sample."""
FEW_UNITS = 16
MOST_EDGES = 700
MANY_UNITS = 64
HYSTERESIS = 1.2
"""How far beyond a limit a stage keeps the form that it has, so that nothing flickers."""
STRONGEST = 4
"""Edges for each unit in the second regime."""
_PITCH = 62.0
_LEAST_PITCH = 8.0
_LARGEST_UNIT = 40.0
_SHARE = 0.74
"""Of the pitch, that a unit takes."""
_LARGEST_PICTURE, _LEAST_PICTURE = 128.0, 48.0
_LEAST_COLUMN, _LEAST_GAP = 40.0, 36.0
_LEAST_TILE = 18.0
"""Pitch of units shown as images below which they are put into several columns."""
_WIDE_SHARE = 0.62
"""Of the width, that pictures and grids may take together."""
_MOST_CELLS = 256
_CELL = 11.0
_TILE = 27.0
"""Pitch of the cells of a grid, at 100 %."""


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point is inside."""
        inside = 0 <= x - self.x < self.width
        return inside and 0 <= y - self.y < self.height


@dataclass(frozen=True)
class Column:
    """Where one stage is drawn."""

    form: Form
    box: Box
    shown: int
    """Units that are drawn, the first ones."""
    per_row: int
    side: float
    """Of a unit."""
    pitch: float

    def unit(self, number: int) -> Box:
        """Return the square of a unit; the box of the picture, if it is one."""
        if self.form == "picture":
            return self.box
        row, column = divmod(number, self.per_row)
        gap = (self.pitch - self.side) / 2
        x = self.box.x + column * self.pitch + (gap if self.form == "grid" else 0.0)
        return Box(x, self.box.y + row * self.pitch + gap, self.side, self.side)

    def unit_at(self, x: float, y: float) -> int | None:
        """Return the unit at a point."""
        if self.form == "picture" or not self.box.contains(x, y):
            return None
        row = int((y - self.box.y) / self.pitch)
        column = int((x - self.box.x) / self.pitch) if self.form == "grid" else 0
        number = row * self.per_row + column
        if column >= self.per_row or number >= self.shown:
            return None
        inside = self.form == "grid" or self.unit(number).contains(x, y)
        return number if inside else None


@dataclass(frozen=True)
class NetworkLayout:
    """All columns, and the regime of each pair of neighbours."""

    columns: tuple[Column, ...]
    regimes: tuple[Regime, ...]
    """One fewer than columns."""
    top: float
    bottom: float
    """The range that columns may fill; captions are below."""
    width: float

    def gap(self, number: int) -> tuple[float, float]:
        """Return where the gap after a column begins and ends."""
        left, right = self.columns[number].box, self.columns[number + 1].box
        return left.x + left.width, right.x


def regime_of(sources: int, units: int, before: Regime | None = None) -> Regime:
    """Return which weights are drawn between two columns of units.

    `before` is the regime that they had, which is kept a little beyond its limits.
    """
    room = HYSTERESIS if before == "all" else 1.0
    most = max(sources, units)
    if most <= room * FEW_UNITS and sources * units <= room * MOST_EDGES:
        return "all"
    room = HYSTERESIS if before in ("all", "strongest") else 1.0
    return "strongest" if most <= room * MANY_UNITS else "block"


def lay_out(
    stages: Sequence[Stage],
    tiled: Sequence[bool],
    size: tuple[float, float],
    margins: tuple[float, float, float, float],
    zoom: float = 1.0,
    before: NetworkLayout | None = None,
) -> NetworkLayout:
    """Return the layout of stages in a widget of a size.

    `tiled` says of each stage whether its units are shown as images; margins are left, top, right
    and bottom; lengths are multiplied by `zoom`. `before` is the layout of the same network.
    """
    left, top, right, bottom = margins
    low = max(top + 4 * zoom, size[1] - bottom)
    height = low - top
    if before is not None and len(before.columns) != len(stages):
        before = None
    wide = [len(one.shape) > 1 or one.units > FEW_UNITS for one in stages]
    share = _WIDE_SHARE * (size[0] - left - right) / max(1, sum(wide))
    columns: list[Column] = []
    for number, (stage, has_tiles) in enumerate(zip(stages, tiled, strict=True)):
        form = None if before is None else before.columns[number].form
        columns.append(_column(stage, has_tiles, (share, height), zoom, form))
    taken = sum(column.box.width for column in columns)
    room = size[0] - left - right - taken
    gap = room / max(1, len(columns) - 1)
    placed, x = [], left
    if len(columns) == 1:
        x += room / 2
    for column in columns:
        box = column.box
        at = Box(x, top + (height - box.height) / 2, box.width, box.height)
        placed.append(
            Column(column.form, at, column.shown, column.per_row, column.side, column.pitch)
        )
        x += box.width + gap
    regimes: list[Regime] = []
    for number in range(1, len(placed)):
        one, other = placed[number - 1], placed[number]
        if one.form == other.form == "units":
            old = None if before is None else before.regimes[number - 1]
            regimes.append(regime_of(one.shown, other.shown, old))
        else:
            regimes.append("block")
    return NetworkLayout(tuple(placed), tuple(regimes), top, low, size[0])


def least_width(stages: int, margins: tuple[float, float, float, float], zoom: float) -> float:
    """Return the width at which a number of stages can still be distinguished."""
    return margins[0] + margins[2] + zoom * (stages * _LEAST_COLUMN + (stages - 1) * _LEAST_GAP)


def _column(
    stage: Stage, tiled: bool, room: tuple[float, float], zoom: float, before: Form | None
) -> Column:
    """Return the column of a stage at the origin; `room` is the width and the height to fill."""
    width, height = room
    if stage.layer is None and len(stage.shape) > 1:
        side = max(_LEAST_PICTURE * zoom, min(height, width, _LARGEST_PICTURE * zoom))
        return Column("picture", Box(0, 0, side, side), 1, 1, side, side)
    keep = HYSTERESIS if before == "units" else 1.0
    pitch = min(height / stage.units, _PITCH * zoom)
    least = (_LEAST_TILE if tiled else _LEAST_PITCH) * zoom
    if stage.units <= keep * MANY_UNITS and pitch * keep >= least:
        # Small units nearly touch, so that their maps are as large as they can be.
        side = max(_SHARE * pitch, min(pitch - 3 * zoom, 18 * zoom))
        side = min(_LARGEST_UNIT * zoom, side)
        return Column("units", Box(0, 0, side, pitch * stage.units), stage.units, 1, side, pitch)
    most = min(stage.units, MANY_UNITS if tiled else _MOST_CELLS)
    # The largest cells that fit; a little wider than high at most.
    sizes = (_TILE, 0.66 * _TILE) if tiled else (_CELL, 0.66 * _CELL)
    for size in sizes:
        pitch = size * zoom
        per_row, rows = max(1, int(width / pitch)), max(1, int(height / pitch))
        if per_row * rows >= most:
            break
    per_row = max(ceil(most / rows), min(per_row, ceil(sqrt(most / 1.5))))
    per_row = max(1, min(per_row, int(width / pitch)))
    shown = min(most, rows * per_row)
    box = Box(0, 0, per_row * pitch, ceil(shown / per_row) * pitch)
    return Column("grid", box, shown, per_row, 0.86 * pitch, pitch)
