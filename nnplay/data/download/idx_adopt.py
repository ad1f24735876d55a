"""Takes the four files of MNIST and its kin from whatever a user has of them."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from math import prod
from pathlib import Path

import numpy as np

from nnplay.data.arrays import DataError
from nnplay.data.download.archive import Archive, Stored
from nnplay.data.download.idx import format_idx
from nnplay.data.download.idx_files import Part, array_in, check_array, find, read_bytes, unpack
from nnplay.translation import _

_HEADER_ROOM = 65_536  # bytes; more than the header of any sensible .npy takes
_PLAIN_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def packed_from(archive: Archive, parts: Sequence[Part], path: Path) -> Stored:
    """Return the packed files by their published names; raises DataError where one is wrong.

    The path is a folder with the four files, packed or not, or with an .npz named after the
    archive; or one of these files.
    """
    if path.is_dir():
        npz = path / f"{archive.key}.npz"
        if not any(find(part, path) for part in parts) and npz.is_file():
            return _from_npz(parts, npz)
        return _from_folder(archive, parts, path)
    if path.suffix.lower() == ".npz":
        return _from_npz(parts, path)
    if any(path.name in part.names for part in parts):
        return _from_folder(archive, parts, path.parent)
    raise DataError(
        _(
            "{name} is not a file of {data}: expected {first} or one of the other three, "
            "unpacked or not, or an .npz."
        ).format(name=path.name, data=_(archive.label), first=parts[0].name)
    )


def _from_folder(archive: Archive, parts: Sequence[Part], folder: Path) -> Stored:
    found = {part: file for part in parts if (file := find(part, folder))}
    if missing := [part.name for part in parts if part not in found]:
        text = _("{folder} lacks {missing}; {data} is four files, packed (.gz) or not.")
        names = ", ".join(missing)
        raise DataError(text.format(folder=folder, missing=names, data=_(archive.label)))
    as_is = {part: read_bytes(part, file) for part, file in found.items()}
    plain = {part: unpack(part, as_is[part], found[part].name) for part in parts}
    for part in parts:
        array_in(part, plain[part], found[part].name)
    # A packed file is kept as it is, so that its checksum stays the published one.
    return {
        part.name: _packed(plain[part]) if plain[part] is as_is[part] else as_is[part]
        for part in parts
    }


def _from_npz(parts: Sequence[Part], path: Path) -> Stored:
    try:
        with zipfile.ZipFile(path) as archive:
            return {part.name: _packed_member(archive, part, parts, path.name) for part in parts}
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        text = _("{name} cannot be read as a .npz archive: {why}.")
        raise DataError(text.format(name=path.name, why=error)) from error


def _packed_member(archive: zipfile.ZipFile, part: Part, parts: Sequence[Part], name: str) -> bytes:
    key = part.npz_key
    where = f"{name}: {key}"
    if f"{key}.npy" not in archive.namelist():
        text = _("{name} has no array {key}; expected {keys}, as Keras ships them.")
        keys = ", ".join(one.npz_key for one in parts)
        raise DataError(text.format(name=name, key=key, keys=keys))
    member = archive.getinfo(f"{key}.npy")
    _check_header(archive, member, part, where)
    with archive.open(member) as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
    if array.min() < 0 or array.max() > 255:
        text = _("{where} should hold numbers from 0 to 255, but holds {low} to {high}.")
        raise DataError(text.format(where=where, low=array.min(), high=array.max()))
    small = array.astype(np.uint8)
    check_array(part, small, where)
    return _packed(format_idx(small))


def _check_header(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, part: Part, where: str
) -> None:
    """Raise DataError where reading a member would give the wrong array or take much memory."""
    # Packings other than these two, the only ones that NumPy writes, cannot be unpacked in steps.
    if member.compress_type not in _PLAIN_PACKINGS:
        raise DataError(_("{where} is packed in an unknown way.").format(where=where))
    with archive.open(member) as file:
        start = BytesIO(file.read(_HEADER_ROOM))
    version = np.lib.format.read_magic(start)
    if version == (1, 0):
        shape, _order, dtype = np.lib.format.read_array_header_1_0(start)
    else:
        shape, _order, dtype = np.lib.format.read_array_header_2_0(start)
    if shape != part.shape or dtype.kind not in "ui":
        text = _("{where} should hold whole numbers of shape {expected}, but holds {found}.")
        raise DataError(text.format(where=where, expected=part.shape, found=f"{dtype} {shape}"))
    expected = start.tell() + dtype.itemsize * prod(part.shape)
    if member.file_size != expected:
        text = _("{where} should have {expected:,} bytes, but has {found:,}.")
        raise DataError(text.format(where=where, expected=expected, found=member.file_size))


def _packed(plain: bytes) -> bytes:
    return gzip.compress(plain, compresslevel=1, mtime=0)
