"""Encodes the cells of new samples as inputs, as a run encoded its training samples."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.data.importing.columns import LARGEST, numbers_in, quoted
from nnplay.data.importing.detection.dates import parse_date
from nnplay.data.importing.inputs import write_date
from nnplay.data.importing.parse_cell import is_missing, parse_number
from nnplay.link.input_columns import InputColumn, InputColumns
from nnplay.translation import _

_MOST_NAMED = 12
"""Categories that a message names."""


@dataclass(frozen=True)
class Complaint:
    """A cell that cannot be encoded."""

    row: int
    """Counted from 0."""
    column: str
    why: str
    """What was expected and what was found."""


@dataclass(frozen=True)
class NewSamples:
    """Inputs of new samples, and which of them could not be encoded."""

    inputs: npt.NDArray[Any]
    """(n, *in_shape), not scaled; rows with a complaint are zeros."""
    is_complete: npt.NDArray[np.bool_]
    """(n,): whether each sample can be predicted."""
    complaints: tuple[Complaint, ...] = ()


def encode(
    columns: InputColumns, rows: Sequence[Sequence[str]], *, comma: bool = False
) -> NewSamples:
    """Encode rows of cells, one cell for each column of `columns` and in its order.

    `comma` is whether the decimal separator is a comma. A missing cell is filled in as in training,
    or is a complaint if that dropped the rows of missing cells.
    """
    dtype = np.float64 if columns.is_double else np.float32
    inputs = np.zeros((len(rows), columns.width), dtype)
    complaints: list[Complaint] = []
    given = {word.strip().lower() for word in columns.missing_words.split(",")}
    at = 0
    for number, column in enumerate(columns.columns):
        cells = [row[number] for row in rows]
        missing = np.array([_is_missing(cell, column, given) for cell in cells], np.bool_)
        block = inputs[:, at : at + column.width]
        wrong = _encode(block, cells, column, missing, comma=comma, exact=columns.exact_words)
        if column.fill:
            block[missing] = column.fill
        else:
            wrong |= missing
        complaints += [
            Complaint(row, column.name, _why(cells[row], column, is_missing=bool(missing[row])))
            for row in np.flatnonzero(wrong).tolist()
        ]
        at += column.width
    is_complete = np.ones(len(rows), np.bool_)
    is_complete[[one.row for one in complaints]] = False
    inputs[~is_complete] = 0
    return NewSamples(inputs, is_complete, tuple(sorted(complaints, key=lambda one: one.row)))


def _encode(
    block: npt.NDArray[Any],
    cells: Sequence[str],
    column: InputColumn,
    missing: npt.NDArray[np.bool_],
    *,
    comma: bool,
    exact: bool,
) -> npt.NDArray[np.bool_]:
    """Write the inputs of a column; return which cells are neither legal nor missing."""
    if column.kind == "category":
        found = _category_indices(cells, column, exact=exact)
        found[missing] = -1
        rows = np.flatnonzero(found >= 0)
        block[rows, found[rows]] = 1
        return (found < 0) & ~missing
    if column.kind == "date":
        days = [parse_date(cell, "m" if column.is_month_first else "d") for cell in cells]
        values = np.array([np.nan if one is None else one for one in days], np.float64)
        write_date(block, values, column)
    else:
        values = numbers_in(cells, comma)
        block[:, 0] = values
    wrong: npt.NDArray[np.bool_] = np.isnan(values) & ~missing
    return wrong


def _is_missing(cell: str, column: InputColumn, given: set[str]) -> bool:
    text = cell.strip()
    # A category may be called "none" or "-".
    if column.kind == "category" and text in column.categories:
        return False
    return not text or is_missing(text) or text.lower() in given


def _why(cell: str, column: InputColumn, *, is_missing: bool) -> str:
    if is_missing:
        text = {
            "number": _("expected a number, but the cell is empty"),
            "date": _("expected a date, but the cell is empty"),
            "category": _("expected a category, but the cell is empty"),
        }
        return text[column.kind]
    if column.kind == "category":
        names = ", ".join(column.categories[:_MOST_NAMED])
        if len(column.categories) > _MOST_NAMED:
            names += ", …"
        return _("{cell} is unknown; expected one of: {names}").format(
            cell=quoted(cell), names=names
        )
    if column.kind == "date":
        return _("expected a date such as 2025-01-31, received {cell}").format(cell=quoted(cell))
    number = parse_number(cell)
    if number is not None and abs(number) > LARGEST:
        return _("{cell} is too large").format(cell=quoted(cell))
    return _("expected a number, received {cell}").format(cell=quoted(cell))


def _spelling(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).split())


def _category_indices(
    cells: Sequence[str], column: InputColumn, *, exact: bool
) -> npt.NDArray[np.int64]:
    """Return the index of the category in each cell, -1 where there is none of that name."""
    indices = {name: index for index, name in enumerate(column.categories)}
    spelled = {cell: _spelling(cell) for cell in set(cells)}
    # The same rule as when the categories were found: see `spellings`.
    if not exact and any(len(name) > 2 for name in column.categories):
        indices = {name.casefold(): index for name, index in indices.items()} | indices
        spelled = {
            cell: text if text in indices else text.casefold() for cell, text in spelled.items()
        }
    return np.array([indices.get(spelled[cell], -1) for cell in cells], np.int64)
