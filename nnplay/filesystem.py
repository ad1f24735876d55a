"""Questions to the file system, each of which can fail: permission denied, a name too long."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal
from uuid import uuid4

from nnplay.translation import _

_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP}
_ABSENT_WINDOWS = {21, 123, 161, 1921}
"""Windows: the drive is not ready, the name is not valid (twice), a link leads nowhere."""


class NotRegularFileError(OSError):
    """A pipe, a device or a folder, which could block or never end if it was read."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, _("it is not a regular file"), str(path))


@dataclass(frozen=True)
class Found:
    """What there is at a path."""

    kind: Literal["file", "folder", "other", "nothing", "unknown"]
    """`other` is a pipe, a device or a socket; `unknown` could not be found out."""
    size: int = 0
    """Bytes."""
    modified: float = 0.0
    """Seconds since 1970."""
    why: str = ""
    """Why it is unknown, such as `permission is denied`."""


def look(path: Path) -> Found:
    """Return what there is at a path; links are followed. Never raises."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        gone = isinstance(error, OSError) and (
            error.errno in _ABSENT or getattr(error, "winerror", None) in _ABSENT_WINDOWS
        )
        return Found("nothing") if gone else Found("unknown", why=reason(error))
    kind: Literal["file", "folder", "other"] = "other"
    if stat.S_ISREG(found.st_mode):
        kind = "file"
    elif stat.S_ISDIR(found.st_mode):
        kind = "folder"
    return Found(kind, found.st_size, found.st_mtime)


def is_file(path: Path) -> bool:
    """Return whether there is a regular file; False as well where that cannot be found out."""
    return look(path).kind == "file"


def is_folder(path: Path) -> bool:
    """Return whether there is a folder; False as well where that cannot be found out."""
    return look(path).kind == "folder"


def is_absent(path: Path) -> bool:
    """Return whether there is nothing at a path; False where that cannot be found out."""
    return look(path).kind == "nothing"


def listed(folder: Path) -> tuple[Path, ...]:
    """Return what is in a folder, sorted by name; nothing where that cannot be found out."""
    try:
        return tuple(sorted(folder.iterdir()))
    except (OSError, ValueError):
        return ()


def absolute(path: Path) -> Path:
    """Return a path without links and dots; the path itself where links cannot be followed."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return path


def expanded(path: Path) -> Path:
    """Return a path with `~` replaced by the home folder; the path itself if there is none."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises RuntimeError


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file to read bytes; raises OSError, NotRegularFileError for anything else."""
    # Opening a pipe would wait for someone to write into it.
    file = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115 - the caller closes it
    try:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotRegularFileError(path)
    except OSError:
        file.close()
        raise
    return file


def _open_without_waiting(path: str, flags: int) -> int:
    try:
        return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        # What a socket, or a device without hardware, says.
        if error.errno == errno.ENXIO:
            raise NotRegularFileError(Path(path)) from error
        raise


def read_limited(path: Path, limit: int) -> bytes:
    """Return at most `limit` bytes of a regular file; raises OSError or ValueError."""
    with open_regular(path) as file:
        return file.read(limit)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that replaces the one at `path` if the block ends without an error.

    Symbolic links are followed and permissions kept. Raises OSError or ValueError.
    """
    target = absolute(path)
    temporary = target.with_name(f".{uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if is_file(target):
            shutil.copymode(target, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file as a whole; raises OSError or ValueError, and then keeps the old one.

    Symbolic links are followed and permissions kept.
    """
    with replacing(path) as file:
        file.write(content)


def reason(error: OSError | ValueError) -> str:
    """Return an error of the file system in words, in lower case and without a full stop."""
    if isinstance(error, FileNotFoundError):
        return _("there is no such file or folder")
    if isinstance(error, PermissionError):
        return _("permission is denied")
    if isinstance(error, IsADirectoryError):
        return _("it is a folder, not a regular file")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _("the disk is full")
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    return _("the name is not allowed")
