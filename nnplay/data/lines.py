"""Text files as rows of cells: encoding, delimiter and heading guessed, bad lines told."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnplay.data.arrays import DataError
from nnplay.words import _

DELIMITERS = (",", ";", "\t", "|")
LARGEST_FILE = 2**31
LONGEST_LINE = 2**20
"""Characters; a line of 5,000 columns has about 50,000."""
MOST_COLUMNS = 5_000
_LOOK = 2**16  # bytes that the guesses are made from
_ENOUGH = 100  # lines of them
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_BLANKS = {"", "na", "n/a", "nan", "null", "none", "?", "-"}


@dataclass(frozen=True)
class Layout:
    """How a file is to be read."""

    encoding: str
    delimiter: str
    has_heading: bool
    columns: tuple[str, ...]
    """Their names: the heading, or numbers where there is none."""


@dataclass(frozen=True)
class BadLine:
    """A line that was left out."""

    number: int
    why: str


def is_blank(cell: str) -> bool:
    """Return whether a cell says that its value is missing."""
    return cell.strip().lower() in _BLANKS


def number_in(cell: str, comma: bool = False) -> float | None:
    """Return the number in a cell, None where there is none; `comma` parts its decimals."""
    if "_" in cell:  # which Python allows within numbers
        return None
    try:
        return float(cell.replace(",", ".") if comma else cell)
    except ValueError:
        return None


def guess_layout(
    path: Path, delimiter: str | None = None, has_heading: bool | None = None
) -> Layout:
    """Return how a file reads best; what is given is not guessed. Raises DataError."""
    head = _head_of(path)
    encoding = _encoding(path, head)
    text = head.decode(encoding, "ignore")
    # The last line may be cut off, unless it is the only one.
    lines = text.splitlines()[:_ENOUGH]
    if len(head) == _LOOK and len(lines) > 1 and len(lines) < _ENOUGH:
        lines.pop()
    delimiter = delimiter or _delimiter(lines)
    rows = [row for row in _parsed(lines, delimiter) if any(cell.strip() for cell in row)]
    if not rows:
        raise DataError(_("{name} has no lines with anything in them.").format(name=path.name))
    first = rows[0]
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width == 1:  # no table has that; lines that were cut off look so
        width = len(first)
    if has_heading is None:
        has_heading = len(first) == width and _is_heading(first, rows[1:], delimiter)
    if has_heading:
        width = len(first)
    if width > MOST_COLUMNS:
        text = _("{name} has {count:,} columns; at most {most:,} can be read.")
        raise DataError(text.format(name=path.name, count=width, most=MOST_COLUMNS))
    if width < 2:
        raise DataError(
            _("{name} has only one column: there is nothing to predict it from.").format(
                name=path.name
            ),
            _("Choose the sign between the columns, if there are more."),
        )
    given = first if has_heading else [""] * width
    return Layout(encoding, delimiter, has_heading, _names(given))


def _head_of(path: Path) -> bytes:
    try:
        if not path.is_file():
            what = _("a folder") if path.is_dir() else _("no file")
            raise DataError(_("{path} is {what}.").format(path=path, what=what))
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_LOOK)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if size > LARGEST_FILE:
        text = _("{name} has {size:,} bytes; at most {most:,} can be read.")
        raise DataError(text.format(name=path.name, size=size, most=LARGEST_FILE))
    if not head.strip():
        raise DataError(_("{name} is empty.").format(name=path.name))
    return head


def _encoding(path: Path, head: bytes) -> str:
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked is None and b"\0" in head:
        raise _no_text(path)
    try:
        _look_through(path, marked or "utf-8")
    except UnicodeError:
        if marked is not None:
            raise _no_text(path) from None
        _look_through(path, "cp1252")
        return "cp1252"
    return marked or "utf-8"


def _look_through(path: Path, encoding: str) -> None:
    """Raise UnicodeError or DataError where a file is no text, or has a line without end."""
    # Once in large blocks here is far quicker than each line for itself later.
    with path.open(encoding=encoding, errors=_errors(encoding)) as file:
        while block := file.read(LONGEST_LINE):
            if "\0" in block:
                raise _no_text(path)
            if len(block) == LONGEST_LINE and "\n" not in block:
                what = _("{name} has a line of more than {most:,} characters.")
                raise DataError(what.format(name=path.name, most=LONGEST_LINE))


def _errors(encoding: str) -> str:
    # The old encoding of Windows leaves a few bytes open; they must not cost the whole file.
    return "replace" if encoding == "cp1252" else "strict"


def _no_text(path: Path) -> DataError:
    return DataError(
        _("{name} is no text: it holds bytes that no table has.").format(name=path.name),
        _("Save it as CSV in the program that it comes from."),
    )


def _unreadable(path: Path, error: Exception) -> DataError:
    why = getattr(error, "strerror", None) or error
    return DataError(_("{path} cannot be read: {why}.").format(path=path, why=why))


def _parsed(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return []


def _delimiter(lines: list[str]) -> str:
    def score(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in _parsed(lines, delimiter) if row)
        if not widths:
            return 0.0, 0
        width, times = widths.most_common(1)[0]
        return (times / widths.total(), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=score)


def _is_heading(first: list[str], others: list[list[str]], delimiter: str) -> bool:
    comma = delimiter != ","
    if len(set(first)) < len(first):
        return False
    if any(number_in(cell, comma) is not None for cell in first):
        return False
    numbers = any(number_in(cell, comma) is not None for row in others for cell in row)
    return numbers or not any(set(first) & set(row) for row in others)


def _names(given: list[str]) -> tuple[str, ...]:
    names: list[str] = []
    for number, name in enumerate(given, 1):
        # Nothing that does not print, and no two of the same name.
        plain = "".join(c for c in name.strip() if c.isprintable())[:100]
        plain = plain or _("column {number}").format(number=number)
        names.append(f"{plain} ({number})" if plain in names else plain)
    return tuple(names)


class RowReader:
    """The rows of a file in one pass, and what was wrong with the others."""

    def __init__(self, path: Path, layout: Layout, keep: int = 20) -> None:
        self._path, self._layout, self._keep = path, layout, keep
        self.bad: list[BadLine] = []
        self.bad_count = 0
        self._buffer: Any = None

    @property
    def read_bytes(self) -> int:
        """How far in the file it is."""
        return 0 if self._buffer is None or self._buffer.closed else self._buffer.tell()

    def rows(self) -> Iterator[list[str]]:
        """Yield each row that has a cell for each column; raises DataError."""
        width, layout = len(self._layout.columns), self._layout
        try:
            with self._path.open(
                encoding=layout.encoding, errors=_errors(layout.encoding), newline=""
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
                        self._leave_out(line, str(error))
                        continue
                    if not row or (len(row) == 1 and not row[0].strip()):
                        continue
                    if is_first:
                        is_first = False
                    elif len(row) == width:
                        yield row
                    else:
                        why = _("expected {expected} cells, found {found}")
                        self._leave_out(line, why.format(expected=width, found=len(row)))
        except (OSError, UnicodeError) as error:
            raise _unreadable(self._path, error) from error

    def _leave_out(self, line: int, why: str) -> None:
        self.bad_count += 1
        if len(self.bad) < self._keep:
            self.bad.append(BadLine(line, why))
