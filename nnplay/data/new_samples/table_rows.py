"""Reads the rows of a table as new samples, its columns matched by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nnplay.catalog import Dataset, FromFile
from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.importing.csv_reader import BadLine, Layout, RowReader
from nnplay.data.importing.source_file import SourceFile, open_source
from nnplay.data.new_samples.encoding import NewSamples, encode
from nnplay.link.input_columns import InputColumn, InputColumns
from nnplay.translation import _

_CHUNK = 5_000


@dataclass(frozen=True)
class TableRows:
    """Consecutive rows of a table, as they are and encoded."""

    layout: Layout
    lines: Sequence[int]
    """The line number of each row."""
    rows: list[list[str]]
    """All cells of each row, as they are in the file."""
    samples: NewSamples
    bad_lines: tuple[BadLine, ...] = ()
    """All lines so far that are not rows."""


def read_rows(
    path: Path,
    columns: InputColumns,
    dataset: Dataset,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[TableRows]:
    """Yield the rows of a file in chunks, at least one; raises DataError or Cancelled.

    The file is read as one of its own: its delimiter, encoding and decimal separator need not be
    those of the file that `dataset` was imported from. Columns that are not inputs are only kept.
    """
    with open_source(_source_file(path, columns, dataset, cancelled), cancelled) as source:
        layout = source.layout
        places = _places(layout.columns, columns, source.name)
        reader, is_empty = RowReader(source.text, layout), True
        for chunk in reader.chunks(_CHUNK):
            if cancelled():
                raise Cancelled(_("The prediction was cancelled."))
            progress(min(reader.read_bytes / source.size, 1.0))
            cells = [[row[place] for place in places] for row in chunk.rows]
            samples = encode(columns, cells, comma=layout.comma)
            is_empty = False
            yield TableRows(layout, chunk.lines, chunk.rows, samples, tuple(reader.bad.first))
        if is_empty:
            raise DataError(
                _("{name} has no rows below its column names.").format(name=source.name)
            )


def _source_file(
    path: Path, columns: InputColumns, dataset: Dataset, cancelled: Callable[[], bool]
) -> SourceFile:
    """Return how to read a file: its first line has the column names, or a line further down."""
    is_imported = isinstance(dataset, FromFile) and bool(dataset.file)
    has_header = dataset.heading if isinstance(dataset, FromFile) and is_imported else True
    below = dataset.below if isinstance(dataset, FromFile) and is_imported else 0
    # Detection needs rows, of which there may be only one here: it could take words for units.
    file = SourceFile(path, has_header=has_header, above=0, below=below if has_header else None)
    with open_source(file, cancelled) as source:
        found = source.layout.columns
        if all(_place(found, column) is not None for column in columns.columns):
            return file
    return replace(file, above=None, below=None)


def _places(found: Sequence[str], columns: InputColumns, file_name: str) -> list[int]:
    """Return where each column is in the file; raises DataError if one is missing."""
    places = [_place(found, column) for column in columns.columns]
    lacking = [
        column.name for column, place in zip(columns.columns, places, strict=True) if place is None
    ]
    if lacking:
        text = _("{name} lacks the column {missing}, which the network needs.")
        if len(lacking) > 1:
            text = _("{name} lacks the columns {missing}, which the network needs.")
        needed = ", ".join(column.name for column in columns.columns)
        raise DataError(
            text.format(name=file_name, missing=", ".join(lacking)),
            _("Columns found: {found}. Columns needed: {needed}.").format(
                found=", ".join(found[:30]), needed=needed
            ),
        )
    return [place for place in places if place is not None]


def _place(found: Sequence[str], column: InputColumn) -> int | None:
    """Return the place of a column by its name or, if there is none, whatever its case."""
    for name in (column.name, *column.aliases):
        if name in found:
            return found.index(name)
    folded = [name.strip().casefold() for name in found]
    for name in (column.name, *column.aliases):
        if folded.count(name.casefold()) == 1:
            return folded.index(name.casefold())
    return None
