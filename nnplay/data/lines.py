"""Text files as rows of cells, each with its line; bad lines told."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnplay.data.arrays import DataError
from nnplay.words import _

KEPT_BAD = 1_000
"""So many bad lines are listed; the others are counted."""


class ImportCancelled(DataError):
    """The user stopped the import."""


@dataclass(frozen=True)
class Layout:
    """How a file is to be read."""

    encoding: str
    delimiter: str
    """One of DELIMITERS, the sign itself."""
    has_heading: bool
    columns: tuple[str, ...]
    """Their names: the heading, or numbers where there is none."""
    comma: bool = False
    """Whether a comma parts the decimals."""


@dataclass(frozen=True)
class BadLine:
    """A line that was left out, or a cell in it that was."""

    number: int
    """Counted from 1, the heading too."""
    why: str


class BadLines:
    """The first bad lines, and how many there are."""

    def __init__(self) -> None:
        self.first: list[BadLine] = []
        self.count = 0

    def add(self, number: int, why: str) -> None:
        """Note one."""
        self.count += 1
        if len(self.first) < KEPT_BAD:
            self.first.append(BadLine(number, why))


class RowReader:
    """The rows of a file in one pass, and what was wrong with the others."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path, self._layout = path, layout
        self.bad = BadLines()
        self._buffer: Any = None

    @property
    def read_bytes(self) -> int:
        """How far in the file it is."""
        return 0 if self._buffer is None or self._buffer.closed else self._buffer.tell()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row that has a cell for each column, with its line; raises DataError."""
        width, layout = len(self._layout.columns), self._layout
        try:
            with self._path.open(
                encoding=layout.encoding, errors=errors_of(layout.encoding), newline=""
            ) as text:
                self._buffer = text.buffer
                reader = csv.reader(text, delimiter=layout.delimiter, skipinitialspace=True)
                is_first = layout.has_heading
                while True:
                    line = reader.line_num + 1
                    try:
                        row = next(reader)
                    except StopIteration:
                        return
                    except csv.Error as error:
                        self.bad.add(line, _csv_words(error))
                        continue
                    if len(row) == width and (width > 1 or row[0].strip()):
                        if is_first:
                            is_first = False
                        else:
                            yield line, row
                    elif not row or (len(row) == 1 and not row[0].strip()):
                        continue
                    elif is_first:
                        is_first = False
                    else:
                        self._leave_out(line, reader.line_num, width, len(row))
        except (OSError, UnicodeError) as error:
            raise unreadable(self._path, error) from error

    def _leave_out(self, line: int, last: int, width: int, found: int) -> None:
        why = _("expected {expected} cells, found {found}").format(expected=width, found=found)
        if last > line:
            rest = _("it goes on to line {last}: a quotation mark is not closed")
            why += "; " + rest.format(last=last)
        self.bad.add(line, why)


def errors_of(encoding: str) -> str:
    """Return what to do about bytes that fit no character."""
    # The old encoding of Windows leaves a few bytes open; they must not cost the whole file.
    return "replace" if encoding == "cp1252" else "strict"


def unreadable(path: Path, error: Exception) -> DataError:
    """Return what to say of a file that cannot be read."""
    why = getattr(error, "strerror", None) or error
    return DataError(_("{path} cannot be read: {why}.").format(path=path, why=why))


def _csv_words(error: csv.Error) -> str:
    if "field limit" in str(error):
        most = csv.field_size_limit()
        return _("a cell of more than {most:,} characters").format(most=most)
    return _("no row: {why}").format(why=error)
