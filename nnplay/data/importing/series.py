"""Imports a column of a file as a time series: sliding windows, each with the next value."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Series
from nnplay.catalog.datasets.sequences import LONGEST_SERIES
from nnplay.data.arrays import Cancelled, DataError, Samples, Source
from nnplay.data.importing.columns import numbers_in, quoted
from nnplay.data.importing.csv_reader import BadLine, BadLines, RowReader
from nnplay.data.importing.digits import shortest_floats
from nnplay.data.importing.notes import layout_notes
from nnplay.data.importing.parse_cell import is_missing, parse_number
from nnplay.data.importing.source_file import (
    SourceFile,
    name_of,
    open_source,
    source_fields,
    unchanged_file,
)
from nnplay.data.importing.store import is_stored, store_as, stored
from nnplay.data.synthetic.windows import windows_of
from nnplay.translation import _

Values = npt.NDArray[np.float32] | npt.NDArray[np.float64]
_CHUNK = 20_000


@dataclass(frozen=True)
class ImportedSeries:
    """The outcome of an import."""

    series: Series
    values: Values
    """(length,)."""
    missing: int
    """Cells that were filled with the previous value."""
    bad_lines: tuple[BadLine, ...]
    """The first lines that were skipped, or whose cell counts as missing."""
    bad_count: int
    """Lines that were skipped."""
    odd_count: int
    """Cells that count as missing because they are not numbers."""
    notes: tuple[str, ...]
    """What was detected, one sentence each."""


def import_series(
    file: SourceFile,
    column: str,
    steps: int = 20,
    *,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportedSeries:
    """Read and store a column of numbers; a missing one takes the previous value.

    Raises DataError, or Cancelled soon after `cancelled` is true.
    """
    with open_source(file, cancelled) as source:
        layout = source.layout
        if column not in layout.columns:
            raise DataError(_("There is no column {name}.").format(name=column))
        index = layout.columns.index(column)
        reader, bad_cells = RowReader(source.text, layout), BadLines()
        found = [np.empty(0)]
        for chunk in reader.chunks(_CHUNK):
            if cancelled():
                raise Cancelled(_("The import was cancelled."))
            progress(min(reader.read_bytes / source.size, 1.0))
            cells = [row[index] for row in chunk.rows]
            values = numbers_in(cells, layout.comma)
            for at in np.flatnonzero(np.isnan(values)).tolist():
                if not is_missing(cells[at]):
                    bad_cells.add(chunk.lines[at], _why_missing(cells[at], layout.comma))
            found.append(values)
            if sum(map(len, found)) > LONGEST_SERIES:
                text = _("{name} has more than {most:,} rows.")
                raise DataError(text.format(name=source.name, most=LONGEST_SERIES))
        notes = tuple(layout_notes(source, file))
        whole, missing = _filled(np.concatenate(found), column)
        series = Series(
            name=name_of(source.name),
            steps=max(1, min(steps, len(whole) // 2)),
            column=column,
            length=len(whole),
            **source_fields(source, cancelled),
        )
    store_as(series_key(series), values=whole)
    progress(1.0)
    bad = sorted([*reader.bad.first, *bad_cells.first], key=attrgetter("number"))
    counts = (reader.bad.count, bad_cells.count)
    return ImportedSeries(series, whole, missing, tuple(bad), *counts, notes)


def _why_missing(cell: str, comma: bool) -> str:
    if parse_number(cell, comma) is None:
        return _("{cell} is not a number; counted as missing").format(cell=quoted(cell))
    return _("{cell} is too large; counted as missing").format(cell=quoted(cell))


def series_key(series: Series) -> str:
    """Return the key under which the values of a series are stored.

    It depends on the content of the file and on how it is read, not on its path or on `steps`.
    """
    read_as = (series.sheet, series.encoding, series.delimiter, series.heading, series.comma)
    parts: tuple[object, ...] = (series.file_digest, *read_as, series.column)
    if series.above or series.below:  # absent in the keys of earlier versions
        parts = (*parts, series.above, series.below)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def series(dataset: Series, _rng: np.random.Generator) -> Source:
    """Return the windows of a series, each one step later, with the value that follows.

    If the file no longer exists, the stored values are used; see `missing_file_note`.
    """
    if not dataset.file:
        hint = _("Use File > Import table… and choose a column of a file.")
        raise DataError(_("No series has been imported yet."), hint)
    values = _values(dataset)
    if len(values) != dataset.length:
        text = _("Expected a series of {expected:,} values, found {found:,}.")
        raise DataError(
            text.format(expected=dataset.length, found=len(values)),
            _("Import it again: File > Import table…"),
        )
    return Source(Samples(*windows_of(values, dataset.steps)))


def _values(dataset: Series) -> Values:
    key = series_key(dataset)
    path = unchanged_file(dataset, is_stored=is_stored(key))
    try:
        arrays = stored(key)
        if arrays is not None:
            return arrays["values"]
    except (ValueError, KeyError) as error:
        if path is None:
            text = _("The stored copy of the series {name} is damaged.").format(name=dataset.name)
            raise DataError(text, _("Import it again: File > Import table…")) from error
    # Imported by an earlier version, which stored nothing, or the stored copy was deleted.
    assert path is not None, "unchanged_file raises if there is neither a file nor stored data"
    return import_series(replace(SourceFile.of(dataset), path=path), dataset.column).values


def _filled(values: npt.NDArray[np.float64], column: str) -> tuple[Values, int]:
    known = np.flatnonzero(~np.isnan(values))
    if len(known) < 3:
        text = _("The column {name} has fewer than three numbers, too few for a series.")
        raise DataError(text.format(name=column), _("Choose another column."))
    # Missing cells before the first value have no previous value, so they are dropped.
    values = values[known[0] :]
    last = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(len(values))))
    missing = int(np.isnan(values).sum())
    return shortest_floats(values[last]), missing
