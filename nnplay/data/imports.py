"""Imports a table: a text file becomes arrays in the data folder, and a Table that names them.

Two passes over the file, both in chunks, so that memory stays near that of the result: the first
finds what each column holds, the second fills the arrays. What is done with what is missing: in a
column of numbers, the mean of the column takes its place; in a column of words, 0 for each of them;
where the target is missing, the row is left out. A column of words becomes a 0 or 1 for each word;
one with more than 50 words, such as names, is left out.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Table
from nnplay.catalog.datasets_tables import BETWEEN_CLASSES, MOST_FEATURES, MOST_ROWS
from nnplay.data.arrays import DataError
from nnplay.data.lines import BadLine, Layout, RowReader, guess_layout, is_blank, number_in
from nnplay.data.load import forget
from nnplay.data.places import data_folder
from nnplay.words import _

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]
Task = Literal["auto", "classes", "numbers"]
MOST_WORDS = 50
MOST_CLASSES = 1_000
FEW_NUMBERS = 20
"""Whole numbers with no more values than this are taken for classes, unless told otherwise."""
MOST_CELLS = 200_000_000
_CHUNK = 10_000
_LARGEST = 1e30  # squares of larger ones do not fit a float32


@dataclass(frozen=True)
class Imported:
    """What came of a file."""

    table: Table
    features: tuple[str, ...]
    """The name of each number in a row."""
    target: str
    layout: Layout
    left_out: tuple[str, ...]
    """Columns with too many words, or nothing in them."""
    missing: int
    """Cells of numbers that were filled with the mean of their column."""
    without_target: int
    bad_lines: tuple[BadLine, ...]
    """The first few of them."""
    bad_count: int


class ImportCancelled(DataError):
    """The user stopped the import."""


@dataclass
class _Column:
    """What the first pass finds in a column."""

    name: str
    numeric: bool = True
    whole: bool = True
    filled: int = 0
    total: float = 0.0
    words: set[str] | None = field(default_factory=set)
    """All that is not blank, None where there are too many."""

    def look(self, cells: tuple[str, ...], comma: bool) -> None:
        """Take in some cells."""
        if self.words is not None:
            self.words |= {cell.strip() for cell in set(cells) if not is_blank(cell)}
            if len(self.words) > MOST_CLASSES:
                self.words = None
        values = _numbers(cells, comma) if self.numeric else None
        if values is None:
            self.numeric = False
            return
        found = values[~np.isnan(values)]
        self.filled += len(found)
        self.total += float(found.sum())
        self.whole = self.whole and bool((found == np.rint(found)).all())

    @property
    def mean(self) -> float:
        """The mean of its numbers."""
        return self.total / self.filled if self.filled else 0.0


@dataclass(frozen=True)
class _Input:
    """A column that becomes one number, or one for each of its words."""

    place: int
    name: str
    words: tuple[str, ...] | None = None

    @property
    def width(self) -> int:
        """How many numbers it becomes."""
        return 1 if self.words is None else len(self.words)

    @property
    def names(self) -> tuple[str, ...]:
        """What these numbers are called."""
        words = (self.name,) if self.words is None else self.words
        return words if self.words is None else tuple(f"{self.name} = {one}" for one in words)


def import_table(
    path: Path,
    *,
    target: str = "",
    task: Task = "auto",
    delimiter: str | None = None,
    has_heading: bool | None = None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Imported:
    """Read a file, store its arrays in the data folder, and return what came of it.

    `target` names the column to predict, the last one where it is empty. `progress` gets the share
    done, from 0 to 1. Raises DataError, and ImportCancelled soon after `cancelled` is true.
    """
    path = path.expanduser()
    layout = guess_layout(path, delimiter, has_heading)
    aim = _aim(layout, target)
    size = max(path.stat().st_size, 1)

    def chunks(front: float) -> Iterator[tuple[RowReader, list[list[str]]]]:
        reader = RowReader(path, layout)
        rows = reader.rows()
        while chunk := list(islice(rows, max(1, _CHUNK * 20 // max(20, len(layout.columns))))):
            if cancelled():
                raise ImportCancelled(_("The import was stopped."))
            progress(front + 0.5 * min(reader.read_bytes / size, 1.0))
            yield reader, chunk

    # Where the comma does not part the columns, it may part the decimals.
    comma = layout.delimiter != ","
    columns, count = _scanned(chunks(0.0), layout, path, comma)
    inputs, left_out = _plan(columns, aim)
    classes = _classes_of(columns[aim], task, comma)
    names = [name for one in inputs for name in one.names]
    _check_size(count, len(names), layout.columns[aim])
    x = np.empty((count, len(names)), np.float32)
    y = np.empty((count,) if classes else (count, 1), np.int64 if classes else np.float32)
    at = missing = without = 0
    last: RowReader | None = None
    for reader, rows in chunks(0.5):
        last = reader
        block, holes = _fill(rows, columns, inputs, comma)
        truth, known = _truth(rows, aim, classes, columns[aim].numeric, comma)
        end = at + int(known.sum())
        if end > count:
            raise DataError(_("The file has changed while it was read."), _("Import it again."))
        x[at:end] = block[known]
        y[at:end] = truth[known] if classes else truth[known, np.newaxis]
        without += len(rows) - (end - at)
        at, missing = end, missing + holes
    if at < 2 or last is None:
        raise DataError(_("{name} has fewer than two rows to learn from.").format(name=path.name))
    table = Table(
        name="".join(c for c in path.stem if c.isprintable())[:255],
        digest=_store(x[:at], y[:at], names),
        samples=at,
        features=len(names),
        classes=BETWEEN_CLASSES.join(_class_names(classes)),
    )
    progress(1.0)
    bad = (tuple(last.bad), last.bad_count)
    found = (tuple(names), layout.columns[aim], layout, tuple(left_out), missing, without)
    return Imported(table, *found, *bad)


def _check_size(rows: int, features: int, target: str) -> None:
    if not features:
        text = _("No column is left to predict {name} from.")
        raise DataError(text.format(name=target))
    if features > MOST_FEATURES or rows * features > MOST_CELLS:
        text = _("The table would take {rows:,} × {columns:,} numbers, which is too many.")
        raise DataError(text.format(rows=rows, columns=features), _("Leave out some columns."))


def _aim(layout: Layout, target: str) -> int:
    if not target:
        return len(layout.columns) - 1
    if target not in layout.columns:
        shown = ", ".join(layout.columns[:20])
        raise DataError(
            _("There is no column {name}.").format(name=target),
            _("Columns: {names}.").format(names=shown),
        )
    return layout.columns.index(target)


def _scanned(
    chunks: Iterator[tuple[RowReader, list[list[str]]]], layout: Layout, path: Path, comma: bool
) -> tuple[list[_Column], int]:
    columns = [_Column(name) for name in layout.columns]
    count = 0
    for _reader, rows in chunks:
        count += len(rows)
        if count > MOST_ROWS:
            text = _("{name} has more than {most:,} rows.")
            raise DataError(text.format(name=path.name, most=MOST_ROWS))
        for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
            column.look(cells, comma)
    if not count:
        bad = _("{name} has no row with a cell for each of its {count} columns.")
        raise DataError(bad.format(name=path.name, count=len(columns)))
    return columns, count


def _numbers(cells: tuple[str, ...], comma: bool) -> Numbers | None:
    """Return the number in each cell, NaN where it is missing or too large; None for words."""
    try:
        values = np.array(list(map(float, cells)))
    except ValueError:
        values = np.full(len(cells), np.nan)
        for place, cell in enumerate(cells):
            number = number_in(cell, comma)
            if number is not None:
                values[place] = number
            elif not is_blank(cell):
                return None
    else:
        if "_" in "".join(cells):  # which Python allows within numbers
            return None
    values[~(np.abs(values) <= _LARGEST)] = np.nan
    return values


def _plan(columns: list[_Column], aim: int) -> tuple[list[_Input], list[str]]:
    """Return what becomes of each column but the target, and the names of those left out."""
    inputs, left_out = [], []
    for place, column in enumerate(columns):
        if place == aim:
            continue
        if column.numeric and column.filled:
            inputs.append(_Input(place, column.name))
        elif not column.numeric and column.words and len(column.words) <= MOST_WORDS:
            inputs.append(_Input(place, column.name, tuple(sorted(column.words))))
        else:
            left_out.append(column.name)
    return inputs, left_out


def _classes_of(column: _Column, task: Task, comma: bool) -> dict[float | str, int]:
    """Return the number of each class by what stands in the target, nothing for a regression."""
    names = {"name": column.name, "most": f"{MOST_CLASSES:,}"}
    if column.numeric and not column.filled:
        raise DataError(_("The column {name} is empty, so it cannot be predicted.").format(**names))
    if task == "numbers" and not column.numeric:
        text = _("The column {name} holds words, which can only be predicted as classes.")
        raise DataError(text.format(**names))
    values: set[Any] | None = column.words
    if column.numeric and values is not None:
        values = {number_in(word, comma) for word in values}
    few = column.whole and values is not None and 2 <= len(values) <= FEW_NUMBERS
    if task == "numbers" or (task == "auto" and column.numeric and not few):
        return {}
    if values is None:
        text = _("The column {name} has more than {most} different words, too many for classes.")
        raise DataError(text.format(**names), _("Choose another column to predict."))
    if len(values) < 2:
        text = _("The column {name} is the same in every row: there is nothing to predict.")
        raise DataError(text.format(**names), _("Choose another column to predict."))
    return {value: number for number, value in enumerate(sorted(values))}


def _class_names(classes: dict[float | str, int]) -> list[str]:
    texts = [f"{one:.15g}" if isinstance(one, float) else one for one in classes]
    plain = ["".join(c for c in text if c.isprintable() and c != BETWEEN_CLASSES) for text in texts]
    return [text[:60] or f"({number})" for number, text in enumerate(plain)]


def _fill(
    rows: list[list[str]], columns: list[_Column], inputs: list[_Input], comma: bool
) -> tuple[Floats, int]:
    """Return the inputs of some rows, and how many cells were filled with a mean."""
    x = np.zeros((len(rows), sum(one.width for one in inputs)), np.float32)
    at = holes = 0
    for one in inputs:
        cells = tuple(row[one.place] for row in rows)
        if one.words is None:
            values = _sure_numbers(cells, comma)
            missing = np.isnan(values)
            holes += int(missing.sum())
            values[missing] = columns[one.place].mean
            x[:, at] = values
        else:
            places = {word: at + number for number, word in enumerate(one.words)}
            for row, cell in enumerate(cells):
                if (place := places.get(cell.strip())) is not None:
                    x[row, place] = 1.0
        at += one.width
    return x, holes


def _truth(
    rows: list[list[str]], aim: int, classes: dict[float | str, int], numeric: bool, comma: bool
) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Return the target of some rows, a class number or a number, and where there is one."""
    cells = tuple(row[aim] for row in rows)
    if numeric:
        values = _sure_numbers(cells, comma)
        known = ~np.isnan(values)
        if classes:
            values[known] = [classes[value] for value in values[known].tolist()]
        return values, known
    found = [classes.get(cell.strip(), -1) for cell in cells]
    numbers = np.array(found, dtype=np.float64)
    return numbers, numbers >= 0


def _sure_numbers(cells: tuple[str, ...], comma: bool) -> Numbers:
    values = _numbers(cells, comma)
    if values is None:
        raise DataError(_("The file has changed while it was read."), _("Import it again."))
    return values


def _store(x: Floats, y: npt.NDArray[Any], names: list[str]) -> str:
    """Write the arrays into the data folder, under their digest, and return it."""
    digest = hashlib.sha256(repr((x.shape, y.shape, y.dtype.str, names)).encode())
    for array in (x, y):
        digest.update(np.ascontiguousarray(array).data)
    name = digest.hexdigest()
    folder = data_folder() / "tables"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(suffix=".npz", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, x=x, y=y, names=np.array(names))
            Path(fresh).replace(folder / f"{name}.npz")
        finally:
            Path(fresh).unlink(missing_ok=True)
    except OSError as error:
        text = _("The table cannot be written to {folder}: {why}.")
        raise DataError(
            text.format(folder=folder, why=error.strerror or error),
            _("Make room there, or name another folder in NNPLAY_DATA."),
        ) from error
    forget()
    return name
