"""The first rows of a table and the detected types of its columns, shown before the import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnplay.data.arrays import DataError
from nnplay.data.importing.columns import Column, Role, Task
from nnplay.data.importing.csv_reader import BadLine, Chunk, Layout, RowReader
from nnplay.data.importing.inputs import Ignored, plan_inputs
from nnplay.data.importing.notes import column_notes, layout_notes, task_note
from nnplay.data.importing.source_file import SourceFile, open_source
from nnplay.data.importing.table import role_of, settle_words, words_of
from nnplay.data.importing.targets import classes_of

PREVIEW_ROWS = 200
MAX_CELL_LENGTH = 200
"""Characters of a cell that are shown."""


@dataclass(frozen=True)
class Preview:
    """The first rows of a file."""

    layout: Layout
    sheet: str
    sheets: tuple[str, ...]
    hidden: tuple[str, ...]
    """The hidden ones among the sheets."""
    rows: tuple[tuple[str, ...], ...]
    """One cell per column; long cells are cut."""
    lines: tuple[int, ...]
    """The line number of each row."""
    kinds: tuple[Role, ...]
    """The detected type of each column: n, c, d, m, i, or ? if all its cells are missing."""
    tasks: tuple[Task, ...]
    """What each column would be predicted as if it were the target."""
    ignored: tuple[Ignored, ...]
    """The columns that are not used, and why, if the last one is the target."""
    notes: tuple[str, ...]
    """What was detected about the file as a whole, one sentence each."""
    column_notes: tuple[tuple[str, ...], ...]
    """What was detected about each column, as an input."""
    task_notes: tuple[str, ...]
    """Why each column would be predicted as classes or as numbers."""
    bad_lines: tuple[BadLine, ...]
    file_bytes: int

    def roles(self, target: int) -> str:
        """Return a letter for each column, with one of them as the target, for the import."""
        # Only the whole file shows what a column is.
        letters = ["?"] * len(self.kinds)
        letters[target] = "t"
        return "".join(letters)


def preview_table(
    file: SourceFile,
    cancelled: Callable[[], bool] = lambda: False,
    *,
    missing_words: str = "",
    exact_words: bool = False,
) -> Preview:
    """Return the first rows of a file; raises DataError if it cannot be read."""
    with open_source(file, cancelled) as source:
        layout = source.layout
        reader = RowReader(source.text, layout)
        above = layout.above + layout.has_header + layout.below
        chunk = next(reader.chunks(PREVIEW_ROWS + above), Chunk((), []))
        columns = [Column(name, missing=words_of(missing_words)) for name in layout.columns]
        if chunk.rows:
            for column, cells in zip(columns, zip(*chunk.rows, strict=True), strict=True):
                column.add(cells, chunk.lines, layout.comma)
        for column in columns:
            column.settle_kind()
        settle_words(columns, exact_words)
        inputs, ignored = plan_inputs(columns, -1)
        kinds: list[Role] = ["?" if column.kind is None else "i" for column in columns]
        for one in inputs:
            kinds[one.index] = role_of(columns[one.index], one)
        tasks = [_task(column, layout.comma) for column in columns]
        return Preview(
            layout,
            source.sheet,
            source.sheets,
            source.hidden,
            tuple(tuple(map(_shown, row)) for row in chunk.rows),
            tuple(chunk.lines),
            tuple(kinds),
            tuple(task for task, _note in tasks),
            tuple(ignored),
            tuple(layout_notes(source, file)),
            tuple(map(tuple, column_notes(columns, inputs, -1))),
            tuple(note for _task, note in tasks),
            tuple(reader.bad.first),
            source.file_bytes,
        )


def _task(column: Column, comma: bool) -> tuple[Task, str]:
    try:
        classes = classes_of(column, "auto", comma)
    except DataError:
        return "auto", ""
    return ("classes" if classes else "numbers"), task_note(column, classes, "auto")


def _shown(cell: str) -> str:
    plain = " ".join("".join(c if c.isprintable() else " " for c in cell).split())
    return plain if len(plain) <= MAX_CELL_LENGTH else plain[: MAX_CELL_LENGTH - 1] + "…"
