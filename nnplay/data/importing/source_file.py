"""The file that imported data come from: found, told from a changed one, opened as text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnplay.catalog import FromFile
from nnplay.catalog.datasets.files import DELIMITERS
from nnplay.data.arrays import DataError
from nnplay.data.importing.cells import tame
from nnplay.data.importing.reader import ImportCancelled, Layout
from nnplay.data.importing.sniff import guess_layout
from nnplay.data.importing.spreadsheet import as_text, is_spreadsheet
from nnplay.translation import _

_BLOCK = 2**20
_NAMES = {sign: name for name, sign in DELIMITERS.items()}


@dataclass(frozen=True)
class Origin:
    """Which file, and what is known of how to read it; None is guessed."""

    path: Path
    sheet: str = ""
    delimiter: str | None = None
    has_heading: bool | None = None
    encoding: str | None = None
    comma: bool | None = None

    @staticmethod
    def of(data: FromFile) -> Origin:
        """Return where a data set comes from, as it was read before."""
        delimiter = DELIMITERS.get(data.delimiter, ",")
        path, encoding = Path(data.file), data.encoding or None
        return Origin(path, data.sheet, delimiter, data.heading, encoding, data.comma)


@dataclass(frozen=True)
class Opened:
    """A file to import from, as text."""

    path: Path
    """The user's file."""
    text: Path
    """The text to read: the file itself, or what is in a sheet of it."""
    sheet: str
    sheets: tuple[str, ...]
    """All of a spreadsheet; none of a text."""
    layout: Layout
    file_bytes: int
    size: int
    """Bytes of the text, at least 1."""

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self.path.name


@contextmanager
def opened(origin: Origin, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Opened]:
    """Give a file as text; what was unpacked for it is gone at the end. Raises DataError."""
    path = Path(origin.path).expanduser().absolute()
    text = (origin.delimiter, origin.has_heading, origin.encoding, origin.comma)
    if not is_spreadsheet(path):
        layout = guess_layout(path, *text)
        size = path.stat().st_size
        yield Opened(path, path, "", (), layout, size, max(size, 1))
        return
    with as_text(path, origin.sheet, cancelled) as (plain, sheet, sheets):
        # Numbers of a sheet are numbers: nothing of how they are written is to be guessed.
        layout = guess_layout(plain, ",", origin.has_heading, "utf-8", False)
        size = max(plain.stat().st_size, 1)
        yield Opened(path, plain, sheet, sheets, layout, path.stat().st_size, size)


def origin_fields(source: Opened, cancelled: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    """Return what a data set keeps of the file that it comes from; raises DataError."""
    try:
        str(source.path).encode()
    except UnicodeEncodeError:
        text = _("The name of {path} holds bytes that are no characters.")
        shown = str(source.path).encode("utf-8", "replace").decode()
        raise DataError(text.format(path=shown), _("Give the file another name.")) from None
    layout = source.layout
    return {
        "file": str(source.path),
        "file_bytes": source.file_bytes,
        "file_digest": digest_of(source.path, cancelled),
        "sheet": source.sheet,
        "encoding": layout.encoding,
        "delimiter": _NAMES[layout.delimiter],
        "heading": layout.has_heading,
        "comma": layout.comma,
    }


def name_of(file_name: str) -> str:
    """Return what to call data from a file of that name."""
    return tame(Path(file_name).stem)[:255]


def digest_of(path: Path, cancelled: Callable[[], bool] = lambda: False) -> str:
    """Return the SHA-256 of a file; raises DataError."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                if cancelled():
                    raise ImportCancelled(_("The import was stopped."))
                digest.update(block)
    except OSError as error:
        text = _("{path} cannot be read: {why}.")
        raise DataError(text.format(path=path, why=error.strerror or error)) from error
    return digest.hexdigest()


def verified(data: FromFile) -> Path:
    """Return the file of a data set; raises DataError where it is gone or has changed."""
    path = Path(data.file)
    if not path.is_file():
        what = _("The file {path} that the data come from is not there.")
        hint = _("Put it back, or import the data from where it is now: File > Import data…")
        raise DataError(what.format(path=path), hint)
    hint = _("Import it again, File > Import data…, or bring back the file as it was.")
    what = _("The file {path} has changed since its data were imported.")
    try:
        size = path.stat().st_size
    except OSError:
        size = -1
    if size != data.file_bytes or digest_of(path) != data.file_digest:
        raise DataError(what.format(path=path), hint)
    return path
