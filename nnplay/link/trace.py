"""Rows of numbers that one thread appends and others read, without losing one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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
"""`watched` is the figure that the policy of the run watches."""

EVERY_ROW = 200_000
"""So many rows are kept one and all: about 10 MB, which plots of them share."""
THINNER = 4


class Trace:
    """Append-only columns; one writer, any number of readers, no lock.

    Every row is kept, in order, up to EVERY_ROW of them. Of those behind them one in 4 is, until
    half as many have come again, then one in 16, and so on: a run of days stays small.
    """

    def __init__(self, columns: tuple[str, ...], every_row: int = EVERY_ROW) -> None:
        self.columns = columns
        self._rows = np.empty((1024, len(columns)))
        self._count = 0
        self._stage = max(1, every_row // 2)
        self._room = every_row
        self._apart = 1
        self._skip = 0

    def __len__(self) -> int:
        return self._count

    def extend(self, rows: npt.NDArray[np.float64]) -> None:
        """Append rows of shape (n, columns); NaN stands for what is not known."""
        self.extend_by_column(rows.T)

    def extend_by_column(self, columns: Iterable[npt.NDArray[Any]]) -> None:
        """Append rows that come column by column, each of shape (n,)."""
        rest = tuple(columns)
        while len(rest[0]):
            rest = self._append(rest)

    def _append(self, columns: Columns) -> Columns:
        """Append what belongs to this stage, and return the rest."""
        count = len(columns[0])
        taken = tuple(column[self._skip :: self._apart][: self._room] for column in columns)
        fits = len(taken[0])
        if fits < self._room:
            self._skip = (self._skip - count) % self._apart
            start = count
        else:
            start = self._skip + (fits - 1) * self._apart + 1
            self._apart *= THINNER
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
        # Last, so that a reader never sees a row before its numbers are in.
        self._count = end

    def read(self, start: int = 0) -> npt.NDArray[np.float64]:
        """Return the rows from `start` on as a read-only view of shape (n, columns)."""
        # The count first: the array it belongs to is the same or a larger copy.
        count = self._count
        rows = self._rows[start:count]
        rows.setflags(write=False)
        return rows

    def column(self, name: str, start: int = 0) -> npt.NDArray[np.float64]:
        """Return one column from row `start` on."""
        return self.read(start)[:, self.columns.index(name)]
