"""Takes MNIST from files that the user already has."""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from math import prod
from pathlib import Path

import numpy as np

from nnplay.data.arrays import DataError
from nnplay.data.idx import format_idx
from nnplay.data.load import forget
from nnplay.data.mnist import (
    PARTS,
    Part,
    array_in,
    check_array,
    find,
    mnist_folder,
    read_bytes,
    unpack,
    ways_out,
)
from nnplay.words import _

_NPZ_KEYS = {
    "train-images": "x_train",
    "train-labels": "y_train",
    "t10k-images": "x_test",
    "t10k-labels": "y_test",
}
_HEADER_ROOM = 65_536  # bytes; more than the header of any sensible .npy takes
_PLAIN_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def adopt(path: Path, folder: Path | None = None) -> Path:
    """Check the MNIST files at a path, copy them where `load` finds them, and return that folder.

    The path is a folder with the four files, packed or not, or with a mnist.npz; or one of these
    files. Raises DataError where a file is missing or wrong; then nothing has been changed.
    """
    folder = folder or mnist_folder()
    packed = _packed_from(path.expanduser())
    _store(packed, folder)
    forget()
    return folder


def _packed_from(path: Path) -> Mapping[Part, bytes]:
    if path.is_dir():
        archive = path / "mnist.npz"
        if not any(find(part, path) for part in PARTS) and archive.is_file():
            return _from_npz(archive)
        return _from_folder(path)
    if not path.exists():
        raise DataError(_("There is no file or folder {path}.").format(path=path), ways_out())
    if path.suffix.lower() == ".npz":
        return _from_npz(path)
    if any(path.name in part.names for part in PARTS):
        return _from_folder(path.parent)
    raise DataError(
        _(
            "{name} is not a file of MNIST: expected {first} or one of the other three, "
            "unpacked or not, or a mnist.npz."
        ).format(name=path.name, first=PARTS[0].name),
        ways_out(),
    )


def _from_folder(folder: Path) -> Mapping[Part, bytes]:
    found = {part: file for part in PARTS if (file := find(part, folder))}
    if missing := [part.name for part in PARTS if part not in found]:
        text = _("{folder} lacks {missing}; MNIST is four files, packed (.gz) or not.")
        raise DataError(text.format(folder=folder, missing=", ".join(missing)), ways_out())
    as_is = {part: read_bytes(part, file) for part, file in found.items()}
    plain = {part: unpack(part, as_is[part], found[part].name) for part in PARTS}
    for part in PARTS:
        array_in(part, plain[part], found[part].name)
    # A packed file is kept as it is, so that its checksum stays the published one.
    return {
        part: _packed(plain[part]) if plain[part] is as_is[part] else as_is[part] for part in PARTS
    }


def _from_npz(path: Path) -> Mapping[Part, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {part: _packed_member(archive, part, path.name) for part in PARTS}
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        text = _("{name} cannot be read as a .npz archive: {why}.")
        raise DataError(text.format(name=path.name, why=error), ways_out()) from error


def _packed_member(archive: zipfile.ZipFile, part: Part, name: str) -> bytes:
    key = _NPZ_KEYS[part.stem]
    where = f"{name}: {key}"
    if f"{key}.npy" not in archive.namelist():
        text = _("{name} has no array {key}; expected {keys}, as Keras ships them.")
        keys = ", ".join(_NPZ_KEYS.values())
        raise DataError(text.format(name=name, key=key, keys=keys), ways_out())
    member = archive.getinfo(f"{key}.npy")
    _check_header(archive, member, part, where)
    with archive.open(member) as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
    if array.min() < 0 or array.max() > 255:
        text = _("{where} should hold numbers from 0 to 255, but holds {low} to {high}.")
        raise DataError(text.format(where=where, low=array.min(), high=array.max()), ways_out())
    small = array.astype(np.uint8)
    check_array(part, small, where)
    return _packed(format_idx(small))


def _check_header(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, part: Part, where: str
) -> None:
    """Raise DataError where reading a member would give the wrong array or take much memory."""
    # Packings other than these two, the only ones that NumPy writes, cannot be unpacked in steps.
    if member.compress_type not in _PLAIN_PACKINGS:
        raise DataError(_("{where} is packed in an unknown way.").format(where=where), ways_out())
    with archive.open(member) as file:
        start = BytesIO(file.read(_HEADER_ROOM))
    version = np.lib.format.read_magic(start)
    if version == (1, 0):
        shape, _order, dtype = np.lib.format.read_array_header_1_0(start)
    else:
        shape, _order, dtype = np.lib.format.read_array_header_2_0(start)
    if shape != part.shape or dtype.kind not in "ui":
        text = _("{where} should hold whole numbers of shape {expected}, but holds {found}.")
        raise DataError(
            text.format(where=where, expected=part.shape, found=f"{dtype} {shape}"), ways_out()
        )
    expected = start.tell() + dtype.itemsize * prod(part.shape)
    if member.file_size != expected:
        text = _("{where} should have {expected:,} bytes, but has {found:,}.")
        raise DataError(
            text.format(where=where, expected=expected, found=member.file_size), ways_out()
        )


def _packed(plain: bytes) -> bytes:
    return gzip.compress(plain, compresslevel=1, mtime=0)


def _store(packed: Mapping[Part, bytes], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            for part, data in packed.items():
                (Path(fresh) / part.name).write_bytes(data)
            # Only now, when all four are written, do they take the place of what was there.
            for part in packed:
                (Path(fresh) / part.name).replace(folder / part.name)
    except OSError as error:
        text = _("The files cannot be written to {folder}: {why}.")
        raise DataError(
            text.format(folder=folder, why=error.strerror or error),
            _("Make room there, or name another folder in NNPLAY_DATA."),
        ) from error
