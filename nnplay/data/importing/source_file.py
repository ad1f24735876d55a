"""The file that data are imported from: opened as text, and later checked for changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnplay.catalog import Dataset, FromFile
from nnplay.catalog.datasets.files import DELIMITERS
from nnplay.data.arrays import DataError
from nnplay.data.checksum import sha256_of
from nnplay.data.folders import cannot_read
from nnplay.data.importing.csv_reader import Layout
from nnplay.data.importing.parse_cell import display_text
from nnplay.data.importing.sniff import guess_layout
from nnplay.data.importing.spreadsheet import as_text, is_spreadsheet
from nnplay.filesystem import expanded, is_file, look
from nnplay.translation import _

_NAMES = {sign: name for name, sign in DELIMITERS.items()}


@dataclass(frozen=True)
class SourceFile:
    """A file and how to read it; what is None is detected."""

    path: Path
    sheet: str = ""
    delimiter: str | None = None
    has_header: bool | None = None
    encoding: str | None = None
    comma: bool | None = None
    above: int | None = None
    below: int | None = None

    @staticmethod
    def of(data: FromFile) -> SourceFile:
        """Return the file of a data set, read in the same way as when it was imported."""
        delimiter = DELIMITERS.get(data.delimiter, ",")
        path, encoding = Path(data.file), data.encoding or None
        start = (data.above, data.below)
        return SourceFile(path, data.sheet, delimiter, data.heading, encoding, data.comma, *start)


@dataclass(frozen=True)
class OpenSource:
    """A file opened for importing."""

    path: Path
    """The user's file."""
    text: Path
    """The text file to read: the file itself, or a temporary copy of one of its sheets."""
    sheet: str
    sheets: tuple[str, ...]
    """All sheets of a spreadsheet; empty for a text file."""
    layout: Layout
    file_bytes: int
    size: int
    """Bytes of the text file, at least 1."""
    hidden: tuple[str, ...] = ()
    """The hidden sheets."""
    merged: int = 0
    """Merged cells of several rows, whose value is filled into each."""
    formulas: int = 0
    """Cells with a formula whose value is not stored."""
    first_formula: str = ""

    @property
    def name(self) -> str:
        """The file name for messages."""
        return self.path.name


@contextmanager
def open_source(
    file: SourceFile, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[OpenSource]:
    """Open a file as text; temporary files are deleted at the end. Raises DataError."""
    path = expanded(Path(file.path)).absolute()
    start = (file.above, file.below)
    if not is_spreadsheet(path):
        layout = guess_layout(
            path, file.delimiter, file.has_header, file.encoding, file.comma, *start
        )
        size = look(path).size
        yield OpenSource(path, path, "", (), layout, size, max(size, 1))
        return
    with as_text(path, file.sheet, cancelled) as (text, found):
        # The text was written by us, so only the header has to be detected.
        layout = guess_layout(text, ",", file.has_header, "utf-8", False, *start)
        size = max(look(text).size, 1)
        yield OpenSource(
            path,
            text,
            found["sheet"],
            tuple(found["sheets"]),
            layout,
            look(path).size,
            size,
            tuple(found["hidden"]),
            found["merged"],
            found["formulas"],
            found["first_formula"],
        )


def source_fields(
    source: OpenSource, cancelled: Callable[[], bool] = lambda: False
) -> dict[str, Any]:
    """Return what a data set stores about its file; raises DataError."""
    try:
        str(source.path).encode()
    except UnicodeEncodeError:
        text = _("The name of {path} contains bytes that are not valid characters.")
        shown = str(source.path).encode("utf-8", "replace").decode()
        raise DataError(text.format(path=shown), _("Rename the file.")) from None
    layout = source.layout
    return {
        "file": str(source.path),
        "file_bytes": source.file_bytes,
        "file_digest": _digest(source.path, cancelled),
        "sheet": source.sheet,
        "encoding": layout.encoding,
        "delimiter": _NAMES[layout.delimiter],
        "heading": layout.has_header,
        "comma": layout.comma,
        "above": layout.above,
        "below": layout.below,
    }


def name_of(file_name: str) -> str:
    """Return the initial name of a data set that is imported from a file."""
    return display_text(Path(file_name).stem)[:255]


def _digest(path: Path, cancelled: Callable[[], bool]) -> str:
    try:
        return sha256_of(path, cancelled)
    except OSError as error:
        raise cannot_read(path, error) from error


def unchanged_file(data: FromFile, *, is_stored: bool) -> Path | None:
    """Return the file of a data set, or None if it no longer exists but its data are stored.

    Raises DataError if the file has changed, or if neither the file nor stored data exist.
    """
    path = Path(data.file)
    if not is_file(path):
        if is_stored:
            return None
        what = _("The file {path}, from which the data were imported, does not exist.")
        hint = _("Restore it, or import the data from its new location: File > Import table…")
        raise DataError(what.format(path=path), hint)
    try:
        # A different size settles the question without reading a large file.
        has_changed = path.stat().st_size != data.file_bytes or sha256_of(path) != data.file_digest
    except OSError as error:
        raise cannot_read(path, error) from error
    if has_changed:
        what = _("The file {path} has changed since its data were imported.")
        hint = _("Import it again (File > Import table…), or restore the original file.")
        raise DataError(what.format(path=path), hint)
    return path


def missing_file_note(data: Dataset) -> str:
    """Return a note for the user if the file of a data set no longer exists, else nothing."""
    if not isinstance(data, FromFile) or not data.file or is_file(Path(data.file)):
        return ""
    text = _(
        "The file {path} no longer exists. The data stored when it was imported are used; they "
        "can no longer be checked against the file."
    )
    return text.format(path=data.file)
