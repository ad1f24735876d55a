"""Loads an imported table from its stored arrays, or imports it again from its file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Table
from nnplay.data.arrays import DataError, Gaps, Samples, Source
from nnplay.data.importing.source_file import unchanged_file
from nnplay.data.importing.store import is_stored, stored, stored_columns
from nnplay.data.importing.table import import_again
from nnplay.data.input_columns import columns_of
from nnplay.link.input_columns import InputColumns
from nnplay.translation import _


def table(dataset: Table, _rng: np.random.Generator) -> Source:
    """Return a table as it was imported; raises DataError if it is no longer available.

    If the file no longer exists, the stored arrays are used; see `missing_file_note`.
    """
    if not dataset.digest:
        hint = _("Use File > Import table…, or drag a file onto the window.")
        raise DataError(_("No table has been imported yet."), hint)
    path = None
    if dataset.file:
        path = unchanged_file(dataset, is_stored=is_stored(dataset.digest))
    try:
        arrays = stored(dataset.digest)
        if arrays is not None:
            return _source(arrays, dataset, _columns(dataset, path))
    except (ValueError, KeyError) as error:
        if path is None:
            text = _("The stored copy of the table {name} is damaged.").format(name=dataset.name)
            raise DataError(text, _import_again(dataset)) from error
    if path is None:
        text = _("The table {name} is not on this machine.").format(name=dataset.name)
        raise DataError(text, _import_again(dataset))
    digest = import_again(dataset, path).table.digest
    arrays = stored(digest)
    assert arrays is not None, "import_again stores them"
    return _source(arrays, dataset, stored_columns(digest))


def _columns(dataset: Table, path: Path | None) -> InputColumns | None:
    """Return how the columns are encoded; None if that was not stored and the file is gone."""
    columns = stored_columns(dataset.digest)
    if columns is None and path is not None:
        # Imported by an earlier version, which stored only the arrays.
        with suppress(DataError):
            if import_again(dataset, path).table.digest == dataset.digest:
                return stored_columns(dataset.digest)
    return columns


def _source(
    arrays: dict[str, npt.NDArray[Any]], dataset: Table, columns: InputColumns | None
) -> Source:
    samples, gaps = Samples(arrays["x"], arrays["y"]), None
    if columns is None and set(dataset.roles).isdisjoint("cdm"):
        columns = columns_of(dataset.spec())
    if columns is not None and columns.width != samples.raw.shape[1]:
        columns = None  # the stored description is of another table
    if columns is not None:
        columns = replace(
            columns, missing_words=dataset.missing_words, exact_words=dataset.exact_words
        )
    if "widths" in arrays:
        widths, categories = arrays["widths"].tolist(), arrays["are_categories"].tolist()
        gaps = Gaps(tuple(widths), tuple(categories), dataset.missing)
    return Source(samples, gaps=gaps, columns=columns, missing=dataset.missing)


def _import_again(dataset: Table) -> str:
    return _("Import the file {name} again.").format(name=dataset.name or _("of the table"))
