"""The four files of MNIST and of data sets like it: how each is found, unpacked and checked."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from nnplay.data.arrays import Bytes, DataError
from nnplay.data.download.idx import idx_size, parse_idx
from nnplay.data.folders import cannot_read
from nnplay.filesystem import is_file, open_regular
from nnplay.translation import _


@dataclass(frozen=True)
class Part:
    """One of the four files, as LeCun, Cortes and Burges named them."""

    stem: str
    """The beginning of all its file names."""
    key: str
    """Its key in what `Format.read` returns."""
    shape: tuple[int, ...]
    npz_key: str
    """Its key in the .npz file of Keras."""

    @property
    def name(self) -> str:
        """The published file name."""
        return f"{self.stem}-idx{len(self.shape)}-ubyte.gz"

    @property
    def names(self) -> tuple[str, ...]:
        """All names in use, compressed and not; some archives have a dot for the hyphen."""
        tail = f"idx{len(self.shape)}-ubyte"
        return tuple(f"{self.stem}{mark}{tail}{end}" for end in (".gz", "") for mark in "-.")


def find(part: Part, folder: Path) -> Path | None:
    """Return the file of a part in a folder, under any of its names."""
    return next((folder / name for name in part.names if is_file(folder / name)), None)


def read_part(part: Part, path: Path) -> Bytes:
    """Return the array in a file, compressed or not; raises DataError for a wrong file.

    Takes no more memory than the right file needs, whatever the file or its header says.
    """
    return array_in(part, unpack(part, read_bytes(part, path), path.name), path.name)


def read_bytes(part: Part, path: Path) -> bytes:
    """Return the content of a file; raises DataError if it is far larger than the part."""
    # Incompressible data grow a little when they are compressed.
    most = idx_size(part.shape) + 65_536
    try:
        with open_regular(path) as file:
            data = file.read(most + 1)
    except OSError as error:
        raise cannot_read(path, error) from error
    if len(data) > most:
        raise _too_large(part, path.name)
    return data


def unpack(part: Part, data: bytes, name: str) -> bytes:
    """Return the bytes of the IDX file, decompressed if necessary."""
    if data[:2] != b"\x1f\x8b":
        return data
    most = idx_size(part.shape)
    try:
        # One byte more than expected reveals a file that unpacks to too much, without unpacking it.
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            plain = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        text = _("{name} is damaged or incomplete: it cannot be unpacked.")
        raise DataError(text.format(name=name)) from error
    if len(plain) > most:
        raise _too_large(part, name)
    return plain


def array_in(part: Part, plain: bytes, name: str) -> Bytes:
    """Return the array in an uncompressed file; raises DataError if it is not that of the part."""
    array = parse_idx(plain, name)
    check_array(part, array, name)
    return array


def check_array(part: Part, array: Bytes, name: str) -> None:
    """Raise DataError if an array does not have the shape and the values of its part."""
    if array.shape != part.shape:
        text = _("{name}: expected an array of {expected}, found {found}.")
        raise DataError(
            text.format(name=name, expected=_times(part.shape), found=_times(array.shape))
        )
    if len(part.shape) == 1 and array.max() > 9:
        text = _("{name}: expected labels from 0 to 9, found {found}.")
        raise DataError(text.format(name=name, found=array.max()))


def _too_large(part: Part, name: str) -> DataError:
    text = _("{name} is too large: unpacked, it should have {expected:,} bytes.")
    return DataError(text.format(name=name, expected=idx_size(part.shape)))


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
