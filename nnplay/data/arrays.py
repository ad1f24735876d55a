"""Samples as NumPy arrays, whole or split into training, validation and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog import DataSpec
from nnplay.link.input_columns import InputColumns
from nnplay.link.scaling import Scaling, TargetScaling

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Raw = npt.NDArray[np.float32] | npt.NDArray[np.float64] | Bytes
WHITE = 255
"""The byte of a white pixel, which the network receives as 1."""


class DataError(Exception):
    """Data are not available; the message says why, and `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Cancelled(DataError):
    """The user stopped a download or an import."""


@dataclass(frozen=True)
class Samples:
    """Inputs with their targets."""

    raw: Raw
    """(n, *in_shape): the inputs as float32, as float64 where float32 would lose digits, or as
    uint8 for images (255 is white)."""
    y: npt.NDArray[Any]
    """The targets: (n, outputs) float32 or float64 for regression, (n,) int64 class indices for
    classification, (n, labels) float32 of 0 and 1 for several labels per sample."""

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def x(self) -> Floats:
        """All inputs as float32; for bytes a new array four times their size (see `rows`)."""
        return floats_of(self.raw)

    def rows(self, which: slice | Sequence[int] | npt.NDArray[np.int64]) -> Floats:
        """Return the inputs of the selected samples as float32."""
        return floats_of(self.raw[which])

    def subset(self, which: slice | npt.NDArray[np.int64]) -> Samples:
        """Return the selected samples; bytes stay bytes."""
        return Samples(self.raw[which], self.y[which])

    def read_only(self) -> Samples:
        """Make the arrays read-only, because several threads share them, and return the samples."""
        self.raw.flags.writeable = False
        self.y.flags.writeable = False
        return self


def floats_of(raw: Raw) -> Floats:
    """Return inputs as the network receives them: bytes are divided by 255."""
    if raw.dtype == np.uint8:
        return np.divide(raw, WHITE, dtype=np.float32)
    return np.asarray(raw, np.float32)


@dataclass(frozen=True)
class Gaps:
    """How missing inputs, which are NaN, are filled in once the training part is known."""

    widths: tuple[int, ...]
    """The number of inputs that each column of the table became."""
    are_categories: tuple[bool, ...]
    """Of each column, whether its inputs are one-hot encoded."""
    by: str
    """What numbers are filled with: "mean" or "most frequent"."""


@dataclass(frozen=True)
class Source:
    """A data set as loaded: samples, and its own test and validation sets if it has them."""

    samples: Samples
    test: Samples | None = None
    gaps: Gaps | None = None
    """None if no input is missing."""
    spec: DataSpec | None = None
    """What is known of the data set; from `load`."""
    columns: InputColumns | None = None
    """The columns that the inputs come from, without statistics; None for images and sequences."""
    missing: str = ""
    """What missing cells are filled with, one of MISSING of the catalog; "" if none may be."""
    validation: Samples | None = None


@dataclass(frozen=True)
class Parts:
    """A data set after splitting; validation and test may be empty."""

    train: Samples
    validation: Samples
    test: Samples
    scaling: Scaling | None = None
    """None if the inputs were not scaled."""
    target_scaling: TargetScaling | None = None
    """How the targets are to be scaled for learning, None if they are not; those of the parts stay
    in the units of the data."""
    columns: InputColumns | None = None
    """How the columns of new samples are encoded; None for images and sequences."""
