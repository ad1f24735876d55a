"""The first rows of a table and the detected types of its columns, shown before the import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnplay.data.arrays import DataError
from nnplay.data.importing.columns import Column, Role, Task, classes_of, plan_inputs
from nnplay.data.importing.csv_reader import BadLine, Chunk, Layout, RowReader
from nnplay.data.importing.source_file import SourceFile, open_source

PREVIEW_ROWS = 200
MAX_CELL_LENGTH = 200
"""Characters of a cell that are shown."""


@dataclass(frozen=True)
class Preview:
    """The first rows of a file."""

    layout: Layout
    sheet: str
    sheets: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """One cell per column; long cells are cut."""
    lines: tuple[int, ...]
    """The line number of each row."""
    kinds: tuple[Role, ...]
    """The detected type of each column: n, c, i, or ? if all its cells are missing."""
    tasks: tuple[Task, ...]
    """What each column would be predicted as if it were the target."""
    bad_lines: tuple[BadLine, ...]
    file_bytes: int

    def roles(self, target: int) -> str:
        """Return a letter for each column, with one of them as the target, for the import."""
        # Only the whole file shows whether a text column has few enough categories.
        letters = ["?" if kind == "c" else kind for kind in self.kinds]
        letters[target] = "t"
        return "".join(letters)


def preview_table(file: SourceFile, cancelled: Callable[[], bool] = lambda: False) -> Preview:
    """Return the first rows of a file; raises DataError if it cannot be read."""
    with open_source(file, cancelled) as source:
        layout = source.layout
        reader = RowReader(source.text, layout)
        chunk = next(reader.chunks(PREVIEW_ROWS + layout.has_header), Chunk((), []))
        columns = [Column(name) for name in layout.columns]
        if chunk.rows:
            for column, cells in zip(columns, zip(*chunk.rows, strict=True), strict=True):
                column.add(cells, layout.comma)
        return Preview(
            layout,
            source.sheet,
            source.sheets,
            tuple(tuple(map(_shown, row)) for row in chunk.rows),
            tuple(chunk.lines),
            _kinds(columns),
            tuple(_task(column, layout.comma) for column in columns),
            tuple(reader.bad.first),
            source.file_bytes,
        )


def _kinds(columns: list[Column]) -> tuple[Role, ...]:
    inputs, _skipped = plan_inputs(columns, -1)
    kinds: list[Role] = ["i" if column.categories != {} else "?" for column in columns]
    for one in inputs:
        kinds[one.index] = "n" if one.categories is None else "c"
    return tuple(kinds)


def _task(column: Column, comma: bool) -> Task:
    try:
        return "classes" if classes_of(column, "auto", comma) else "numbers"
    except DataError:
        return "auto"


def _shown(cell: str) -> str:
    plain = " ".join("".join(c if c.isprintable() else " " for c in cell).split())
    return plain if len(plain) <= MAX_CELL_LENGTH else plain[: MAX_CELL_LENGTH - 1] + "…"
