"""Imports a table: a file becomes arrays in the data folder, and a Table that names them.

One pass over the file, in chunks, keeps the values of each column as numbers; a second one follows
only where words turn up late in what looked like numbers. A column of words becomes a 0 or 1 for
each word; one with more than 50 words, such as names, is left out unless it is asked for. Rows
without a target are left out; what else is missing is filled, or its row is left out too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Table
from nnplay.catalog.datasets.tables import BETWEEN_CLASSES, LONGEST_NAMES, MOST_FEATURES, MOST_ROWS
from nnplay.data.arrays import DataError
from nnplay.data.importing.cells import tame
from nnplay.data.importing.columns import (
    Column,
    Input,
    Role,
    Task,
    class_names,
    classes_of,
    plan,
)
from nnplay.data.importing.reader import BadLine, BadLines, ImportCancelled, Layout, RowReader
from nnplay.data.importing.source_file import Opened, Origin, name_of, opened, origin_fields
from nnplay.data.importing.store import store
from nnplay.translation import _

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
        letters: list[Any] = list(roles) or ["?"] * len(layout.columns)
        letters[aim] = "n" if task == "numbers" else "t"
        columns = [Column(*one) for one in zip(layout.columns, letters, strict=True)]
        bad = _read(columns, source, progress, cancelled)
        if any(column.is_stale for column in columns):
            columns = [Column(one.name, one.role, is_words=not one.numeric) for one in columns]
            bad = _read(columns, source, progress, cancelled)
        inputs, left_out = plan(columns, aim)
        classes = classes_of(columns[aim], task, layout.comma)
        names = [name for one in inputs for name in one.names]
        y_all, known = _target(columns[aim], classes)
        filled = _filled(columns, inputs, known, missing, layout.columns[aim])
        if len(filled.x) < 2:
            text = _("{name} has fewer than two rows to learn from.").format(name=source.name)
            raise DataError(text)
        y = y_all[filled.kept] if classes else y_all[filled.kept].astype(np.float32)[:, np.newaxis]
        if cancelled():
            raise ImportCancelled(_("The import was stopped."))
        table = Table(
            name=name_of(source.name),
            digest=store(x=filled.x, y=y, names=np.array(names)),
            samples=len(filled.x),
            features=len(names),
            classes=BETWEEN_CLASSES.join(class_names(classes)),
            inputs=_one_text(names),
            roles=_roles(columns, inputs, aim),
            missing=missing,
            **origin_fields(source, cancelled),
        )
    progress(1.0)
    return Imported(
        table,
        tuple(names),
        layout.columns[aim],
        layout,
        tuple(left_out),
        filled.missing,
        int((~known).sum()),
        int(known.sum()) - len(filled.x),
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


def _one_text(names: list[str]) -> str:
    """Return the names of the numbers of a row as a Table keeps them; nothing where too long."""
    plain = (tame(name.replace(BETWEEN_CLASSES, ""))[:60] for name in names)
    text = BETWEEN_CLASSES.join(plain)
    return text if len(text) <= LONGEST_NAMES else ""


def _check_size(rows: int, features: int) -> None:
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


def _read(
    columns: list[Column],
    source: Opened,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> BadLines:
    """Let the columns take in all rows; return what was wrong with lines and cells."""
    layout, count = source.layout, 0
    reader, odd = RowReader(source.text, layout), BadLines()
    for chunk in reader.chunks(max(1, _CHUNK * 20 // max(20, len(columns)))):
        if cancelled():
            raise ImportCancelled(_("The import was stopped."))
        progress(0.95 * min(reader.read_bytes / source.size, 1.0))
        count += len(chunk.rows)
        if count > MOST_ROWS:
            text = _("{name} has more than {most:,} rows.")
            raise DataError(text.format(name=source.name, most=MOST_ROWS))
        for column, cells in zip(columns, zip(*chunk.rows, strict=True), strict=True):
            for place in column.look(cells, layout.comma):
                why = _("{column}: {cell} is no number, and counts as missing")
                cell = _short(cells[place])
                odd.add(chunk.lines[place], why.format(column=column.name, cell=cell))
        _check_size(count, sum(bool(column.parts) for column in columns))
    if not count:
        text = _("{name} has no row with a cell for each of its {count} columns.")
        raise DataError(text.format(name=source.name, count=len(columns)))
    both = BadLines()
    both.first = sorted([*reader.bad.first, *odd.first], key=_number)
    both.count = reader.bad.count + odd.count
    return both


def _target(
    column: Column, classes: dict[float | str, int]
) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """Return the target of all rows, class numbers or numbers, and where there is one."""
    values = column.taken()
    known: npt.NDArray[np.bool_] = ~np.isnan(values) if column.numeric else values >= 0
    if not classes:
        return values, known
    target = np.full(len(values), -1, np.int64)
    if column.numeric:
        # The classes are numbers in order.
        ordered = np.array(list(classes), np.float64)
        target[known] = np.searchsorted(ordered, values[known])
    else:
        assert column.words is not None
        places = np.array([classes[word] for word in column.words], np.int64)
        target[known] = places[values[known]]
    return target, known


@dataclass(frozen=True)
class _Inputs:
    """The inputs of the rows that are kept."""

    x: Floats
    kept: npt.NDArray[np.bool_]
    missing: int


def _filled(
    columns: list[Column],
    inputs: list[Input],
    known: npt.NDArray[np.bool_],
    missing: Missing,
    target: str,
) -> _Inputs:
    """Return the inputs of rows with a truth, without gaps."""
    if not inputs:
        raise DataError(_("No column is left to predict {name} from.").format(name=target))
    width = sum(one.width for one in inputs)
    _check_size(int(known.sum()), width)
    values = [columns[one.place].taken() for one in inputs]
    kept, holes = known.copy(), 0
    for one, column in zip(inputs, values, strict=True):
        gaps = np.isnan(column) if one.words is None else column < 0
        holes += int((gaps & known).sum())
        if missing == "drop rows":
            kept &= ~gaps
    x = np.zeros((int(kept.sum()), width), np.float32)
    at = 0
    for one in inputs:
        # Each is let go as soon as it stands in its place.
        column = values.pop(0)[kept]
        if one.words is None:
            x[:, at] = _without_gaps(column, missing)
        else:
            words = columns[one.place].words
            assert words is not None
            order = {word: number for number, word in enumerate(one.words)}
            places = np.array([order[word] for word in words], np.int64)
            rows = np.flatnonzero(column >= 0)
            x[rows, at + places[column[rows]]] = 1.0
            if missing == "most frequent" and len(rows) < len(column):
                x[column < 0, at + int(x[:, at : at + one.width].sum(0).argmax())] = 1.0
        at += one.width
    return _Inputs(x, kept, holes)


def _without_gaps(column: npt.NDArray[Any], missing: Missing) -> npt.NDArray[Any]:
    gaps = np.isnan(column)
    known = column[~gaps]
    if not len(known):
        return np.zeros_like(column)
    if missing == "most frequent":
        values, counts = np.unique(known, return_counts=True)
        column[gaps] = values[int(counts.argmax())]
    else:
        column[gaps] = known.mean(dtype=np.float64)
    return column


def _number(bad: BadLine) -> int:
    return bad.number


def _changed() -> DataError:
    return DataError(_("The file has changed while it was read."), _("Import it again."))


def _short(cell: str) -> str:
    plain = tame(cell[: _LONGEST_CELL + 1])
    return f"“{plain[:_LONGEST_CELL]}…”" if len(plain) > _LONGEST_CELL else f"“{plain}”"
