"""A downloadable data set: its files, its mirrors, and the format that reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy.typing as npt

from nnplay.data.arrays import DataError
from nnplay.data.checksum import sha256_of
from nnplay.data.folders import cannot_read
from nnplay.filesystem import is_file, is_folder, look
from nnplay.translation import _

Arrays = Mapping[str, npt.NDArray[Any]]
Contents = Mapping[str, bytes | Path]
"""For each file name either the bytes to write, or the path of a file to copy."""


@dataclass(frozen=True)
class File:
    """A file as published."""

    name: str
    size: int
    """Bytes."""
    sha256: str


class Format(Protocol):
    """How the files of an archive are laid out; its methods raise DataError for wrong files."""

    patterns: ClassVar[tuple[str, ...]]
    """File name patterns, besides the published names, for file dialogs."""

    def accepts(self, archive: Archive) -> str:
        """Describe the files that can be imported, for messages and tool tips."""

    def is_present(self, archive: Archive, folder: Path) -> bool:
        """Return whether a folder has all files; their content is checked on reading."""

    def read(self, archive: Archive, folder: Path) -> Arrays:
        """Return the arrays in the files."""

    def collect(self, archive: Archive, path: Path) -> Contents:
        """Return the checked files found at an existing path, as they will be stored."""


@dataclass(frozen=True)
class Archive:
    """A data set that is not part of the program."""

    key: str
    """Names its folder; used in `Dataset.archive` and in `nnplay download KEY`."""
    label: str
    about: str
    """The content of the files, such as `70,000 images of handwritten digits`."""
    licence: str
    files: tuple[File, ...]
    mirrors: tuple[str, ...]
    """URLs of folders (with a slash at the end), or of the only file itself."""
    format: Format
    alternative: str
    """The key of a built-in data set that can be used in its place."""

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(file.size for file in self.files)


def is_missing(archive: Archive, name: str, folder: Path) -> DataError:
    """Return the error to raise when a file of an archive is missing or cannot be reached."""
    if why := look(folder / name).why:
        return cannot_read(folder, why)
    text = _("{data} has not been downloaded yet: {folder} has no {name}.")
    return DataError(text.format(data=_(archive.label), name=name, folder=folder))


@dataclass(frozen=True)
class AsPublished:
    """Files that are stored exactly as published and read by a function."""

    reader: Callable[[Path], Arrays]
    """Takes the folder of the files."""
    patterns: ClassVar[tuple[str, ...]] = ()

    def accepts(self, archive: Archive) -> str:
        """Describe the files that can be imported."""
        names = ", ".join(file.name for file in archive.files)
        return _("{name}, exactly as published").format(name=names)

    def is_present(self, archive: Archive, folder: Path) -> bool:
        """Return whether a folder has all files."""
        return all(is_file(folder / file.name) for file in archive.files)

    def read(self, archive: Archive, folder: Path) -> Arrays:
        """Return what the reader finds in the files."""
        for file in archive.files:
            if not is_file(folder / file.name):
                raise is_missing(archive, file.name, folder)
        return self.reader(folder)

    def collect(self, archive: Archive, path: Path) -> Contents:
        """Return the files in or beside a path, after checking each one's SHA-256."""
        only_one = len(archive.files) == 1 and is_file(path)
        folder = path if is_folder(path) else path.parent
        found = {}
        for file in archive.files:
            # If the archive is a single file, the user may have renamed it.
            candidate = path if only_one else folder / file.name
            _check(archive, file, candidate)
            found[file.name] = candidate
        return found


def _check(archive: Archive, file: File, path: Path) -> None:
    names = {"data": _(archive.label), "name": file.name, "path": path}
    if not is_file(path):
        raise DataError(_("There is no {name} of {data} at {path}.").format(**names))
    try:
        size = look(path).size
        # Only a file of the right size is worth reading.
        matches = size == file.size and sha256_of(path) == file.sha256
    except OSError as error:
        raise cannot_read(path, error) from error
    if not matches:
        text = _("{path} is not {name} of {data}: its checksum differs.")
        if size != file.size:
            text = _("{path} is not {name} of {data}: it has {found:,} bytes, expected {size:,}.")
        raise DataError(text.format(found=size, size=file.size, **names))
