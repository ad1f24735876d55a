"""How a text file reads best: encoding, delimiter, heading and decimal sign, guessed or given."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from pathlib import Path

from nnplay.catalog.datasets.files import DELIMITERS, ENCODINGS, LARGEST_FILE
from nnplay.data.arrays import DataError
from nnplay.data.importing.cells import number_in, sides_with_comma, tame
from nnplay.data.importing.reader import Layout, errors_of, unreadable
from nnplay.translation import _

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
_PAIRS = re.compile(rb"[\x81-\xfe][\xa1-\xfe]")
_HIGH = re.compile(rb"[\x80-\xff]+")


def guess_layout(
    path: Path,
    delimiter: str | None = None,
    has_heading: bool | None = None,
    encoding: str | None = None,
    comma: bool | None = None,
) -> Layout:
    """Return how a file reads best; what is given is not guessed. Raises DataError."""
    head = _head_of(path)
    encoding = _checked(path, encoding) if encoding else _encoding(path, head)
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
    if width == 1:  # few tables have that; lines that were cut off look so
        width = len(first)
    comma = _comma(rows, delimiter) if comma is None else comma
    if has_heading is None:
        has_heading = len(first) == width and _is_heading(first, rows[1:], comma)
    if has_heading:
        width = len(first)
    if width > MOST_COLUMNS:
        text = _("{name} has {count:,} columns; at most {most:,} can be read.")
        raise DataError(text.format(name=path.name, count=width, most=MOST_COLUMNS))
    given = first if has_heading else [""] * width
    return Layout(encoding, delimiter, has_heading, _names(given), comma)


def _head_of(path: Path) -> bytes:
    try:
        if not path.is_file():
            what = _("a folder") if path.is_dir() else _("no file")
            raise DataError(_("{path} is {what}.").format(path=path, what=what))
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_LOOK)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if size > LARGEST_FILE:
        text = _("{name} has {size:,} bytes; at most {most:,} can be read.")
        raise DataError(text.format(name=path.name, size=size, most=LARGEST_FILE))
    if not head.strip():
        raise DataError(_("{name} is empty.").format(name=path.name))
    return head


def _checked(path: Path, encoding: str) -> str:
    try:
        codecs.lookup(encoding)
        # Python knows codecs that unpack or translate; none but those offered is ever used.
        if encoding not in ENCODINGS:
            raise LookupError
        _look_through(path, encoding)
    except LookupError:
        text = _("{name} cannot be read as {encoding}, which is no known encoding.")
        raise DataError(text.format(name=path.name, encoding=encoding)) from None
    except UnicodeError:
        text = _("{name} is not {encoding}: some of its bytes stand for no character.")
        raise DataError(
            text.format(name=path.name, encoding=encoding), _("Choose another encoding.")
        ) from None
    return encoding


def _encoding(path: Path, head: bytes) -> str:
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked is None and b"\0" in head:
        raise _no_text(path)
    try:
        _look_through(path, marked or "utf-8")
    except UnicodeError:
        if marked is not None:
            raise _no_text(path) from None
    else:
        return marked or "utf-8"
    for guess in ("gb18030", "cp1252") if _looks_chinese(head) else ("cp1252",):
        try:
            _look_through(path, guess)
        except UnicodeError:
            continue
        return guess
    raise _no_text(path)


def _looks_chinese(head: bytes) -> bool:
    """Say whether the bytes beyond ASCII are pairs, most of them for common Chinese characters."""
    runs = _HIGH.findall(head[:-1] if len(head) == _LOOK else head)
    pairs: list[bytes] = [p for run in runs if len(run) % 2 == 0 for p in _PAIRS.findall(run)]
    if 2 * len(pairs) < 0.9 * sum(map(len, runs)):
        return False
    return sum(0xB0 <= pair[0] <= 0xD7 for pair in pairs) > 0.7 * len(pairs)


def _look_through(path: Path, encoding: str) -> None:
    """Raise UnicodeError or DataError where a file is no text, or has a line without end."""
    # Once in large blocks here is far quicker than each line for itself later.
    with path.open(encoding=encoding, errors=errors_of(encoding)) as file:
        while block := file.read(LONGEST_LINE):
            if "\0" in block:
                raise _no_text(path)
            if len(block) == LONGEST_LINE and "\n" not in block:
                what = _("{name} has a line of more than {most:,} characters.")
                raise DataError(what.format(name=path.name, most=LONGEST_LINE))


def _no_text(path: Path) -> DataError:
    return DataError(
        _("{name} is no text: it holds bytes that no table has.").format(name=path.name),
        _("Save it as CSV in the program that it comes from."),
    )


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

    # A space stands within cells more often than between them: it must be told, not guessed.
    return max((one for one in DELIMITERS.values() if one != " "), key=score)


def _comma(rows: list[list[str]], delimiter: str) -> bool:
    unsure = delimiter == ";"  # which spreadsheets write where the comma is the decimal sign
    return sum(sides_with_comma(cell, unsure) for row in rows for cell in row) > 0


def _is_heading(first: list[str], others: list[list[str]], comma: bool) -> bool:
    if len(set(first)) < len(first):
        return False
    if any(number_in(cell, comma) is not None for cell in first):
        return False
    numbers = any(number_in(cell, comma) is not None for row in others for cell in row)
    return numbers or not any(set(first) & set(row) for row in others)


def _names(given: list[str]) -> tuple[str, ...]:
    names: list[str] = []
    known: set[str] = set()
    for number, name in enumerate(given, 1):
        # Nothing that does not print, and no two of the same name.
        plain = tame(name.strip())[:100].strip()
        plain = plain or _("column {number}").format(number=number)
        while plain in known:
            plain = f"{plain} ({number})"
        names.append(plain)
        known.add(plain)
    return tuple(names)
