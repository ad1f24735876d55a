"""Imports a downloadable data set from files that the user already has."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from nnplay.data.arrays import DataError
from nnplay.data.download.archive import Contents
from nnplay.data.download.registry import ARCHIVES, folder_of, suggesting_alternatives
from nnplay.data.folders import cannot_write
from nnplay.data.load import clear_cache
from nnplay.filesystem import expanded, is_absent
from nnplay.translation import _


def import_local(key: str, path: Path, folder: Path | None = None) -> Path:
    """Check the files at a path, copy them to where `load` reads them, and return that folder.

    The path is a folder that holds the files of an archive, or one of the files. Raises DataError
    if a file is missing or wrong; nothing has been changed then.
    """
    archive = ARCHIVES[key]
    folder = folder or folder_of(key)
    path = expanded(path)
    with suggesting_alternatives(archive):
        if is_absent(path):
            raise DataError(_("There is no file or folder {path}.").format(path=path))
        contents = archive.format.collect(archive, path)
    _write(contents, folder)
    clear_cache()
    return folder


def _write(contents: Contents, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            for name, content in contents.items():
                if isinstance(content, Path):
                    shutil.copyfile(content, Path(temporary) / name)
                else:
                    (Path(temporary) / name).write_bytes(content)
            # Existing files are replaced only after all new ones are complete.
            for name in contents:
                (Path(temporary) / name).replace(folder / name)
    except OSError as error:
        raise cannot_write(folder, error) from error
