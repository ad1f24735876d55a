"""Points painted by hand: what each stroke of a tool makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import cos, floor, hypot, pi, sin, sqrt
from random import Random

from nnplay.catalog.kind import LARGEST_COORDINATE, Rows

Point = tuple[float, float]
Label = tuple[float, ...]
"""What follows the coordinates in a row: the number of a class, or nothing on a curve."""


@dataclass(frozen=True)
class Radius:
    """The radius of a tool: a circle on the screen, in units of the axes an ellipse."""

    x: float
    y: float

    def distance(self, one: Point, other: Point) -> float:
        """Return the distance of two points in radii."""
        return hypot((one[0] - other[0]) / self.x, (one[1] - other[1]) / self.y)


@dataclass(frozen=True)
class Add:
    """Adds points."""

    points: tuple[Point, ...]
    label: Label

    def apply(self, rows: Rows) -> Rows:
        """Return the rows with these after them."""
        rounded = [(_rounded(x), _rounded(y)) for x, y in self.points]
        return rows + tuple(
            (x, y, *self.label) for x, y in rounded if max(abs(x), abs(y)) <= LARGEST_COORDINATE
        )


@dataclass(frozen=True)
class Erase:
    """Removes the points within a radius of a line segment."""

    start: Point
    end: Point
    radius: Radius

    def apply(self, rows: Rows) -> Rows:
        """Return the rows that remain."""
        left, right, low, high = self.box
        return tuple(
            row
            for row in rows
            if not (left <= row[0] <= right and low <= row[1] <= high and self.covers(*row[:2]))
        )

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, right, low and high end of all that it can cover."""
        (x1, y1), (x2, y2), radius = self.start, self.end, self.radius
        return (
            *(min(x1, x2) - radius.x, max(x1, x2) + radius.x),
            *(min(y1, y2) - radius.y, max(y1, y2) + radius.y),
        )

    def covers(self, x: float, y: float) -> bool:
        """Return whether a point is within the radius of the segment."""
        width, height = self.radius.x, self.radius.y
        along, up = (self.end[0] - self.start[0]) / width, (self.end[1] - self.start[1]) / height
        dx, dy = (x - self.start[0]) / width, (y - self.start[1]) / height
        # The nearest point of the segment: 0 is its start, 1 its end.
        square = along * along + up * up
        nearest = (dx * along + dy * up) / square if square else 0.0
        nearest = min(max(nearest, 0.0), 1.0)
        return (dx - nearest * along) ** 2 + (dy - nearest * up) ** 2 <= 1.0


@dataclass(frozen=True)
class Move:
    """Moves the points within a radius."""

    centre: Point
    radius: Radius
    by: Point

    def apply(self, rows: Rows) -> Rows:
        """Return all rows in their order, some with other coordinates."""
        covers = Erase(self.centre, self.centre, self.radius).covers
        return tuple(self._moved(row) if covers(row[0], row[1]) else row for row in rows)

    def _moved(self, row: tuple[float, ...]) -> tuple[float, ...]:
        x, y = (
            min(max(one + d, -LARGEST_COORDINATE), LARGEST_COORDINATE)
            for one, d in zip(row, self.by, strict=False)
        )
        return (_rounded(x), _rounded(y), *row[2:])


@dataclass(frozen=True)
class Clear:
    """Removes all points."""

    def apply(self, _rows: Rows) -> Rows:
        """Return no rows."""
        return ()


Stroke = Add | Erase | Move | Clear


@dataclass(frozen=True)
class Painting:
    """The points painted so far."""

    rows: Rows
    limit: int
    """The largest number of points."""
    excess: int = 0
    """How many points were left out since the limit was reached."""

    def after(self, stroke: Stroke) -> Painting:
        """Return the painting after a stroke; points beyond the limit are left out."""
        rows = stroke.apply(self.rows)
        over = max(0, len(rows) - self.limit)
        return replace(self, rows=rows[: self.limit], excess=self.excess + over if over else 0)


@dataclass
class BrushPath:
    """The path of a brush, with a point at its start and one at every full radius."""

    radius: Radius
    last: Point | None = None

    def extend(self, to: Point) -> tuple[Point, ...]:
        """Go on in a straight line; return the points added on the way."""
        if self.last is None:
            self.last = to
            return (to,)
        start, length = self.last, self.radius.distance(self.last, to)
        count = floor(length + 1e-9)
        step = [(b - a) / length if length else 0.0 for a, b in zip(start, to, strict=True)]
        added = tuple((start[0] + k * step[0], start[1] + k * step[1]) for k in range(1, count + 1))
        self.last = added[-1] if added else start
        return added


class SprayCan:
    """Adds random points, distributed evenly within a radius."""

    def __init__(self, seed: int, rate: float) -> None:
        """Make one; `rate` is in points per second."""
        self._random = Random(seed)
        self._rate = rate
        self._remainder = 0.0

    def spray(self, centre: Point, radius: Radius, seconds: float) -> tuple[Point, ...]:
        """Return the points of a time; a fraction of a point is left to the next call."""
        self._remainder += self._rate * seconds
        count = floor(self._remainder + 1e-9)
        self._remainder -= count
        return tuple(self._points(centre, radius, count))

    def _points(self, centre: Point, radius: Radius, count: int) -> Iterator[Point]:
        for _number in range(count):
            # The root, as the area within a distance grows with its square.
            distance, angle = sqrt(self._random.random()), 2 * pi * self._random.random()
            yield (
                centre[0] + radius.x * distance * cos(angle),
                centre[1] + radius.y * distance * sin(angle),
            )


def thinned(rows: Rows, limit: int) -> Rows:
    """Return an even subset of the rows, with at most `limit` of them."""
    count = len(rows)
    if count <= limit:
        return rows
    return tuple(rows[number * count // limit] for number in range(limit))


def _rounded(number: float) -> float:
    """Round to five digits, which are finer than any pixel, to keep stored files short."""
    return float(f"{number:.5g}")
