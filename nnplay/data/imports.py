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
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Table
from nnplay.catalog.datasets_tables import BETWEEN_CLASSES, MOST_FEATURES, MOST_ROWS
from nnplay.data.arrays import DataError
from nnplay.data.columns import (
    Column,
    Input,
    Numbers,
    Task,
    class_names,
    classes_of,
    numbers_in,
    plan,
)
from nnplay.data.lines import BadLine, Layout, RowReader, guess_layout
from nnplay.data.load import forget
from nnplay.data.places import data_folder
from nnplay.words import _

Floats = npt.NDArray[np.float32]
MOST_CELLS = 200_000_000
_CHUNK = 10_000


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
    inputs, left_out = plan(columns, aim)
    classes = classes_of(columns[aim], task, comma)
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
        classes=BETWEEN_CLASSES.join(class_names(classes)),
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
) -> tuple[list[Column], int]:
    columns = [Column(name) for name in layout.columns]
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


def _fill(
    rows: list[list[str]], columns: list[Column], inputs: list[Input], comma: bool
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
    values = numbers_in(cells, comma)
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
