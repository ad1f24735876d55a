"""The inputs that the columns of a table become, and their numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnplay.data.importing.columns import MAX_CLASSES, Column, Kind, Numbers
from nnplay.link.input_columns import InputColumn, InputColumns
from nnplay.translation import _

Floats = npt.NDArray[np.float32] | npt.NDArray[np.float64]
Missing = Literal["mean", "most frequent", "drop rows"]
MAX_CATEGORIES = 50
_ROW_NUMBER = re.compile(
    r"(?:unnamed: ?0|index|idx|ids?|#|№|n°|nr\.?|no\.?|num(?:ber)?|lfd\.? ?nr\.?|laufende nummer|"
    r"row[ _]?(?:id|nr|no|num|number|name|names)?|record|obs(?:ervation)?|case|sample)|"
    r".*[ _.-](?:id|nr\.?|no\.?|number|index)",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"(?:.*[ _.-])?id|.*[a-z]I[Dd]", re.IGNORECASE)
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Input:
    """A column that becomes one or more inputs."""

    index: int
    kind: Kind
    names: tuple[str, ...]
    """The names of the inputs: one of a number, one for each category (one-hot), and of a date the
    days since the first, and the sine and cosine of month, weekday and time of day."""
    first: float = 0.0
    """The first date, in days since 1970."""
    has_weekday: bool = False
    """Whether the dates are not all the first of a month."""
    has_time: bool = False

    @property
    def width(self) -> int:
        """The number of inputs."""
        return len(self.names)


@dataclass(frozen=True)
class Ignored:
    """A column that is not used, and why."""

    name: str
    why: str


def plan_inputs(columns: Sequence[Column], target: int) -> tuple[list[Input], list[Ignored]]:
    """Return the inputs that the columns become, and the columns that are not used."""
    inputs: list[Input] = []
    ignored: list[Ignored] = []
    rows: dict[int, Ignored] = {}
    for index, column in enumerate(columns):
        if index == target or column.role == "i":
            continue
        if why := _why_ignored(column):
            ignored.append(Ignored(column.name, why))
            continue
        if why := _why_no_input(column, index):
            rows[len(inputs)] = Ignored(column.name, why)
        inputs.append(_input_of(column, index))
    # The number of a row is an input only if there is no other.
    if len(rows) < len(inputs):
        inputs = [one for at, one in enumerate(inputs) if at not in rows]
        ignored += rows.values()
    return inputs, ignored


def _input_of(column: Column, index: int) -> Input:
    name = column.name
    if column.kind == "text":
        return Input(index, "text", tuple(f"{name} = {one}" for one in column.names))
    if column.kind != "date":
        return Input(index, "number", (name,))
    days = np.concatenate([part[~np.isnan(part)] for part in column.parts])
    first = float(np.floor(days.min()))
    day = (_EPOCH + timedelta(days=int(first))).isoformat()
    names = [
        _("{name}: days since {day}").format(name=name, day=day),
        *(_("{name}: month, sine"), _("{name}: month, cosine")),
    ]
    whole = np.floor(days).astype("datetime64[D]")
    has_weekday = bool((whole != whole.astype("datetime64[M]")).any())
    if has_weekday:
        names += [_("{name}: weekday, sine"), _("{name}: weekday, cosine")]
    has_time = bool((days % 1).any())
    if has_time:
        names += [_("{name}: time of day, sine"), _("{name}: time of day, cosine")]
    named = tuple(one.format(name=name) for one in names)
    return Input(index, "date", named, first, has_weekday, has_time)


def _why_ignored(column: Column) -> str:
    """Return why a column cannot be an input, nothing if it can."""
    if column.kind == "text":
        most = MAX_CLASSES if column.role == "c" else MAX_CATEGORIES
        if column.categories is None:
            return _("more than {most:,} different words").format(most=MAX_CLASSES)
        if len(column.names) > most:
            text = _("{count:,} different words; at most {most:,} become inputs")
            if column.has_codes:
                text = _("{count:,} codes with leading zeros; at most {most:,} become inputs")
            return text.format(count=len(column.names), most=most)
        return "" if column.names else _("empty")
    return "" if column.filled else _("empty")


def _why_no_input(column: Column, index: int) -> str:
    """Return why a column of numbers is not used unless that was chosen, nothing if it is used."""
    if column.role != "?" or column.kind != "number" or not column.whole or column.filled < 3:
        return ""
    is_unnamed = not index and column.name == _("column {number}").format(number=1)
    if column.counts_rows and (is_unnamed or _ROW_NUMBER.fullmatch(column.name.strip())):
        return _("it numbers the rows")
    if _IDENTIFIER.fullmatch(column.name.strip()) and _is_distinct(column):
        return _("an identifier, different in every row")
    return ""


def _is_distinct(column: Column) -> bool:
    known = [part[~np.isnan(part)] for part in column.parts]
    return len(np.unique(np.concatenate(known))) == column.filled


def encoded(
    columns: Sequence[Column],
    inputs: Sequence[Input],
    used: npt.NDArray[np.bool_],
    missing: Missing,
) -> tuple[Floats, npt.NDArray[np.bool_], int]:
    """Return the inputs of the used rows, which rows are used, and the number of missing cells.

    Missing numbers are NaN, to be filled in when the training part is known. A missing category is
    all zeros, or NaN if the most frequent one is to be filled in.
    """
    # Each column is freed as soon as it has been copied.
    values = [columns[one.index].take_values() for one in inputs]
    holes, used = 0, used.copy()
    gaps = [_gaps(one, column) for one, column in zip(inputs, values, strict=True)]
    known = used.copy()
    for gap in gaps:
        holes += int((gap & known).sum())
        if missing == "drop rows":
            used &= ~gap
    numbers = [v for one, v in zip(inputs, values, strict=True) if one.kind == "number"]
    dtype = np.result_type(np.float32, *(one.dtype for one in numbers))
    x = np.zeros((int(used.sum()), sum(one.width for one in inputs)), dtype)
    at = 0
    for one in inputs:
        column = values.pop(0)[used]
        block = x[:, at : at + one.width]
        if one.kind == "number":
            block[:, 0] = column
        elif one.kind == "date":
            write_date(block, column, one)
        else:
            rows = np.flatnonzero(column >= 0)
            block[rows, column[rows]] = 1.0
            if missing == "most frequent":
                block[column < 0] = np.nan
        at += one.width
    return x, used, holes


def input_columns(columns: Sequence[Column], inputs: Sequence[Input]) -> InputColumns:
    """Return how the columns that are used are encoded, for samples that come later."""
    return InputColumns(tuple(_input_column(columns[one.index], one) for one in inputs))


def _input_column(column: Column, one: Input) -> InputColumn:
    if one.kind == "text":
        return InputColumn(column.name, "category", column.names)
    if one.kind == "number":
        return InputColumn(column.name)
    return InputColumn(
        column.name,
        "date",
        first=one.first,
        has_weekday=one.has_weekday,
        has_time=one.has_time,
        is_month_first=column.is_month_first,
    )


def blocks_of(inputs: Sequence[Input]) -> dict[str, npt.NDArray[Any]]:
    """Return what it takes to fill in missing inputs later, as arrays to store."""
    return {
        "widths": np.array([one.width for one in inputs]),
        "are_categories": np.array([one.kind == "text" for one in inputs]),
    }


def _gaps(one: Input, column: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    gaps: npt.NDArray[np.bool_] = (column < 0) if one.kind == "text" else np.isnan(column)
    return gaps


def write_date(block: Floats, days: Numbers, one: Input | InputColumn) -> None:
    """Write the inputs (n, width) of dates (n,), in days since 1970; NaN where one is missing."""
    block[:, 0] = days - one.first
    missing = np.isnan(days)
    whole = np.floor(np.where(missing, 0, days)).astype("datetime64[D]")
    circles = [whole.astype("datetime64[M]").astype(np.int64) % 12 / 12]
    if one.has_weekday:
        # 1 January 1970 was a Thursday; Monday is 0.
        circles.append((whole.astype(np.int64) + 3) % 7 / 7)
    if one.has_time:
        circles.append(days % 1)
    for at, turns in enumerate(circles):
        block[:, 1 + 2 * at] = np.sin(2 * np.pi * turns)
        block[:, 2 + 2 * at] = np.cos(2 * np.pi * turns)
    block[missing] = np.nan
