"""A table from the clipboard, kept as a file of its own so that it can be read again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nnplay.data.arrays import DataError
from nnplay.data.folders import data_folder
from nnplay.translation import _

MOST_PASTED = 2**26
"""Characters."""


def keep_pasted(text: str) -> tuple[Path, bool]:
    """Write a pasted table into the data folder; return its file and whether that is new.

    Raises DataError where it is no table, or cannot be written.
    """
    if "\n" not in text.strip():
        raise DataError(
            _("The clipboard holds no table."), _("Copy some rows of one, with their heading.")
        )
    if len(text) > MOST_PASTED:
        raise DataError(
            _("The clipboard holds more than {most:,} characters.").format(most=MOST_PASTED),
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
        what = _("The table cannot be written to {folder}: {why}.")
        raise DataError(
            what.format(folder=path.parent, why=error.strerror or error),
            _("Make room there, or name another folder in NNPLAY_DATA."),
        ) from error
    return path, True
