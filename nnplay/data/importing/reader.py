"""Text files as rows of cells, each with its line; bad lines told."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from nnplay.data.arrays import DataError
from nnplay.translation import _

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


@dataclass(frozen=True)
class Chunk:
    """Some rows, each with a cell for each column."""

    lines: Sequence[int]
    """Where each begins."""
    rows: list[list[str]]


class RowReader:
    """The rows of a file in one pass, and what was wrong with the others."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path, self._layout = path, layout
        self.bad = BadLines()
        self._buffer: Any = None
        self._is_first = layout.has_heading

    @property
    def read_bytes(self) -> int:
        """How far in the file it is."""
        return 0 if self._buffer is None or self._buffer.closed else self._buffer.tell()

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows, so many at a time or a few less; raises DataError."""
        layout = self._layout
        try:
            with self._path.open(
                encoding=layout.encoding, errors=errors_of(layout.encoding), newline=""
            ) as text:
                self._buffer = text.buffer
                reader = csv.reader(text, delimiter=layout.delimiter, skipinitialspace=True)
                while True:
                    line, rows = reader.line_num + 1, list[list[str]]()
                    error = None
                    try:
                        # What came before an error stays.
                        rows.extend(islice(reader, size))
                    except csv.Error as caught:
                        error = caught
                    if not rows and error is None:
                        return
                    chunk, line = self._sorted_out(rows, line, reader.line_num, error is None)
                    if error is not None:
                        self.bad.add(line, _csv_words(error))
                    if chunk.rows:
                        yield chunk
        except (OSError, UnicodeError) as error:
            raise unreadable(self._path, error) from error

    def _sorted_out(
        self, rows: list[list[str]], line: int, last: int, is_whole: bool
    ) -> tuple[Chunk, int]:
        """Return the rows that are right, and the line behind them all."""
        width = len(self._layout.columns)
        end = line + len(rows)
        plain = is_whole and last + 1 == end and not self._is_first and width > 1
        if plain and set(map(len, rows)) == {width}:  # each on one line, as nearly all are
            return Chunk(range(line, end), rows), end
        lines, right = [], []
        for row in rows:
            begin, line = line, line + 1 + sum(map(_breaks, row))
            if not row or (len(row) == 1 and not row[0].strip()):
                continue
            if self._is_first:
                self._is_first = False
            elif len(row) == width:
                lines.append(begin)
                right.append(row)
            else:
                self._leave_out(begin, line - 1, len(row))
        return Chunk(lines, right), line

    def _leave_out(self, line: int, last: int, found: int) -> None:
        expected = len(self._layout.columns)
        why = _("expected {expected} cells, found {found}").format(expected=expected, found=found)
        if last > line:
            rest = _("it goes on to line {last}: a quotation mark is not closed")
            why += "; " + rest.format(last=last)
        self.bad.add(line, why)


def _breaks(cell: str) -> int:
    """Return how many lines end within a cell."""
    return cell.count("\n") + cell.count("\r") - cell.count("\r\n")


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
