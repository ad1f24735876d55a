"""The four files of MNIST on the disk: which they are, where they lie, what must be in them."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from nnplay.data.arrays import DataError
from nnplay.data.idx import Bytes, idx_size, parse_idx
from nnplay.data.places import data_folder
from nnplay.words import _


@dataclass(frozen=True)
class Part:
    """One of the four files as LeCun, Cortes and Burges published them."""

    stem: str
    """What all its file names begin with, and its key in what `read` returns."""
    shape: tuple[int, ...]
    size: int
    """Bytes of the published .gz file."""
    sha256: str
    """Of the published .gz file."""

    @property
    def name(self) -> str:
        """The published file name."""
        return f"{self.stem}-idx{len(self.shape)}-ubyte.gz"

    @property
    def names(self) -> tuple[str, ...]:
        """All names it goes by, packed and unpacked; some archives write a dot for the dash."""
        tail = f"idx{len(self.shape)}-ubyte"
        return tuple(f"{self.stem}{mark}{tail}{end}" for end in (".gz", "") for mark in "-.")


PARTS = (
    Part(
        "train-images",
        (60_000, 28, 28),
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    Part(
        "train-labels",
        (60_000,),
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    Part(
        "t10k-images",
        (10_000, 28, 28),
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    Part(
        "t10k-labels",
        (10_000,),
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
)


def mnist_folder() -> Path:
    """Return the folder where the files are looked for and put."""
    return data_folder() / "mnist"


def ways_out() -> str:
    """Say what can be done where MNIST is not to be had."""
    return _(
        "Three ways out: try the download again; choose files that you already have (the four .gz, "
        "the unpacked idx files or a Keras mnist.npz); or use the data set Digits 8×8, which needs "
        "no download."
    )


def find(part: Part, folder: Path) -> Path | None:
    """Return the file of a part in a folder, under any of its names."""
    return next((folder / name for name in part.names if (folder / name).is_file()), None)


def is_present(folder: Path | None = None) -> bool:
    """Return whether all four files are there; what is in them shows when they are read."""
    folder = folder or mnist_folder()
    return all(find(part, folder) for part in PARTS)


def read(folder: Path | None = None) -> Mapping[str, Bytes]:
    """Return the arrays by the stem of their part; raises DataError where one is missing or bad."""
    folder = folder or mnist_folder()
    found = {part: find(part, folder) for part in PARTS}
    arrays = {}
    for part, path in found.items():
        if path is None:
            raise DataError(
                _("MNIST is not on this machine yet: there is no {name} in {folder}.").format(
                    name=part.name, folder=folder
                ),
                ways_out(),
            )
        arrays[part.stem] = read_part(part, path)
    return arrays


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
            _("{path} cannot be read: {why}.").format(path=path, why=error.strerror or error),
            ways_out(),
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
        raise DataError(
            _("{name} is damaged or cut short: it cannot be unpacked.").format(name=name),
            ways_out(),
        ) from error
    if len(plain) > most:
        raise _too_large(part, name)
    return plain


def array_in(part: Part, plain: bytes, name: str) -> Bytes:
    """Return the array in an unpacked file; raises DataError where it is not that of its part."""
    try:
        array = parse_idx(plain, name)
    except DataError as error:
        raise DataError(str(error), ways_out()) from error
    check_array(part, array, name)
    return array


def check_array(part: Part, array: Bytes, name: str) -> None:
    """Raise DataError where an array has not the shape or the values of its part."""
    if array.shape != part.shape:
        text = _("{name} should hold an array of {expected}, but holds one of {found}.")
        raise DataError(
            text.format(name=name, expected=_times(part.shape), found=_times(array.shape)),
            ways_out(),
        )
    if len(part.shape) == 1 and array.max() > 9:
        text = _("{name} should hold labels from 0 to 9, but holds {found}.")
        raise DataError(text.format(name=name, found=array.max()), ways_out())


def _too_large(part: Part, name: str) -> DataError:
    text = _("{name} is too large: unpacked it should have {expected:,} bytes.")
    return DataError(text.format(name=name, expected=idx_size(part.shape)), ways_out())


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
