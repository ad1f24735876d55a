"""Imports a table: stores its arrays in the data folder and returns a Table that names them.

The file is read once, in chunks; a second time only if a column turns out to be of another type
than its first rows. A text column is one-hot encoded; one with more than 50 categories, such as
names, is not used unless that was chosen. Rows without a target are skipped; other missing values
are filled in, or their rows are skipped too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from nnplay.catalog import Table
from nnplay.catalog.datasets.tables import CLASS_SEPARATOR, LONGEST_NAMES, MOST_FEATURES, MOST_ROWS
from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.importing.columns import Column, Role, Task
from nnplay.data.importing.csv_reader import MAX_LISTED, BadLine, BadLines, Layout, RowReader
from nnplay.data.importing.digits import shortest_floats
from nnplay.data.importing.inputs import (
    Ignored,
    Input,
    Missing,
    blocks_of,
    encoded,
    input_columns,
    plan_inputs,
)
from nnplay.data.importing.notes import column_notes, layout_notes, task_note
from nnplay.data.importing.parse_cell import display_text
from nnplay.data.importing.source_file import (
    OpenSource,
    SourceFile,
    name_of,
    open_source,
    source_fields,
)
from nnplay.data.importing.store import store, store_columns
from nnplay.data.importing.targets import class_names, classes_of, targets_of
from nnplay.translation import _

MAX_CELLS = 200_000_000
_CHUNK = 10_000
ROLES = frozenset("ncdmit?")


@dataclass(frozen=True)
class ImportedTable:
    """The outcome of an import."""

    table: Table
    features: tuple[str, ...]
    """The name of each input."""
    target: str
    layout: Layout
    ignored: tuple[Ignored, ...]
    """Columns that were not used although that was not chosen."""
    notes: tuple[str, ...]
    """What was detected, one sentence each."""
    missing: int
    """Missing values, not counting the target."""
    without_target: int
    """Rows skipped because the target is missing."""
    dropped: int
    """Rows skipped because another value is missing."""
    bad_lines: tuple[BadLine, ...]
    """The first lines that were skipped, or of which a cell counts as missing."""
    bad_count: int
    """Lines that were skipped."""
    odd_count: int
    """Cells among numbers or dates that count as missing because they are neither."""

    @property
    def skipped_columns(self) -> tuple[str, ...]:
        """The names of the columns that were not used although that was not chosen."""
        return tuple(one.name for one in self.ignored)


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
    roles: str | dict[str, Role] = "",
    missing: Missing = "mean",
    missing_words: str = "",
    exact_words: bool = False,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportedTable:
    """Import the table in a file.

    `target` names the column to predict, by default the last one that is not empty; `roles` has a
    letter for each column, or for some by name (see Role). `missing_words` are the words that
    denote missing values, separated by commas; without them, they are detected. `progress` receives
    the share done, from 0 to 1. Raises DataError, and Cancelled soon after `cancelled` is true.
    """
    file = file or SourceFile(path, sheet, delimiter, has_header, encoding, comma)
    with open_source(file, cancelled) as source:
        layout = source.layout
        letters = role_letters(layout.columns, roles)
        target_at = _target_index(layout, target, letters)
        letters[target_at] = "t"
        columns = [
            Column(name, letter, missing=words_of(missing_words))
            for name, letter in zip(layout.columns, letters, strict=True)
        ]
        columns[target_at].task = task
        columns, bad = _settled(columns, source, exact_words, progress, cancelled)
        inputs, ignored = plan_inputs(columns, target_at)
        if not inputs:
            name = layout.columns[target_at]
            raise DataError(_("No column is left from which to predict {name}.").format(name=name))
        classes = classes_of(columns[target_at], task, layout.comma)
        notes = [
            *layout_notes(source, file),
            *chain.from_iterable(column_notes(columns, inputs, target_at)),
            task_note(columns[target_at], classes, task),
        ]
        names = [name for one in inputs for name in one.names]
        _check_size(sum(map(len, columns[target_at].parts)), len(names))
        odd = sum(column.odd.count for column in columns)
        targets, known = targets_of(columns[target_at], classes)
        x, used, holes = encoded(columns, inputs, known, missing)
        blocks = blocks_of(inputs) if np.isnan(x).any() else {}
        if len(x) < 2:
            text = _("{name} has fewer than two usable rows.").format(name=source.name)
            raise DataError(text)
        y = targets[used]
        if not classes:
            y = shortest_floats(y)[:, np.newaxis]
        if cancelled():
            raise Cancelled(_("The import was cancelled."))
        table = Table(
            name=name_of(source.name),
            digest=store(x=x, y=y, names=np.array(names), **blocks),
            samples=len(x),
            features=len(names),
            classes=CLASS_SEPARATOR.join(class_names(classes)),
            inputs=_joined(names),
            roles=_roles(columns, inputs, target_at),
            missing=missing,
            missing_words=missing_words,
            exact_words=exact_words,
            **source_fields(source, cancelled),
        )
        store_columns(table.digest, input_columns(columns, inputs))
    progress(1.0)
    return ImportedTable(
        table,
        tuple(names),
        layout.columns[target_at],
        layout,
        tuple(ignored),
        tuple(note for note in notes if note),
        holes,
        int((~known).sum()),
        int(known.sum()) - len(x),
        tuple(_merged(bad, columns)),
        bad.count,
        odd,
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
        missing_words=table.missing_words,
        exact_words=table.exact_words,
        cancelled=cancelled,
    )


def words_of(text: str) -> frozenset[str] | None:
    """Return the words in a text, in lower case; None if it is empty and they are detected."""
    return frozenset(word.strip().lower() for word in text.split(",")) if text else None


def role_letters(columns: Sequence[str], roles: str | dict[str, Role]) -> list[Role]:
    """Return the letter of each column; raises DataError if they do not fit the columns."""
    if isinstance(roles, str):
        if roles and len(roles) != len(columns):
            text = _("Expected {expected} columns, found {found}.")
            raise DataError(text.format(expected=len(roles), found=len(columns)))
        letters: list[Any] = list(roles) or ["?"] * len(columns)
    else:
        letters = ["?"] * len(columns)
        for name, letter in roles.items():
            letters[_index_of(columns, name)] = letter
    is_complete = not roles or not isinstance(roles, str)
    if letters.count("t") > 1 or set(letters) - ROLES or not (is_complete or "t" in letters):
        raise DataError(_("Exactly one column must be the target."), _("Choose one."))
    return letters


def _index_of(columns: Sequence[str], name: str) -> int:
    """Return the index of a column by its name, or by its number counted from 1."""
    if name in columns:
        return columns.index(name)
    if name.isdecimal() and 1 <= int(name[:6]) <= len(columns):
        return int(name) - 1
    shown = ", ".join(columns[:20])
    raise DataError(
        _("There is no column {name}.").format(name=name),
        _("Columns: {names}.").format(names=shown),
    )


def role_of(column: Column, one: Input) -> Role:
    """Return the letter of a column that becomes an input."""
    date: Role = "m" if column.is_month_first else "d"
    by_kind: dict[str, Role] = {"number": "n", "text": "c", "date": date}
    return by_kind[one.kind]


def _roles(columns: list[Column], inputs: list[Input], target: int) -> str:
    letters: list[Role] = ["i"] * len(columns)
    for one in inputs:
        letters[one.index] = role_of(columns[one.index], one)
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


def _target_index(layout: Layout, target: str, letters: list[Role]) -> int:
    if len(layout.columns) < 2:
        raise DataError(
            _("There is only one column, so there is nothing to predict it from."),
            _("Check the delimiter, or import the column as a series."),
        )
    if target:
        at = _index_of(layout.columns, target)
        if "t" in letters and letters.index("t") != at:
            raise DataError(_("Exactly one column must be the target."), _("Choose one."))
        return at
    if "t" in letters:
        return letters.index("t")
    used = [at for at, letter in enumerate(letters) if letter != "i"]
    return used[-1] if used else len(letters) - 1


def _settled(
    columns: list[Column],
    source: OpenSource,
    exact_words: bool,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> tuple[list[Column], BadLines]:
    """Read all rows, a second time if a column changed its type; return the columns."""
    bad = _read(columns, source, progress, cancelled)
    if any(column.must_reread for column in columns):
        columns = [column.again() for column in columns]
        bad = _read(columns, source, progress, cancelled)
    settle_words(columns, exact_words)
    return columns, bad


def settle_words(columns: Sequence[Column], exact: bool) -> None:
    """Decide in all columns of words which words are missing values, and which are the same."""
    markers = {marker for column in columns for marker in column.markers}
    for column in columns:
        column.settle_words(markers, exact)


def _read(
    columns: list[Column],
    source: OpenSource,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> BadLines:
    """Add all rows to the columns and decide what each is; return the lines that were skipped."""
    layout, count = source.layout, 0
    reader = RowReader(source.text, layout)
    for chunk in reader.chunks(max(1, _CHUNK * 20 // max(20, len(columns)))):
        if cancelled():
            raise Cancelled(_("The import was cancelled."))
        progress(0.95 * min(reader.read_bytes / source.size, 1.0))
        count += len(chunk.rows)
        if count > MOST_ROWS:
            text = _("{name} has more than {most:,} rows.")
            raise DataError(text.format(name=source.name, most=MOST_ROWS))
        for column, cells in zip(columns, zip(*chunk.rows, strict=True), strict=True):
            column.add(cells, chunk.lines, layout.comma)
        _check_size(count, sum(bool(column.parts) for column in columns))
    if not count:
        text = _("No row of {name} has the expected {count} columns.")
        raise DataError(
            text.format(name=source.name, count=len(columns)), _("Check the delimiter.")
        )
    for column in columns:
        column.settle_kind()
    return reader.bad


def _merged(bad: BadLines, columns: Sequence[Column]) -> list[BadLine]:
    """Return the lines that were skipped and those with odd cells in the order of the file."""
    every = [*bad.first, *(one for column in columns for one in column.odd.first)]
    return sorted(every, key=attrgetter("number"))[:MAX_LISTED]
