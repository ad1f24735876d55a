"""Collects the four files of MNIST, or of a data set like it, from files that the user has."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from math import prod
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nnplay.data.arrays import DataError
from nnplay.data.download.archive import Archive, Contents
from nnplay.data.download.idx import format_idx
from nnplay.data.download.idx_parts import Part, array_in, check_array, find, read_bytes, unpack
from nnplay.filesystem import is_file, is_folder, open_regular, reason
from nnplay.translation import _

_HEADER_BYTES = 65_536  # more than the header of any .npy file in practice
_LARGEST_NUMBER = 8
"""Bytes of the largest type in which a number may be saved."""
_END_BYTES = 22 + 65_535
"""Bytes of the end of a zip archive, with the longest comment."""
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def collect_parts(archive: Archive, parts: Sequence[Part], path: Path) -> Contents:
    """Return the compressed files by their published names; raises DataError if one is wrong.

    The path is a folder that holds the four files, compressed or not, or an .npz named after the
    archive; or one of these files.
    """
    if is_folder(path):
        npz = path / f"{archive.key}.npz"
        if not any(find(part, path) for part in parts) and is_file(npz):
            return _from_npz(parts, npz)
        return _from_folder(archive, parts, path)
    if path.suffix.lower() == ".npz":
        return _from_npz(parts, path)
    if any(path.name in part.names for part in parts):
        return _from_folder(archive, parts, path.parent)
    raise DataError(
        _(
            "{name} is not a file of {data}: expected {first}, one of the other three files "
            "(compressed or not), or an .npz file."
        ).format(name=path.name, data=_(archive.label), first=parts[0].name)
    )


def _from_folder(archive: Archive, parts: Sequence[Part], folder: Path) -> Contents:
    found = {part: file for part in parts if (file := find(part, folder))}
    if missing := [part.name for part in parts if part not in found]:
        text = _(
            "{folder} has no {missing}; {data} consists of four files, compressed (.gz) or not."
        )
        names = ", ".join(missing)
        raise DataError(text.format(folder=folder, missing=names, data=_(archive.label)))
    content = {part: read_bytes(part, file) for part, file in found.items()}
    plain = {part: unpack(part, content[part], found[part].name) for part in parts}
    for part in parts:
        array_in(part, plain[part], found[part].name)
    # A compressed file is copied unchanged, so that it keeps its published checksum.
    return {
        part.name: _compressed(plain[part]) if plain[part] is content[part] else content[part]
        for part in parts
    }


def _from_npz(parts: Sequence[Part], path: Path) -> Contents:
    try:
        with open_regular(path) as file:
            _check_directory(file, parts)
            with zipfile.ZipFile(file) as archive:
                return {part.name: _member(archive, part, parts, path.name) for part in parts}
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        text = _("{name} cannot be read as an .npz archive: {why}.")
        why = reason(error) if isinstance(error, OSError) else error
        raise DataError(text.format(name=path.name, why=why)) from error


def _check_directory(file: BinaryIO, parts: Sequence[Part]) -> None:
    """Raise ValueError for an archive whose size or directory no such .npz file has.

    The directory of a hostile archive can list millions of members, each of which takes memory.
    """
    size = file.seek(0, SEEK_END)
    if size > sum(_LARGEST_NUMBER * prod(part.shape) + _HEADER_BYTES for part in parts):
        raise ValueError(_("it is too large"))
    file.seek(max(0, size - _END_BYTES))
    end = file.read()
    at = end.rfind(b"PK\5\6")
    length = int.from_bytes(end[at + 12 : at + 16], "little")
    if at < 0 or length > _HEADER_BYTES or end[max(0, at - 20) : at].startswith(b"PK\6\7"):
        raise ValueError(_("its directory is damaged or too long"))
    file.seek(0)


def _member(archive: zipfile.ZipFile, part: Part, parts: Sequence[Part], name: str) -> bytes:
    key = part.npz_key
    where = f"{name}: {key}"
    if f"{key}.npy" not in archive.namelist():
        text = _("{name} has no array {key}; expected {keys}, as in the file of Keras.")
        keys = ", ".join(one.npz_key for one in parts)
        raise DataError(text.format(name=name, key=key, keys=keys))
    member = archive.getinfo(f"{key}.npy")
    _check_header(archive, member, part, where)
    with archive.open(member) as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
    if array.min() < 0 or array.max() > 255:
        text = _("{where}: expected numbers from 0 to 255, found {low} to {high}.")
        raise DataError(text.format(where=where, low=array.min(), high=array.max()))
    small = array.astype(np.uint8)
    check_array(part, small, where)
    return _compressed(format_idx(small))


def _check_header(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, part: Part, where: str
) -> None:
    """Raise DataError if a member has the wrong array, or would take too much memory to read."""
    # NumPy writes only these two; the others cannot be unpacked piece by piece.
    if member.compress_type not in _COMPRESSIONS:
        raise DataError(_("{where} is compressed by an unsupported method.").format(where=where))
    with archive.open(member) as file:
        start = BytesIO(file.read(_HEADER_BYTES))
    version = np.lib.format.read_magic(start)
    if version == (1, 0):
        shape, _order, dtype = np.lib.format.read_array_header_1_0(start)
    else:
        shape, _order, dtype = np.lib.format.read_array_header_2_0(start)
    if shape != part.shape or dtype.kind not in "ui":
        text = _("{where}: expected integers of shape {expected}, found {found}.")
        raise DataError(text.format(where=where, expected=part.shape, found=f"{dtype} {shape}"))
    expected = start.tell() + dtype.itemsize * prod(part.shape)
    if member.file_size != expected:
        text = _("{where}: expected {expected:,} bytes, found {found:,}.")
        raise DataError(text.format(where=where, expected=expected, found=member.file_size))


def _compressed(plain: bytes) -> bytes:
    return gzip.compress(plain, compresslevel=1, mtime=0)
