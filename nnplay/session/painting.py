"""Points painted by hand: what each stroke makes of the points that are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import cos, floor, hypot, pi, sin, sqrt
from random import Random

from nnplay.catalog.kind import FARTHEST, Rows

Place = tuple[float, float]
Ink = tuple[float, ...]
"""What a row has behind its place: the number of a class, or nothing on a curve."""


@dataclass(frozen=True)
class Reach:
    """How far a tool reaches to each side: what is a circle on the screen, in units of the axes."""

    across: float
    up: float

    def between(self, one: Place, other: Place) -> float:
        """Return the distance of two places; 1 is as far as the tool reaches."""
        return hypot((one[0] - other[0]) / self.across, (one[1] - other[1]) / self.up)


@dataclass(frozen=True)
class Lay:
    """Puts down points."""

    places: tuple[Place, ...]
    ink: Ink

    def on(self, rows: Rows) -> Rows:
        """Return the rows with these behind them."""
        tidy = [(_tidy(x), _tidy(y)) for x, y in self.places]
        return rows + tuple((x, y, *self.ink) for x, y in tidy if max(abs(x), abs(y)) <= FARTHEST)


@dataclass(frozen=True)
class Erase:
    """Takes away what lies within reach of a straight way."""

    start: Place
    end: Place
    reach: Reach

    def on(self, rows: Rows) -> Rows:
        """Return the rows that are left."""
        left, right, low, high = self.box
        return tuple(
            row
            for row in rows
            if not (left <= row[0] <= right and low <= row[1] <= high and self.holds(*row[:2]))
        )

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, right, low and high of all that it can hold."""
        (x1, y1), (x2, y2), reach = self.start, self.end, self.reach
        return (
            *(min(x1, x2) - reach.across, max(x1, x2) + reach.across),
            *(min(y1, y2) - reach.up, max(y1, y2) + reach.up),
        )

    def holds(self, x: float, y: float) -> bool:
        """Say whether a place is near enough to the way."""
        wide, high = self.reach.across, self.reach.up
        along, rise = (self.end[0] - self.start[0]) / wide, (self.end[1] - self.start[1]) / high
        right, above = (x - self.start[0]) / wide, (y - self.start[1]) / high
        # The nearest point of the way: 0 is its start, 1 its end.
        square = along * along + rise * rise
        nearest = (right * along + above * rise) / square if square else 0.0
        nearest = min(max(nearest, 0.0), 1.0)
        return (right - nearest * along) ** 2 + (above - nearest * rise) ** 2 <= 1.0


@dataclass(frozen=True)
class Shift:
    """Moves what lies within reach of a place."""

    at: Place
    reach: Reach
    by: Place

    def on(self, rows: Rows) -> Rows:
        """Return all rows in their order, some at another place."""
        held = Erase(self.at, self.at, self.reach).holds
        return tuple(self._moved(row) if held(row[0], row[1]) else row for row in rows)

    def _moved(self, row: tuple[float, ...]) -> tuple[float, ...]:
        x, y = (
            min(max(one + d, -FARTHEST), FARTHEST) for one, d in zip(row, self.by, strict=False)
        )
        return (_tidy(x), _tidy(y), *row[2:])


@dataclass(frozen=True)
class Clear:
    """Takes all points away."""

    def on(self, _rows: Rows) -> Rows:
        """Return no rows."""
        return ()


Stroke = Lay | Erase | Shift | Clear


@dataclass(frozen=True)
class Painting:
    """The points that have been painted so far, and how many there can be."""

    rows: Rows
    most: int
    refused: int = 0
    """How many points found no room any more since it was last empty enough."""

    def after(self, stroke: Stroke) -> Painting:
        """Return what a stroke makes of it; points beyond the limit are left out."""
        rows = stroke.on(self.rows)
        over = max(0, len(rows) - self.most)
        return replace(self, rows=rows[: self.most], refused=self.refused + over if over else 0)


@dataclass
class Beads:
    """What a brush puts along its way: a point at the start, and one at every full reach."""

    reach: Reach
    last: Place | None = None

    def along(self, to: Place) -> tuple[Place, ...]:
        """Go on to a place in a straight line; return the points put on the way."""
        if self.last is None:
            self.last = to
            return (to,)
        start, far = self.last, self.reach.between(self.last, to)
        count = floor(far + 1e-9)
        step = [(b - a) / far if far else 0.0 for a, b in zip(start, to, strict=True)]
        beads = tuple((start[0] + k * step[0], start[1] + k * step[1]) for k in range(1, count + 1))
        self.last = beads[-1] if beads else start
        return beads


class Nozzle:
    """What a spray can puts down: points by chance, evenly within its reach."""

    def __init__(self, seed: int, rate: float) -> None:
        """Make one; `rate` is in points per second."""
        self._random = Random(seed)
        self._rate = rate
        self._owed = 0.0

    def drops(self, at: Place, reach: Reach, seconds: float) -> tuple[Place, ...]:
        """Return the points of so much time; what makes no full point is owed to the next time."""
        self._owed += self._rate * seconds
        count = floor(self._owed + 1e-9)
        self._owed -= count
        return tuple(self._drops(at, reach, count))

    def _drops(self, at: Place, reach: Reach, count: int) -> Iterator[Place]:
        for _number in range(count):
            # The area within a radius grows with its square.
            radius, angle = sqrt(self._random.random()), 2 * pi * self._random.random()
            yield (
                at[0] + reach.across * radius * cos(angle),
                at[1] + reach.up * radius * sin(angle),
            )


def thinned(rows: Rows, most: int) -> Rows:
    """Return at most so many of the rows, taken evenly from first to last."""
    count = len(rows)
    if count <= most:
        return rows
    return tuple(rows[number * count // most] for number in range(most))


def _tidy(number: float) -> float:
    """Return it as it is worth storing: five digits are finer than any pixel."""
    return float(f"{number:.5g}")
