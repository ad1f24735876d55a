"""A table pasted from the clipboard, saved as a file so that it can be read again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nnplay.data.arrays import DataError
from nnplay.data.folders import cannot_write, data_folder
from nnplay.translation import _

MAX_PASTED = 2**26
"""Characters."""


def save_pasted(text: str) -> tuple[Path, bool]:
    """Save a pasted table in the data folder; return its file and whether the file is new.

    Raises DataError if the text is not a table, or if it cannot be written.
    """
    if "\n" not in text.strip():
        raise DataError(
            _("The clipboard does not hold a table."), _("Copy some rows, including the header.")
        )
    if len(text) > MAX_PASTED:
        raise DataError(
            _("The clipboard holds more than {most:,} characters.").format(most=MAX_PASTED),
            _("Save the table as a file and import that."),
        )
    data = text.encode("utf-8", "replace")
    name = _("pasted") + "-" + hashlib.sha256(data).hexdigest()[:8] + ".tsv"
    path = data_folder() / "pasted" / name
    try:
        if path.is_file() and path.read_bytes() == data:
            return path, False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise cannot_write(path.parent, error) from error
    return path, True
