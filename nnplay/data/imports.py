"""Imports a table: a file becomes arrays in the data folder, and a Table that names them.

Two passes over the file, both in chunks, so that memory stays near that of the result: the first
finds what each column holds, the second fills the arrays. A column of words becomes a 0 or 1 for
each word; one with more than 50 words, such as names, is left out unless it is asked for. Rows
without a target are left out; what else is missing is filled, or its row is left out too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Table
from nnplay.catalog.datasets_tables import BETWEEN_CLASSES, MOST_FEATURES, MOST_ROWS
from nnplay.data.arrays import DataError
from nnplay.data.cells import is_blank, tame
from nnplay.data.columns import (
    Column,
    Input,
    Numbers,
    Role,
    Task,
    class_names,
    classes_of,
    forced_numbers_in,
    numbers_in,
    plan,
)
from nnplay.data.lines import BadLine, BadLines, ImportCancelled, Layout, RowReader
from nnplay.data.origin import Origin, name_of, opened, origin_fields
from nnplay.data.stored import store
from nnplay.words import _

Floats = npt.NDArray[np.float32]
Missing = Literal["mean", "most frequent", "drop rows"]
MOST_CELLS = 200_000_000
_CHUNK = 10_000
_LONGEST_CELL = 40

__all__ = ["ImportCancelled", "Imported", "Missing", "import_table"]


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
    """Cells that were filled, or for which a row was left out."""
    without_target: int
    dropped: int
    """Rows that were left out for a missing cell."""
    bad_lines: tuple[BadLine, ...]
    """The first few of them."""
    bad_count: int


@dataclass(frozen=True)
class _Plan:
    """What becomes of each column."""

    columns: list[Column]
    inputs: list[Input]
    aim: int
    classes: dict[float | str, int]
    comma: bool
    drops: bool

    @property
    def width(self) -> int:
        """How many numbers a row becomes."""
        return sum(one.width for one in self.inputs)

    @property
    def firsts(self) -> list[int]:
        """The first number of each column."""
        return [0, *accumulate(one.width for one in self.inputs[:-1])]


Chunk = tuple[RowReader, list[tuple[int, list[str]]]]


def import_table(
    path: Path,
    *,
    target: str = "",
    task: Task = "auto",
    origin: Origin | None = None,
    delimiter: str | None = None,
    has_heading: bool | None = None,
    encoding: str | None = None,
    comma: bool | None = None,
    sheet: str = "",
    roles: str = "",
    missing: Missing = "mean",
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Imported:
    """Read a file, store its arrays in the data folder, and return what came of it.

    `target` names the column to predict, the last one where it is empty; `roles` has a letter for
    each column, see Role. `progress` gets the share done, from 0 to 1. Raises DataError, and
    ImportCancelled soon after `cancelled` is true.
    """
    wanted = origin or Origin(path, sheet, delimiter, has_heading, encoding, comma)
    with opened(wanted, cancelled) as source:
        layout = source.layout
        aim = _aim(layout, target, roles)

        def chunks(front: float) -> Iterator[Chunk]:
            reader = RowReader(source.text, layout)
            rows = reader.rows()
            while chunk := list(islice(rows, max(1, _CHUNK * 20 // max(20, len(layout.columns))))):
                if cancelled():
                    raise ImportCancelled(_("The import was stopped."))
                progress(front + 0.5 * min(reader.read_bytes / source.size, 1.0))
                yield reader, chunk

        letters: list[Any] = list(roles) or ["?"] * len(layout.columns)
        letters[aim] = "n" if task == "numbers" else "t"
        columns = [Column(*one) for one in zip(layout.columns, letters, strict=True)]
        count = _scan(columns, chunks(0.0), layout, source.name)
        inputs, left_out = plan(columns, aim)
        classes = classes_of(columns[aim], task, layout.comma)
        names = [name for one in inputs for name in one.names]
        _check_size(count, len(names), layout.columns[aim])
        todo = _Plan(columns, inputs, aim, classes, layout.comma, missing == "drop rows")
        filled = _Filled(count, todo)
        for reader, rows in chunks(0.5):
            filled.take(reader, rows)
        x, y, holes = filled.done(missing, source.name)
        if cancelled():
            raise ImportCancelled(_("The import was stopped."))
        table = Table(
            name=name_of(source.name),
            digest=store(x=x, y=y, names=np.array(names)),
            samples=len(x),
            features=len(names),
            classes=BETWEEN_CLASSES.join(class_names(classes)),
            roles=_roles(columns, inputs, aim),
            missing=missing,
            **origin_fields(source, cancelled),
        )
    progress(1.0)
    bad = filled.bad
    return Imported(
        table,
        tuple(names),
        layout.columns[aim],
        layout,
        tuple(left_out),
        holes,
        filled.without,
        filled.dropped,
        tuple(bad.first),
        bad.count,
    )


def import_again(
    table: Table, path: Path, cancelled: Callable[[], bool] = lambda: False
) -> Imported:
    """Import a table from its file as it was imported before; raises DataError."""
    task: Task = "classes" if table.classes else "numbers"
    missing: Any = table.missing
    return import_table(
        path,
        origin=replace(Origin.of(table), path=path),
        roles=table.roles,
        task=task,
        missing=missing,
        cancelled=cancelled,
    )


def _roles(columns: list[Column], inputs: list[Input], aim: int) -> str:
    letters: list[Role] = ["i"] * len(columns)
    for one in inputs:
        letters[one.place] = "n" if one.words is None else "c"
    letters[aim] = "t"
    return "".join(letters)


def _check_size(rows: int, features: int, target: str) -> None:
    if not features:
        text = _("No column is left to predict {name} from.")
        raise DataError(text.format(name=target))
    if features > MOST_FEATURES or rows * features > MOST_CELLS:
        text = _("The table would take {rows:,} × {columns:,} numbers, which is too many.")
        raise DataError(text.format(rows=rows, columns=features), _("Leave out some columns."))


def _aim(layout: Layout, target: str, roles: str) -> int:
    if len(layout.columns) < 2:
        raise DataError(
            _("There is only one column: there is nothing to predict it from."),
            _("Choose the sign between the columns, or take the column as a series."),
        )
    if roles and len(roles) != len(layout.columns):
        text = _("Expected {expected} columns, found {found}.")
        raise DataError(text.format(expected=len(roles), found=len(layout.columns)))
    if roles and (roles.count("t") != 1 or set(roles) - set("ncit?")):
        raise DataError(_("Exactly one column can be the target."), _("Choose one."))
    if roles:
        return roles.index("t")
    if not target:
        return len(layout.columns) - 1
    if target not in layout.columns:
        shown = ", ".join(layout.columns[:20])
        raise DataError(
            _("There is no column {name}.").format(name=target),
            _("Columns: {names}.").format(names=shown),
        )
    return layout.columns.index(target)


def _scan(columns: list[Column], chunks: Iterator[Chunk], layout: Layout, name: str) -> int:
    count = 0
    for _reader, rows in chunks:
        count += len(rows)
        if count > MOST_ROWS:
            text = _("{name} has more than {most:,} rows.")
            raise DataError(text.format(name=name, most=MOST_ROWS))
        cells_by_column = zip(*(row for _line, row in rows), strict=True)
        for column, cells in zip(columns, cells_by_column, strict=True):
            column.look(cells, layout.comma)
    if not count:
        bad = _("{name} has no row with a cell for each of its {count} columns.")
        raise DataError(bad.format(name=name, count=len(columns)))
    return count


class _Filled:
    """The arrays while rows come in."""

    def __init__(self, count: int, todo: _Plan) -> None:
        classes = bool(todo.classes)
        self._todo = todo
        self._x = np.empty((count, todo.width), np.float32)
        self._y = np.empty((count,) if classes else (count, 1), np.int64 if classes else np.float32)
        self._at = 0
        self._odd = BadLines()
        self._reader: RowReader | None = None
        self.without = self.dropped = self._holes = 0

    @property
    def bad(self) -> BadLines:
        """All that was left out, in the order of the lines."""
        both = BadLines()
        of_lines = self._reader.bad if self._reader is not None else both
        both.first = sorted([*of_lines.first, *self._odd.first], key=_number)
        both.count = of_lines.count + self._odd.count
        return both

    def take(self, reader: RowReader, numbered: list[tuple[int, list[str]]]) -> None:
        """Add some rows."""
        self._reader, todo = reader, self._todo
        lines = [line for line, _row in numbered]
        columns = tuple(zip(*(row for _line, row in numbered), strict=True))
        block = self._block(lines, columns)
        truth, known = self._truth(lines, columns[todo.aim])
        self.without += len(lines) - int(known.sum())
        # Each column of words is missing in all its numbers, or in none.
        holes = np.isnan(block[:, todo.firsts])
        self._holes += int(holes[known].sum())
        if todo.drops:
            whole = ~holes.any(1)
            self.dropped += int((known & ~whole).sum())
            known &= whole
        end = self._at + int(known.sum())
        if end > len(self._x):
            raise _changed()
        self._x[self._at : end] = block[known]
        self._y[self._at : end] = truth[known] if todo.classes else truth[known, np.newaxis]
        self._at = end

    def done(self, missing: Missing, name: str) -> tuple[Floats, npt.NDArray[Any], int]:
        """Fill what is missing; return inputs, truth, and how many cells were missing."""
        x, y = self._x[: self._at], self._y[: self._at]
        if len(x) < 2:
            text = _("{name} has fewer than two rows to learn from.").format(name=name)
            raise DataError(text)
        at = 0
        for one in self._todo.inputs:
            part = x[:, at : at + one.width]
            gaps = np.isnan(part[:, 0])
            if gaps.any():
                part[gaps] = _filler(part[~gaps], missing)
            at += one.width
        return x, y, self._holes

    def _block(self, lines: list[int], columns: tuple[tuple[str, ...], ...]) -> Floats:
        """Return the inputs of some rows, NaN where a cell is missing."""
        todo = self._todo
        x = np.zeros((len(lines), todo.width), np.float32)
        at = 0
        for one in todo.inputs:
            cells = columns[one.place]
            if one.words is None:
                x[:, at] = self._numbers(lines, cells, todo.columns[one.place])
            else:
                places = {word: at + number for number, word in enumerate(one.words)}
                found = np.array([places.get(cell.strip(), -1) for cell in cells])
                known = found >= 0
                x[np.flatnonzero(known), found[known]] = 1.0
                x[~known, at : at + one.width] = np.nan
            at += one.width
        return x

    def _numbers(self, lines: list[int], cells: tuple[str, ...], column: Column) -> Numbers:
        values = numbers_in(cells, self._todo.comma)
        if values is not None:
            return values
        if column.role != "n":
            raise _changed()
        values = forced_numbers_in(cells, self._todo.comma)
        why = _("{column}: {cell} is no number, and counts as missing")
        for place in np.flatnonzero(np.isnan(values)).tolist():
            if not is_blank(cells[place]):
                self._odd.add(
                    lines[place], why.format(column=column.name, cell=_short(cells[place]))
                )
        return values

    def _truth(
        self, lines: list[int], cells: tuple[str, ...]
    ) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Return the target of some rows, a class number or a number, and where there is one."""
        classes, column = self._todo.classes, self._todo.columns[self._todo.aim]
        if column.numeric:
            values = self._numbers(lines, cells, column)
            known = ~np.isnan(values)
            if classes:
                values[known] = [classes[value] for value in values[known].tolist()]
            return values, known
        found = [classes.get(cell.strip(), -1) for cell in cells]
        numbers = np.array(found, dtype=np.float64)
        return numbers, numbers >= 0


def _filler(known: Floats, missing: Missing) -> Any:
    """Return what stands for missing cells of a column; `known` is (n, 1), or 0 and 1 by word."""
    if not len(known):
        return 0.0
    if known.shape[1] > 1:
        counts = known.sum(0)
        most = np.zeros(known.shape[1], np.float32)
        most[int(counts.argmax())] = 1.0
        # A mean of words is none of them.
        return most if missing == "most frequent" else 0.0
    if missing == "most frequent":
        values, counts = np.unique(known, return_counts=True)
        return values[int(counts.argmax())]
    return known.mean(dtype=np.float64)


def _number(bad: BadLine) -> int:
    return bad.number


def _changed() -> DataError:
    return DataError(_("The file has changed while it was read."), _("Import it again."))


def _short(cell: str) -> str:
    plain = tame(cell[: _LONGEST_CELL + 1])
    return f"“{plain[:_LONGEST_CELL]}…”" if len(plain) > _LONGEST_CELL else f"“{plain}”"
