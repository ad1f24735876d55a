"""Zip archives of documents: written as a whole, and read without trusting what they say."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from nnplay.filesystem import open_regular, reason
from nnplay.record.storage.errors import DocumentError
from nnplay.translation import _

LARGEST = 2**31
"""Bytes of an archive."""
MOST_MEMBERS = 20_000
_LARGEST_LIST = 8 * 2**20
"""Bytes of the list of members at the end of an archive."""
_END, _END64 = b"PK\x05\x06", b"PK\x06\x07"
_END_SIZE, _END64_SIZE = 22, 20
_LOCAL_SIZE = 30
"""Bytes in front of a member, besides its name."""
_LEGAL = re.compile(
    r"nnplay\.json|experiment\.json|runs/\d{1,6}/"
    r"(run\.json|experiment\.json|result\.safetensors"
    r"|(steps|epochs|film)-\d{1,6}\.safetensors|resume-\d{1,16}\.safetensors)",
    re.ASCII,
)
_UNREADABLE = (BadZipFile, struct.error, zlib.error, ValueError, EOFError, NotImplementedError,
               RuntimeError, UnicodeError, IndexError)  # fmt: skip


def is_member_name(name: str) -> bool:
    """Return whether a file of that name can be in a document."""
    return _LEGAL.fullmatch(name) is not None


class Archive:
    """An open archive whose list of members has been checked.

    Members are stored, not compressed, and do not overlap: so no archive takes more memory than its
    size on disk.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Check the list of members; raises DocumentError."""
        _check_end(file)
        try:
            self._zip = ZipFile(file)
        except _UNREADABLE as error:
            raise DocumentError(_("its list of files is damaged")) from error
        self._members = _checked(self._zip.infolist(), self._zip.start_dir)

    def read(self, name: str, limit: int = -1) -> bytes:
        """Return the content of a member; DocumentError if it is missing, damaged or too long."""
        member = self._members.get(name)
        if member is None:
            raise DocumentError(_("its part {name} is missing").format(name=name))
        if 0 <= limit < member.file_size:
            raise DocumentError(_("its part {name} is too large").format(name=name))
        try:
            return self._zip.read(member)
        except MemoryError as error:
            text = _("its part {name} does not fit into the memory of this computer")
            raise DocumentError(text.format(name=name)) from error
        except (*_UNREADABLE, OSError) as error:
            raise DocumentError(_("its part {name} is damaged").format(name=name)) from error


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open an archive; raises DocumentError."""
    try:
        file = open_regular(path)
    except (OSError, ValueError) as error:
        raise DocumentError(reason(error)) from error
    with file:
        yield Archive(file)


def _check_end(file: BinaryIO) -> None:
    """Check the end of an archive, which says how long its list of members is."""
    size = file.seek(0, SEEK_END)
    if size > LARGEST:
        raise DocumentError(_("it is larger than {limit} GiB").format(limit=LARGEST // 2**30))
    file.seek(max(0, size - _END_SIZE - _END64_SIZE))
    tail = file.read()
    end = tail[-_END_SIZE:]
    if size < _END_SIZE or not end.startswith(_END):
        raise DocumentError(_("it is truncated, or of another type"))
    disk, first, here, count, length, start, comment = struct.unpack("<HHHHIIH", end[4:])
    # What a file beyond 4 GB has in front of the end.
    is_large = tail[:-_END_SIZE].startswith(_END64)
    legal = disk == first == comment == 0 and here == count <= MOST_MEMBERS and not is_large
    if not legal or length > _LARGEST_LIST or start + length + _END_SIZE != size:
        raise DocumentError(_("its list of files is damaged"))
    file.seek(0)


def _checked(members: list[ZipInfo], end: int) -> dict[str, ZipInfo]:
    for one in members:
        if not is_member_name(one.orig_filename):
            name = "".join(c if c.isprintable() else "?" for c in one.orig_filename[:60])
            raise DocumentError(
                _("it contains “{name}”, which is not a part of a document").format(name=name)
            )
        is_plain = one.compress_type == ZIP_STORED and one.compress_size == one.file_size
        if not is_plain or one.flag_bits & 0x41:
            name = one.orig_filename
            raise DocumentError(_("its part {name} is compressed or encrypted").format(name=name))
    members = sorted(members, key=lambda one: one.header_offset)
    ends = [one.header_offset + _LOCAL_SIZE + len(one.filename) + one.file_size for one in members]
    starts = [*(one.header_offset for one in members[1:]), end]
    if any(one > two for one, two in zip(ends, starts, strict=True)):
        raise DocumentError(_("its parts overlap"))
    found = {one.orig_filename: one for one in members}
    if len(found) != len(members):
        raise DocumentError(_("it contains a part twice"))
    return found
