"""Reads a text file as rows of cells with their line numbers, and reports bad lines."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from nnplay.data.folders import cannot_read
from nnplay.translation import _

COMMENT = "#"
MAX_LISTED = 1_000
"""Bad lines that are listed; the others are only counted."""


@dataclass(frozen=True)
class Layout:
    """How a text file is read."""

    encoding: str
    delimiter: str
    """The character itself, one of the values of DELIMITERS."""
    has_header: bool
    columns: tuple[str, ...]
    """Their names: from the header, or numbered if there is none."""
    comma: bool = False
    """Whether the decimal separator is a comma."""
    above: int = 0
    """Lines that are skipped above the heading, or above the first row if there is none."""
    below: int = 0
    """Lines that are skipped between the heading and the first row, such as units."""
    renamed: frozenset[str] = frozenset()
    """The names that were numbered because another column has the same."""
    has_comments: bool = False
    """Whether lines that begin with # are comments."""


@dataclass(frozen=True)
class BadLine:
    """A line that was skipped, or that has a cell that counts as missing."""

    number: int
    """Counted from 1, including the header."""
    why: str


class BadLines:
    """The first bad lines, and their number."""

    def __init__(self) -> None:
        self.first: list[BadLine] = []
        self.count = 0

    def add(self, number: int, why: str) -> None:
        """Add a line."""
        self.count += 1
        if len(self.first) < MAX_LISTED:
            self.first.append(BadLine(number, why))


@dataclass(frozen=True)
class Chunk:
    """Consecutive rows, each with one cell per column."""

    lines: Sequence[int]
    """The line number of each row."""
    rows: list[list[str]]


class RowReader:
    """Reads the rows of a file in one pass, and collects the bad lines."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path, self._layout = path, layout
        self.bad = BadLines()
        self.comments = 0
        """Lines among the rows that are comments."""
        self._buffer: Any = None
        self._first_line = 1 + layout.above + (1 + layout.below if layout.has_header else 0)

    @property
    def read_bytes(self) -> int:
        """The number of bytes read so far."""
        return 0 if self._buffer is None or self._buffer.closed else self._buffer.tell()

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows in chunks of at most `size`; raises DataError."""
        layout = self._layout
        try:
            with self._path.open(
                encoding=layout.encoding, errors=decoding_errors(layout.encoding), newline=""
            ) as text:
                self._buffer = text.buffer
                # The lines above are not parsed, as a quotation mark in them may not be closed.
                above = sum(1 for _line in islice(text, layout.above))
                reader = csv.reader(text, delimiter=layout.delimiter, skipinitialspace=True)
                while True:
                    line, rows = above + reader.line_num + 1, list[list[str]]()
                    error = None
                    try:
                        # Keeps the rows before an error.
                        rows.extend(islice(reader, size))
                    except csv.Error as caught:
                        error = caught
                    if not rows and error is None:
                        return
                    last = above + reader.line_num
                    chunk, line = self._checked(rows, line, last, error is None)
                    if error is not None:
                        self.bad.add(line, _reason(error))
                    if chunk.rows:
                        yield chunk
        except (OSError, UnicodeError) as error:
            raise cannot_read(self._path, error) from error

    def _checked(
        self, rows: list[list[str]], line: int, last: int, is_whole: bool
    ) -> tuple[Chunk, int]:
        """Return the valid rows, and the number of the next line."""
        width = len(self._layout.columns)
        end = line + len(rows)
        plain = is_whole and last + 1 == end and line >= self._first_line and width > 1
        if plain and not self._layout.has_comments and set(map(len, rows)) == {width}:
            return Chunk(range(line, end), rows), end  # the usual case: each row is one line
        lines, valid = [], []
        for row in rows:
            begin, line = line, line + 1 + sum(map(_breaks, row))
            is_blank = not row or (len(row) == 1 and not row[0].strip())
            if begin < self._first_line or is_blank or not any(map(str.strip, row)):
                continue
            if self._layout.has_comments and row[0].startswith(COMMENT):
                self.comments += 1
            elif len(row) == width:
                lines.append(begin)
                valid.append(row)
            elif len(row) > width and not any(map(str.strip, row[width:])):
                lines.append(begin)
                valid.append(row[:width])
            else:
                self._skip(begin, line - 1, len(row))
        return Chunk(lines, valid), line

    def _skip(self, line: int, last: int, found: int) -> None:
        expected = len(self._layout.columns)
        why = _("expected {expected} cells, found {found}").format(expected=expected, found=found)
        if last > line:
            rest = _("it continues to line {last}: a quotation mark is not closed")
            why += "; " + rest.format(last=last)
        self.bad.add(line, why)


def _breaks(cell: str) -> int:
    """Return the number of line breaks within a cell."""
    return cell.count("\n") + cell.count("\r") - cell.count("\r\n")


def decoding_errors(encoding: str) -> str:
    """Return the `errors` argument for decoding a file."""
    # cp1252 has five undefined bytes; one of them shall not make the whole file unreadable.
    return "replace" if encoding == "cp1252" else "strict"


def _reason(error: csv.Error) -> str:
    if "field limit" in str(error):
        most = csv.field_size_limit()
        return _("a cell of more than {most:,} characters").format(most=most)
    return _("not a valid row: {why}").format(why=error)
