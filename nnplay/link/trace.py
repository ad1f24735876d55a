"""Rows of numbers that one thread appends and other threads read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Columns = tuple[npt.NDArray[Any], ...]

STEP_COLUMNS = ("step", "epoch", "loss", "accuracy", "lr", "penalty")
EPOCH_COLUMNS = (
    "epoch",
    "step",
    "train_loss",
    "train_accuracy",
    "val_loss",
    "val_accuracy",
    "train_penalty",
    "watched",
)
"""`watched` is the metric that the run's policy monitors."""

FULL_ROWS = 200_000
"""Up to this number, every row is kept: about 10 MB, which all plots share."""
THINNING = 4


class Spacing(NamedTuple):
    """Which of the steps that follow get a row."""

    apart: int = 1
    """Every such step."""
    skip: int = 0
    """Steps before the next row."""
    room: int = FULL_ROWS
    """Rows until the spacing grows."""

    @property
    def is_legal(self) -> bool:
        """Whether a trace can have it."""
        apart = self.apart
        while apart > 1 and apart % THINNING == 0:
            apart //= THINNING
        return apart == 1 and 0 <= self.skip < self.apart and 0 < self.room <= 2 * FULL_ROWS


class Trace:
    """Columns that grow at their end; one writer, any number of readers, no lock.

    The first FULL_ROWS rows are all kept. After them one in 4 is kept, until half as many again are
    there, then one in 16, and so on, so that a run of days stays small.
    """

    def __init__(self, columns: tuple[str, ...], every_row: int = FULL_ROWS) -> None:
        self.columns = columns
        self._rows = np.empty((1024, len(columns)))
        self._count = 0
        self._stage = max(1, every_row // 2)
        self._room = every_row
        self._apart = 1
        self._skip = 0
        self.cuts = 0
        """How often rows were removed, because the run went back before them."""

    @staticmethod
    def of_rows(
        columns: tuple[str, ...], rows: npt.NDArray[np.float64], spacing: Spacing | None = None
    ) -> Trace:
        """Return a trace that continues rows of shape (n, columns), all rows if not `spacing`."""
        trace = Trace(columns)
        if spacing is None:
            trace.extend(rows)
        else:
            trace._put(tuple(rows.T))
            trace._apart, trace._skip, trace._room = spacing
        return trace

    def __len__(self) -> int:
        return self._count

    @property
    def spacing(self) -> Spacing:
        """Which of the steps that follow get a row."""
        return Spacing(self._apart, self._skip, self._room)

    def extend(self, rows: npt.NDArray[np.float64]) -> None:
        """Append rows of shape (n, columns); NaN for unknown values."""
        self.extend_by_column(rows.T)

    def extend_by_column(self, columns: Iterable[npt.NDArray[Any]]) -> None:
        """Append rows given as columns, each of shape (n,)."""
        rest = tuple(columns)
        while len(rest[0]):
            rest = self._append(rest)

    def _append(self, columns: Columns) -> Columns:
        """Append the rows of the present stage of thinning, and return the rest."""
        count = len(columns[0])
        taken = tuple(column[self._skip :: self._apart][: self._room] for column in columns)
        fits = len(taken[0])
        if fits < self._room:
            self._skip = (self._skip - count) % self._apart
            start = count
        else:
            start = self._skip + (fits - 1) * self._apart + 1
            self._apart *= THINNING
            self._skip, self._room = self._apart - 1, self._stage + fits
        self._room -= fits
        self._put(taken)
        return tuple(column[start:] for column in columns)

    def _put(self, columns: Columns) -> None:
        end = self._count + len(columns[0])
        if end > len(self._rows):
            larger = np.empty((max(end, 2 * len(self._rows)), len(self.columns)))
            larger[: self._count] = self._rows[: self._count]
            self._rows = larger
        for place, column in enumerate(columns):
            self._rows[self._count : end, place] = column
        # The count comes last, so that a reader never sees a row before its values are written.
        self._count = end

    def read(self, start: int = 0) -> npt.NDArray[np.float64]:
        """Return the rows from `start` on as a read-only view of shape (n, columns)."""
        # The count is read first: the array read after it holds at least that many rows, even if
        # the writer has replaced it by a larger copy in between.
        count = self._count
        rows = self._rows[start:count]
        rows.setflags(write=False)
        return rows

    def begin(self, other: Trace, step: int) -> None:
        """Take over the rows of another trace up to a step."""
        self._rows, self._count = other.read(), len(other)
        self._stage, self._room = other._stage, other._room
        self._apart, self._skip = other._apart, other._skip
        # A copy, as both go on from here; also where every row is kept.
        self._rows = self._rows.copy()
        self.cut("step", step)
        self.cuts = 0

    def cut(self, name: str, value: float) -> None:
        """Remove the rows from the first whose column is above a value; the column must ascend."""
        kept = int(np.searchsorted(self.column(name), value, "right"))
        if kept == self._count:
            return
        # A copy, because other threads may still read the rows that are overwritten now.
        self._rows = self._rows.copy()
        self._room += self._count - kept
        self._skip = 0
        self._count = kept
        self.cuts += 1

    def column(self, name: str, start: int = 0) -> npt.NDArray[np.float64]:
        """Return one column, from row `start` on."""
        return self.read(start)[:, self.columns.index(name)]
