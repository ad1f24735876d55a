"""What a data set is that must be fetched: its files, where they are had, and how they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy.typing as npt

from nnplay.data.arrays import DataError
from nnplay.translation import _

Arrays = Mapping[str, npt.NDArray[Any]]
Stored = Mapping[str, bytes | Path]
"""By the name that a file is kept under, what is in it or where it is copied from."""
_CHUNK = 1 << 20


@dataclass(frozen=True)
class File:
    """A file as it is published."""

    name: str
    size: int
    """Bytes."""
    sha256: str


class Form(Protocol):
    """How the files of an archive are laid out; raises DataError where they are not right."""

    patterns: ClassVar[tuple[str, ...]]
    """What the names of further files look like that a user may point at."""

    def accepts(self, archive: Archive) -> str:
        """Say which files a user may point at, for messages and tool tips."""

    def is_present(self, archive: Archive, folder: Path) -> bool:
        """Return whether all files are in a folder; what is in them shows when they are read."""

    def read(self, archive: Archive, folder: Path) -> Arrays:
        """Return what is in the files."""

    def taken(self, archive: Archive, path: Path) -> Stored:
        """Return what to keep of the files at a path, checked; `path` exists."""


@dataclass(frozen=True)
class Archive:
    """A data set that does not come with the program."""

    key: str
    """Names its folder, and stands in `Dataset.archive` and in `nnplay fetch KEY`."""
    label: str
    about: str
    """What the files hold, such as `The 70,000 pictures of handwritten digits`."""
    licence: str
    files: tuple[File, ...]
    mirrors: tuple[str, ...]
    """Addresses of folders, with a slash at the end, or of the one file itself."""
    form: Form
    instead: str
    """The key of a data set that comes with the program and serves in its place."""

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(file.size for file in self.files)


def sha256_of(path: Path) -> str:
    """Return the checksum of a file as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


@dataclass(frozen=True)
class AsPublished:
    """Files that are kept exactly as they are published, and that some function reads."""

    reader: Callable[[Path], Arrays]
    """Reads them from their folder."""
    patterns: ClassVar[tuple[str, ...]] = ()

    def accepts(self, archive: Archive) -> str:
        """Say which files a user may point at."""
        names = ", ".join(file.name for file in archive.files)
        return _("{name}, exactly as it is published").format(name=names)

    def is_present(self, archive: Archive, folder: Path) -> bool:
        """Return whether all files are in a folder."""
        return all((folder / file.name).is_file() for file in archive.files)

    def read(self, archive: Archive, folder: Path) -> Arrays:
        """Return what the reader makes of the files."""
        for file in archive.files:
            if not (folder / file.name).is_file():
                raise DataError(
                    _("{data} is not on this machine yet: there is no {name} in {folder}.").format(
                        data=_(archive.label), name=file.name, folder=folder
                    )
                )
        return self.reader(folder)

    def taken(self, archive: Archive, path: Path) -> Stored:
        """Return the files beside or in a path, each of which must have its checksum."""
        whole = len(archive.files) == 1 and path.is_file()
        folder = path if path.is_dir() else path.parent
        found = {}
        for file in archive.files:
            # The only file of an archive may have been given another name.
            place = path if whole else folder / file.name
            _check(archive, file, place)
            found[file.name] = place
        return found


def _check(archive: Archive, file: File, place: Path) -> None:
    names = {"data": _(archive.label), "name": file.name, "place": place}
    if not place.is_file():
        raise DataError(_("There is no {name} of {data} at {place}.").format(**names))
    try:
        size = place.stat().st_size
        # Only a file of the right size is read at all.
        right = size == file.size and sha256_of(place) == file.sha256
    except OSError as error:
        text = _("{path} cannot be read: {why}.")
        raise DataError(text.format(path=place, why=error.strerror or error)) from error
    if not right:
        text = _("{place} is not {name} of {data}: its checksum differs.")
        if size != file.size:
            text = _("{place} is not {name} of {data}: it has {found:,} bytes, expected {size:,}.")
        raise DataError(text.format(found=size, size=file.size, **names))
