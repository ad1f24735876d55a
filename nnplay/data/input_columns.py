"""The columns of the inputs of a data set, with what the training samples say about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import floor, log10
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog import DataSpec
from nnplay.catalog.datasets.tables import MISSING
from nnplay.data.filling import typical_row
from nnplay.link.input_columns import InputColumn, InputColumns
from nnplay.translation import _

_Rows = npt.NDArray[Any]
_MEAN, _MOST_FREQUENT, _DROP_ROWS = MISSING
_CURVE = (("x", ()),)
_PLANE = (("x", ("x₁", "x1")), ("y", ("x₂", "x2")))
_SUBSET = 100_000
"""Rows that the typical values are taken from."""
_EPOCH = date(1970, 1, 1)


def columns_of(spec: DataSpec) -> InputColumns | None:
    """Return the columns of numbers that a data set consists of; None for images and sequences."""
    if len(spec.in_shape) != 1:
        return None
    count = spec.in_shape[0]
    names: tuple[tuple[str, tuple[str, ...]], ...] = tuple((f"x{n + 1}", ()) for n in range(count))
    if spec.input_names:
        names = tuple((_(name), (name,) if _(name) != name else ()) for name in spec.input_names)
    elif count <= 2:
        names = _CURVE if count == 1 else _PLANE
    return InputColumns(tuple(InputColumn(name, aliases=others) for name, others in names))


def with_statistics(columns: InputColumns, x: _Rows, missing: str) -> InputColumns:
    """Return the columns with typical values, and with what a missing cell becomes.

    `x` are the training inputs (n, width) as they were read, not scaled, with NaN for missing ones;
    `missing` is one of MISSING, or "" where no cell may be missing.
    """
    found, at = [], 0
    for column in columns.columns:
        block = x[:, at : at + column.width]
        at += column.width
        known = block[~np.isnan(block[:, 0])] if len(block) else block
        found.append(
            replace(column, fill=_fill(column, known, missing), typical=_typical(column, known))
        )
    return replace(columns, columns=tuple(found), is_double=x.dtype == np.float64)


def _fill(column: InputColumn, known: _Rows, missing: str) -> tuple[float, ...]:
    if missing not in (_MEAN, _MOST_FREQUENT):
        return ()
    is_category = column.kind == "category"
    if is_category and missing == _MEAN:
        return (0.0,) * column.width
    row = typical_row(known, column.width, is_category=is_category, by=missing)
    # The precision of the training samples, in which it was filled in there.
    return tuple(row.astype(known.dtype).tolist())


def _typical(column: InputColumn, known: _Rows) -> str:
    """Return the median or the most frequent category as a cell; "" without samples."""
    known = known[:: len(known) // _SUBSET + 1]
    if not len(known):
        return ""
    if column.kind == "category":
        return column.categories[int(known.sum(0).argmax())]
    middle = float(np.median(known[:, 0]))
    if column.kind == "date":
        return (_EPOCH + timedelta(days=int(column.first + middle))).isoformat()
    return _rounded(middle, float(known[:, 0].std()))


def _rounded(value: float, std: float) -> str:
    """Return a number with the digits that matter where values differ by about `std`."""
    digits = 2 - floor(log10(std)) if std > 0 else 6
    short = round(value, digits) + 0.0  # no minus in front of a zero
    return (
        f"{short:.{max(digits, 0)}f}".rstrip("0").rstrip(".") if 0 < digits < 8 else f"{short:.12g}"
    )
