"""Tells whether imported data are stored, so that their file is no longer needed."""

from __future__ import annotations

from nnplay.catalog import FromFile, Series, Table
from nnplay.data.importing.series import series_key
from nnplay.data.importing.store import is_stored


def has_stored_data(data: FromFile) -> bool:
    """Return whether the arrays of an imported data set are in the data folder."""
    if isinstance(data, Series):
        return is_stored(series_key(data))
    return isinstance(data, Table) and is_stored(data.digest)
