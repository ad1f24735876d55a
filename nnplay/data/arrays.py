"""Samples as NumPy arrays, whole or parted into training, validation and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
WHITE = 255
"""What a byte of a picture is a share of."""


class DataError(Exception):
    """Data cannot be had; says what happened, and `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Samples:
    """Inputs with their truth."""

    kept: Floats | Bytes
    """(n, *in_shape): the inputs, or of pictures bytes, which stand for shares of 255."""
    y: npt.NDArray[Any]
    """(n, outputs) float32 for a regression, (n,) int64 class numbers for a classification, and
    (n, labels) float32 of 0 and 1 where a sample may carry several labels."""

    def __len__(self) -> int:
        return len(self.kept)

    @property
    def x(self) -> Floats:
        """All inputs; of bytes a new array, four times as large: see `rows`."""
        return floats_of(self.kept)

    def rows(self, which: slice | Sequence[int] | npt.NDArray[np.int64]) -> Floats:
        """Return the inputs of some samples."""
        return floats_of(self.kept[which])

    def taken(self, which: slice | npt.NDArray[np.int64]) -> Samples:
        """Return some of the samples, their inputs kept as they are here."""
        return Samples(self.kept[which], self.y[which])

    def read_only(self) -> Samples:
        """Forbid writing to the arrays, which many readers share, and return the samples."""
        self.kept.flags.writeable = False
        self.y.flags.writeable = False
        return self


def floats_of(kept: Floats | Bytes) -> Floats:
    """Return inputs as the network takes them: bytes as the float32 nearest to their share."""
    if kept.dtype == np.uint8:
        return np.divide(kept, WHITE, dtype=np.float32)
    return np.asarray(kept, np.float32)


@dataclass(frozen=True)
class Source:
    """A data set as it comes: samples, and an official test part where it has one."""

    samples: Samples
    test: Samples | None = None


@dataclass(frozen=True)
class Scaling:
    """What was done to the inputs: (x - shift) / size, of shapes that match one sample."""

    shift: npt.NDArray[np.float64]
    size: npt.NDArray[np.float64]

    def there(self, x: npt.NDArray[Any]) -> Floats:
        """Return inputs as the network takes them."""
        found: Floats = ((x - self.shift) / self.size).astype(np.float32)
        return found

    def back(self, x: npt.NDArray[Any]) -> Floats:
        """Return inputs of the network in the units of the data."""
        found: Floats = (x * self.size + self.shift).astype(np.float32)
        return found


@dataclass(frozen=True)
class Parts:
    """A data set as it is used; validation and test may be empty."""

    train: Samples
    validation: Samples
    test: Samples
    scaling: Scaling | None = None
    """None where the inputs are as they came."""
