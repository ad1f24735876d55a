"""The beginning of a table, and what its columns seem to be, to show before it is imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnplay.data.arrays import DataError
from nnplay.data.importing.columns import Column, Role, Task, classes_of, plan
from nnplay.data.importing.reader import BadLine, Chunk, Layout, RowReader
from nnplay.data.importing.source_file import Origin, opened

PREVIEWED = 200
"""Rows."""
LONGEST_SHOWN = 200
"""Characters of a cell."""


@dataclass(frozen=True)
class Preview:
    """How a file begins."""

    layout: Layout
    sheet: str
    sheets: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The first of them, a cell for each column, long ones cut."""
    lines: tuple[int, ...]
    """The line of each row."""
    kinds: tuple[Role, ...]
    """What each column is: n, c or i, or ? where it is empty so far."""
    tasks: tuple[Task, ...]
    """What each column would be predicted as."""
    bad_lines: tuple[BadLine, ...]
    file_bytes: int

    def roles(self, target: int) -> str:
        """Return a letter for each column with one of them as the target, for the import."""
        # Of words only the whole file tells whether they are few enough.
        letters = ["?" if kind == "c" else kind for kind in self.kinds]
        letters[target] = "t"
        return "".join(letters)


def look(origin: Origin, cancelled: Callable[[], bool] = lambda: False) -> Preview:
    """Return how a file begins; raises DataError where nothing can be read."""
    with opened(origin, cancelled) as source:
        layout = source.layout
        reader = RowReader(source.text, layout)
        chunk = next(reader.chunks(PREVIEWED + layout.has_heading), Chunk((), []))
        columns = [Column(name) for name in layout.columns]
        if chunk.rows:
            for column, cells in zip(columns, zip(*chunk.rows, strict=True), strict=True):
                column.look(cells, layout.comma)
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
    inputs, _left_out = plan(columns, -1)
    kinds: list[Role] = ["i" if column.words != {} else "?" for column in columns]
    for one in inputs:
        kinds[one.place] = "n" if one.words is None else "c"
    return tuple(kinds)


def _task(column: Column, comma: bool) -> Task:
    try:
        return "classes" if classes_of(column, "auto", comma) else "numbers"
    except DataError:
        return "auto"


def _shown(cell: str) -> str:
    plain = " ".join("".join(c if c.isprintable() else " " for c in cell).split())
    return plain if len(plain) <= LONGEST_SHOWN else plain[: LONGEST_SHOWN - 1] + "…"
