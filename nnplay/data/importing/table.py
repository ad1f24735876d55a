"""Imports a table: stores its arrays in the data folder and returns a Table that names them.

The file is read once, in chunks; a second time only if text appears late in a column that began
with numbers. A text column is one-hot encoded; one with more than 50 categories, such as names, is
skipped unless it was chosen. Rows without a target are skipped; other missing values are filled
in, or their rows are skipped too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Table
from nnplay.catalog.datasets.tables import CLASS_SEPARATOR, LONGEST_NAMES, MOST_FEATURES, MOST_ROWS
from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.importing.columns import (
    Column,
    Input,
    Role,
    Task,
    class_names,
    classes_of,
    plan_inputs,
)
from nnplay.data.importing.csv_reader import BadLine, BadLines, Layout, RowReader
from nnplay.data.importing.parse_cell import display_text
from nnplay.data.importing.source_file import (
    OpenSource,
    SourceFile,
    name_of,
    open_source,
    source_fields,
)
from nnplay.data.importing.store import store
from nnplay.translation import _

Floats = npt.NDArray[np.float32]
Missing = Literal["mean", "most frequent", "drop rows"]
MAX_CELLS = 200_000_000
_CHUNK = 10_000
_MAX_QUOTED = 40
"""Characters of a cell that are quoted in a message."""


@dataclass(frozen=True)
class ImportedTable:
    """The outcome of an import."""

    table: Table
    features: tuple[str, ...]
    """The name of each input."""
    target: str
    layout: Layout
    skipped_columns: tuple[str, ...]
    """Columns that are empty or have too many categories."""
    missing: int
    """Missing values, not counting the target."""
    without_target: int
    """Rows skipped because the target is missing."""
    dropped: int
    """Rows skipped because another value is missing."""
    bad_lines: tuple[BadLine, ...]
    """The first of them."""
    bad_count: int


def import_table(
    path: Path,
    *,
    target: str = "",
    task: Task = "auto",
    file: SourceFile | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
    encoding: str | None = None,
    comma: bool | None = None,
    sheet: str = "",
    roles: str = "",
    missing: Missing = "mean",
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportedTable:
    """Import the table in a file.

    `target` names the column to predict, by default the last one; `roles` has a letter for each
    column (see Role). `progress` receives the share done, from 0 to 1. Raises DataError, and
    Cancelled soon after `cancelled` is true.
    """
    file = file or SourceFile(path, sheet, delimiter, has_header, encoding, comma)
    with open_source(file, cancelled) as source:
        layout = source.layout
        target_at = _target_index(layout, target, roles)
        letters: list[Any] = list(roles) or ["?"] * len(layout.columns)
        letters[target_at] = "n" if task == "numbers" else "t"
        columns = [Column(*one) for one in zip(layout.columns, letters, strict=True)]
        bad = _read(columns, source, progress, cancelled)
        if any(column.must_reread for column in columns):
            columns = [Column(one.name, one.role, is_text=not one.numeric) for one in columns]
            bad = _read(columns, source, progress, cancelled)
        inputs, skipped = plan_inputs(columns, target_at)
        classes = classes_of(columns[target_at], task, layout.comma)
        names = [name for one in inputs for name in one.names]
        targets, known = _targets(columns[target_at], classes)
        filled = _filled(columns, inputs, known, missing, layout.columns[target_at])
        if len(filled.x) < 2:
            text = _("{name} has fewer than two usable rows.").format(name=source.name)
            raise DataError(text)
        y = targets[filled.used]
        if not classes:
            y = y.astype(np.float32)[:, np.newaxis]
        if cancelled():
            raise Cancelled(_("The import was cancelled."))
        table = Table(
            name=name_of(source.name),
            digest=store(x=filled.x, y=y, names=np.array(names)),
            samples=len(filled.x),
            features=len(names),
            classes=CLASS_SEPARATOR.join(class_names(classes)),
            inputs=_joined(names),
            roles=_roles(columns, inputs, target_at),
            missing=missing,
            **source_fields(source, cancelled),
        )
    progress(1.0)
    return ImportedTable(
        table,
        tuple(names),
        layout.columns[target_at],
        layout,
        tuple(skipped),
        filled.missing,
        int((~known).sum()),
        int(known.sum()) - len(filled.x),
        tuple(bad.first),
        bad.count,
    )


def import_again(
    table: Table, path: Path, cancelled: Callable[[], bool] = lambda: False
) -> ImportedTable:
    """Import a table again with the same settings; raises DataError."""
    task: Task = "classes" if table.classes else "numbers"
    missing: Any = table.missing
    return import_table(
        path,
        file=replace(SourceFile.of(table), path=path),
        roles=table.roles,
        task=task,
        missing=missing,
        cancelled=cancelled,
    )


def _roles(columns: list[Column], inputs: list[Input], target: int) -> str:
    letters: list[Role] = ["i"] * len(columns)
    for one in inputs:
        letters[one.index] = "n" if one.categories is None else "c"
    letters[target] = "t"
    return "".join(letters)


def _joined(names: list[str]) -> str:
    """Return the names of the inputs as a Table stores them; nothing if they are too long."""
    plain = (display_text(name.replace(CLASS_SEPARATOR, ""))[:60] for name in names)
    text = CLASS_SEPARATOR.join(plain)
    return text if len(text) <= LONGEST_NAMES else ""


def _check_size(rows: int, features: int) -> None:
    if features > MOST_FEATURES or rows * features > MAX_CELLS:
        text = _("The table would have {rows:,} × {columns:,} numbers, which is too many.")
        raise DataError(text.format(rows=rows, columns=features), _("Skip some columns."))


def _target_index(layout: Layout, target: str, roles: str) -> int:
    if len(layout.columns) < 2:
        raise DataError(
            _("There is only one column, so there is nothing to predict it from."),
            _("Check the delimiter, or import the column as a series."),
        )
    if roles and len(roles) != len(layout.columns):
        text = _("Expected {expected} columns, found {found}.")
        raise DataError(text.format(expected=len(roles), found=len(layout.columns)))
    if roles and (roles.count("t") != 1 or set(roles) - set("ncit?")):
        raise DataError(_("Exactly one column must be the target."), _("Choose one."))
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
    source: OpenSource,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> BadLines:
    """Add all rows to the columns; return the lines with errors."""
    layout, count = source.layout, 0
    reader, bad_cells = RowReader(source.text, layout), BadLines()
    for chunk in reader.chunks(max(1, _CHUNK * 20 // max(20, len(columns)))):
        if cancelled():
            raise Cancelled(_("The import was cancelled."))
        progress(0.95 * min(reader.read_bytes / source.size, 1.0))
        count += len(chunk.rows)
        if count > MOST_ROWS:
            text = _("{name} has more than {most:,} rows.")
            raise DataError(text.format(name=source.name, most=MOST_ROWS))
        for column, cells in zip(columns, zip(*chunk.rows, strict=True), strict=True):
            for index in column.add(cells, layout.comma):
                why = _("{column}: {cell} is not a number; counted as missing")
                cell = _quoted(cells[index])
                bad_cells.add(chunk.lines[index], why.format(column=column.name, cell=cell))
        _check_size(count, sum(bool(column.parts) for column in columns))
    if not count:
        text = _("No row of {name} has the expected {count} columns.")
        raise DataError(
            text.format(name=source.name, count=len(columns)), _("Check the delimiter.")
        )
    both = BadLines()
    both.first = sorted([*reader.bad.first, *bad_cells.first], key=attrgetter("number"))
    both.count = reader.bad.count + bad_cells.count
    return both


def _targets(
    column: Column, classes: dict[float | str, int]
) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """Return the targets of all rows, class indices or numbers, and which rows have one."""
    values = column.take_values()
    known: npt.NDArray[np.bool_] = ~np.isnan(values) if column.numeric else values >= 0
    if not classes:
        return values, known
    targets = np.full(len(values), -1, np.int64)
    if column.numeric:
        # The classes are sorted numbers.
        ordered = np.array(list(classes), np.float64)
        targets[known] = np.searchsorted(ordered, values[known])
    else:
        assert column.categories is not None
        class_at = np.array([classes[text] for text in column.categories], np.int64)
        targets[known] = class_at[values[known]]
    return targets, known


@dataclass(frozen=True)
class _Inputs:
    """The inputs of the rows that are used."""

    x: Floats
    used: npt.NDArray[np.bool_]
    """Which rows of the file these are."""
    missing: int


def _filled(
    columns: list[Column],
    inputs: list[Input],
    known: npt.NDArray[np.bool_],
    missing: Missing,
    target: str,
) -> _Inputs:
    """Return the inputs of the rows with a target, with missing values filled in."""
    if not inputs:
        raise DataError(_("No column is left from which to predict {name}.").format(name=target))
    width = sum(one.width for one in inputs)
    _check_size(int(known.sum()), width)
    values = [columns[one.index].take_values() for one in inputs]
    used, holes = known.copy(), 0
    for one, column in zip(inputs, values, strict=True):
        gaps = np.isnan(column) if one.categories is None else column < 0
        holes += int((gaps & known).sum())
        if missing == "drop rows":
            used &= ~gaps
    x = np.zeros((int(used.sum()), width), np.float32)
    at = 0
    for one in inputs:
        # Each column is freed as soon as it has been copied.
        column = values.pop(0)[used]
        if one.categories is None:
            x[:, at] = _filled_column(column, missing)
        else:
            categories = columns[one.index].categories
            assert categories is not None
            order = {text: index for index, text in enumerate(one.categories)}
            input_at = np.array([order[text] for text in categories], np.int64)
            rows = np.flatnonzero(column >= 0)
            x[rows, at + input_at[column[rows]]] = 1.0
            if missing == "most frequent" and len(rows) < len(column):
                x[column < 0, at + int(x[:, at : at + one.width].sum(0).argmax())] = 1.0
        at += one.width
    return _Inputs(x, used, holes)


def _filled_column(column: npt.NDArray[Any], missing: Missing) -> npt.NDArray[Any]:
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


def _quoted(cell: str) -> str:
    plain = display_text(cell[: _MAX_QUOTED + 1])
    return f"“{plain[:_MAX_QUOTED]}…”" if len(plain) > _MAX_QUOTED else f"“{plain}”"
