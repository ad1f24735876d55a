"""Data sets in the four files of MNIST, packed or not: how they are found and read."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import ClassVar

from nnplay.data.arrays import Bytes, DataError
from nnplay.data.download.archive import Archive, Arrays, Stored
from nnplay.data.download.idx import idx_size, parse_idx
from nnplay.translation import _


@dataclass(frozen=True)
class Part:
    """One of the four files as LeCun, Cortes and Burges named them."""

    stem: str
    """What all its file names begin with."""
    key: str
    """Its key in what `read` returns."""
    shape: tuple[int, ...]
    npz_key: str
    """What Keras calls it."""

    @property
    def name(self) -> str:
        """The published file name."""
        return f"{self.stem}-idx{len(self.shape)}-ubyte.gz"

    @property
    def names(self) -> tuple[str, ...]:
        """All names it goes by, packed and unpacked; some archives write a dot for the dash."""
        tail = f"idx{len(self.shape)}-ubyte"
        return tuple(f"{self.stem}{mark}{tail}{end}" for end in (".gz", "") for mark in "-.")


@dataclass(frozen=True)
class IdxFiles:
    """Pictures and labels of a training and a test part, in a file each."""

    parts: tuple[Part, ...] = (
        Part("train-images", "train-images", (60_000, 28, 28), "x_train"),
        Part("train-labels", "train-labels", (60_000,), "y_train"),
        Part("t10k-images", "test-images", (10_000, 28, 28), "x_test"),
        Part("t10k-labels", "test-labels", (10_000,), "y_test"),
    )
    patterns: ClassVar[tuple[str, ...]] = ("*ubyte", "*.npz")

    def accepts(self, _archive: Archive) -> str:
        """Say which files a user may point at."""
        return _("the four .gz, the unpacked idx files or an .npz as Keras ships it")

    def is_present(self, _archive: Archive, folder: Path) -> bool:
        """Return whether all four files are there; what is in them shows when they are read."""
        return all(find(part, folder) for part in self.parts)

    def read(self, archive: Archive, folder: Path) -> Arrays:
        """Return the arrays by the key of their part."""
        found = {part: find(part, folder) for part in self.parts}
        arrays = {}
        for part, path in found.items():
            if path is None:
                raise DataError(
                    _("{data} is not on this machine yet: there is no {name} in {folder}.").format(
                        data=_(archive.label), name=part.name, folder=folder
                    )
                )
            arrays[part.key] = read_part(part, path)
        return arrays

    def taken(self, archive: Archive, path: Path) -> Stored:
        """Return the four packed files from a folder, one of the files, or an .npz."""
        from nnplay.data.download.idx_adopt import packed_from

        return packed_from(archive, self.parts, path)


def find(part: Part, folder: Path) -> Path | None:
    """Return the file of a part in a folder, under any of its names."""
    return next((folder / name for name in part.names if (folder / name).is_file()), None)


def read_part(part: Part, path: Path) -> Bytes:
    """Return the array in one file, packed or not; raises DataError where it is not right.

    Takes no more memory than the right file needs, whatever the file or its header claims.
    """
    return array_in(part, unpack(part, read_bytes(part, path), path.name), path.name)


def read_bytes(part: Part, path: Path) -> bytes:
    """Return a file as it is; raises DataError where it is much larger than the unpacked part."""
    # What cannot be packed any smaller grows a little when it is packed.
    most = idx_size(part.shape) + 65_536
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise DataError(
            _("{path} cannot be read: {why}.").format(path=path, why=error.strerror or error)
        ) from error
    if len(data) > most:
        raise _too_large(part, path.name)
    return data


def unpack(part: Part, data: bytes, name: str) -> bytes:
    """Return the bytes of the idx file, unpacked if they are packed."""
    if data[:2] != b"\x1f\x8b":
        return data
    most = idx_size(part.shape)
    try:
        # Reading one byte more than is right shows a file that unpacks to too much, at no cost.
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            plain = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        text = _("{name} is damaged or cut short: it cannot be unpacked.")
        raise DataError(text.format(name=name)) from error
    if len(plain) > most:
        raise _too_large(part, name)
    return plain


def array_in(part: Part, plain: bytes, name: str) -> Bytes:
    """Return the array in an unpacked file; raises DataError where it is not that of its part."""
    array = parse_idx(plain, name)
    check_array(part, array, name)
    return array


def check_array(part: Part, array: Bytes, name: str) -> None:
    """Raise DataError where an array has not the shape or the values of its part."""
    if array.shape != part.shape:
        text = _("{name} should hold an array of {expected}, but holds one of {found}.")
        raise DataError(
            text.format(name=name, expected=_times(part.shape), found=_times(array.shape))
        )
    if len(part.shape) == 1 and array.max() > 9:
        text = _("{name} should hold labels from 0 to 9, but holds {found}.")
        raise DataError(text.format(name=name, found=array.max()))


def _too_large(part: Part, name: str) -> DataError:
    text = _("{name} is too large: unpacked it should have {expected:,} bytes.")
    return DataError(text.format(name=name, expected=idx_size(part.shape)))


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
