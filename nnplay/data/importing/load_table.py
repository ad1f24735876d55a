"""Loads an imported table from its stored arrays, or imports it again from its file."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Table
from nnplay.data.arrays import DataError, Gaps, Samples, Source
from nnplay.data.importing.source_file import unchanged_file
from nnplay.data.importing.store import is_stored, stored
from nnplay.data.importing.table import import_again
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
            return _source(arrays, dataset)
    except (ValueError, KeyError) as error:
        if path is None:
            text = _("The stored copy of the table {name} is damaged.").format(name=dataset.name)
            raise DataError(text, _import_again(dataset)) from error
    if path is None:
        text = _("The table {name} is not on this machine.").format(name=dataset.name)
        raise DataError(text, _import_again(dataset))
    arrays = stored(import_again(dataset, path).table.digest)
    assert arrays is not None, "import_again stores them"
    return _source(arrays, dataset)


def _source(arrays: dict[str, npt.NDArray[Any]], dataset: Table) -> Source:
    samples = Samples(arrays["x"], arrays["y"])
    if "widths" not in arrays:
        return Source(samples)
    widths, categories = arrays["widths"].tolist(), arrays["are_categories"].tolist()
    return Source(samples, gaps=Gaps(tuple(widths), tuple(categories), dataset.missing))


def _import_again(dataset: Table) -> str:
    return _("Import the file {name} again.").format(name=dataset.name or _("of the table"))
