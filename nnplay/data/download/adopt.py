"""Takes a data set from files that the user already has."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from nnplay.data.arrays import DataError
from nnplay.data.download.archive import Stored
from nnplay.data.download.registry import ARCHIVES, folder_of, naming_ways_out
from nnplay.data.load import forget
from nnplay.translation import _


def adopt(key: str, path: Path, folder: Path | None = None) -> Path:
    """Check the files at a path, copy them where `load` finds them, and return that folder.

    The path is a folder with the files of an archive, or one of them. Raises DataError where a file
    is missing or wrong; then nothing has been changed.
    """
    archive = ARCHIVES[key]
    folder = folder or folder_of(key)
    path = path.expanduser()
    with naming_ways_out(archive):
        if not path.exists():
            raise DataError(_("There is no file or folder {path}.").format(path=path))
        stored = archive.form.taken(archive, path)
    _store(stored, folder)
    forget()
    return folder


def _store(stored: Stored, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            for name, what in stored.items():
                if isinstance(what, Path):
                    shutil.copyfile(what, Path(fresh) / name)
                else:
                    (Path(fresh) / name).write_bytes(what)
            # Only now, when all are written, do they take the place of what was there.
            for name in stored:
                (Path(fresh) / name).replace(folder / name)
    except OSError as error:
        raise cannot_write(folder, error) from error


def cannot_write(folder: Path, error: OSError) -> DataError:
    """Return what to say where files cannot be written to a folder."""
    text = _("The files cannot be written to {folder}: {why}.")
    return DataError(
        text.format(folder=folder, why=error.strerror or error),
        _("Make room there, or name another folder in NNPLAY_DATA."),
    )
