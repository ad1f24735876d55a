"""A column of a file as a series: pieces of it, each with the value that comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Series
from nnplay.catalog.datasets.sequences import LONGEST_SERIES
from nnplay.data.arrays import DataError, Samples, Source
from nnplay.data.importing.cells import is_blank
from nnplay.data.importing.columns import forced_numbers_in
from nnplay.data.importing.reader import BadLine, BadLines, ImportCancelled, RowReader
from nnplay.data.importing.source_file import Origin, name_of, opened, origin_fields, verified
from nnplay.data.synthetic.windows import windows_of
from nnplay.translation import _

_CHUNK = 20_000


@dataclass(frozen=True)
class ImportedSeries:
    """What came of a column."""

    series: Series
    values: npt.NDArray[np.float32]
    """(length,)."""
    missing: int
    """Cells that took the value before them."""
    bad_lines: tuple[BadLine, ...]
    bad_count: int


def import_series(
    origin: Origin,
    column: str,
    steps: int = 20,
    *,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportedSeries:
    """Read a column of numbers; an empty cell takes the value before it. Raises DataError."""
    with opened(origin, cancelled) as source:
        layout = source.layout
        if column not in layout.columns:
            raise DataError(_("There is no column {name}.").format(name=column))
        place = layout.columns.index(column)
        reader, odd = RowReader(source.text, layout), BadLines()
        found = [np.empty(0)]
        for chunk in reader.chunks(_CHUNK):
            if cancelled():
                raise ImportCancelled(_("The import was stopped."))
            progress(min(reader.read_bytes / source.size, 1.0))
            cells = [row[place] for row in chunk.rows]
            values = forced_numbers_in(cells, layout.comma)
            for at in np.flatnonzero(np.isnan(values)).tolist():
                if not is_blank(cells[at]):
                    odd.add(chunk.lines[at], _("no number, and counts as missing"))
            found.append(values)
            if sum(map(len, found)) > LONGEST_SERIES:
                text = _("{name} has more than {most:,} rows.")
                raise DataError(text.format(name=source.name, most=LONGEST_SERIES))
        whole, missing = _without_gaps(np.concatenate(found), column)
        series = Series(
            name=name_of(source.name),
            steps=max(1, min(steps, len(whole) // 2)),
            column=column,
            length=len(whole),
            **origin_fields(source, cancelled),
        )
    progress(1.0)
    bad = sorted([*reader.bad.first, *odd.first], key=_number)
    count = reader.bad.count + odd.count
    return ImportedSeries(series, whole, missing, tuple(bad), count)


def series(dataset: Series, _rng: np.random.Generator) -> Source:
    """Return pieces of a series, each a step further on, with the value behind each."""
    if not dataset.file:
        hint = _("File > Import data… reads one from a column of a file.")
        raise DataError(_("No series has been imported yet."), hint)
    path: Path = verified(dataset)
    found = import_series(replace(Origin.of(dataset), path=path), dataset.column)
    if len(found.values) != dataset.length:
        text = _("The series should have {expected:,} values, but has {found:,}.")
        raise DataError(
            text.format(expected=dataset.length, found=len(found.values)),
            _("Import it again: File > Import data…"),
        )
    return Source(Samples(*windows_of(found.values, dataset.steps)))


def _without_gaps(
    values: npt.NDArray[np.float64], column: str
) -> tuple[npt.NDArray[np.float32], int]:
    known = np.flatnonzero(~np.isnan(values))
    if len(known) < 3:
        text = _("The column {name} has fewer than three numbers: there is nothing to go on.")
        raise DataError(text.format(name=column), _("Choose another column."))
    # What is empty before the first value has nothing to take.
    values = values[known[0] :]
    last = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(len(values))))
    missing = int(np.isnan(values).sum())
    return values[last].astype(np.float32), missing


def _number(bad: BadLine) -> int:
    return bad.number
