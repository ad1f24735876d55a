"""Fills missing inputs by statistics of the training set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.data.arrays import Gaps, Parts, Samples

_Rows = npt.NDArray[Any]


def filled(parts: Parts, gaps: Gaps) -> Parts:
    """Return the parts with every NaN filled in.

    A number becomes the mean or the most frequent one of the training samples, a one-hot encoded
    category the most frequent one; 0 if no training sample has a value.
    """
    row = _fillings(parts.train, gaps)
    train_part, validation, test = (
        _filled(one, row) for one in (parts.train, parts.validation, parts.test)
    )
    return replace(parts, train=train_part, validation=validation, test=test)


def fill(samples: Samples, train: Samples, gaps: Gaps) -> Samples:
    """Return samples with every NaN filled in by statistics of the training samples."""
    return _filled(samples, _fillings(train, gaps))


def _fillings(train: Samples, gaps: Gaps) -> _Rows:
    """Return what each input (inputs,) is filled with."""
    typical, at = [], 0
    for width, is_category in zip(gaps.widths, gaps.are_categories, strict=True):
        block = train.raw[:, at : at + width]
        known = block[~np.isnan(block[:, 0])]
        typical.append(typical_row(known, width, is_category=is_category, by=gaps.by))
        at += width
    return np.concatenate(typical)


def _filled(samples: Samples, row: _Rows) -> Samples:
    raw = samples.raw
    return Samples(np.where(np.isnan(raw), row.astype(raw.dtype), raw), samples.y).read_only()


def typical_row(known: _Rows, width: int, *, is_category: bool, by: str) -> _Rows:
    """Return the inputs (width,) that a missing cell becomes, by known rows (n, width)."""
    if not len(known):
        return np.zeros(width)
    if is_category:
        return np.asarray(np.eye(width)[int(known.sum(0).argmax())])
    if by == "most frequent":
        rows, counts = np.unique(known, axis=0, return_counts=True)
        return np.asarray(rows[int(counts.argmax())], np.float64)
    return np.asarray(known.mean(0, dtype=np.float64))
