"""Detects how to read a text file: encoding, delimiter, header and decimal separator."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from charset_normalizer import from_bytes

from nnplay.catalog.datasets.files import ENCODINGS, LARGEST_FILE
from nnplay.data.arrays import DataError
from nnplay.data.folders import cannot_read
from nnplay.data.importing.csv_reader import Layout, decoding_errors
from nnplay.data.importing.detection.delimiter import (
    detected_delimiter,
    named_delimiter,
    parsed,
)
from nnplay.data.importing.detection.table_start import table_start
from nnplay.data.importing.parse_cell import decimal_separator_vote, display_text
from nnplay.translation import _

MAX_LINE_LENGTH = 2**20
"""Characters; a line of 5,000 columns has about 50,000."""
MAX_COLUMNS = 5_000
_HEAD = 2**16  # bytes from which everything is detected
_SAMPLE_LINES = 100
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DETECTABLE = (
    *("cp1252", "gb18030", "big5", "shift_jis", "euc_kr"),
    *("cp1250", "cp1251", "cp1253"),
)
_MAX_MESS = 0.4
"""How unlikely a text may look; above the library's 0.2, as tables mix letters with numbers."""
_MIN_EVIDENCE = 12
"""Fewer bytes beyond ASCII prove nothing: one umlaut looked like Big5 in 30 of 100 trials."""
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def guess_layout(
    path: Path,
    delimiter: str | None = None,
    has_header: bool | None = None,
    encoding: str | None = None,
    comma: bool | None = None,
    above: int | None = None,
    below: int | None = None,
) -> Layout:
    """Return how to read a file; detects what is None. Raises DataError if it is not a table."""
    head = _head_of(path)
    encoding = _checked(path, encoding) if encoding else _encoding(path, head)
    text = head.decode(encoding, "ignore")
    # The last line may be incomplete, unless it is the only one.
    lines = list(islice(io.StringIO(text, newline=""), _SAMPLE_LINES + (above or 0)))
    if len(head) == _HEAD and len(lines) > 1 and len(lines) < _SAMPLE_LINES:
        lines.pop()
    delimiter = delimiter or named_delimiter(lines) or detected_delimiter(lines[above or 0 :])
    if comma is None:
        comma = _comma(parsed(lines[above or 0 :], delimiter), delimiter)
    found = table_start(lines, delimiter, comma, above, below, has_header)
    if found is None:
        raise DataError(_("All lines of {name} are blank.").format(name=path.name))
    if found.width > MAX_COLUMNS:
        text = _("{name} has {count:,} columns; the limit is {most:,}.")
        raise DataError(text.format(name=path.name, count=found.width, most=MAX_COLUMNS))
    columns, renamed = _column_names(found.names or [""] * found.width)
    has_header = found.names is not None
    start = (found.above, found.below, renamed, found.has_comments)
    return Layout(encoding, delimiter, has_header, columns, comma, *start)


def _head_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise DataError(_("{path} is a folder.").format(path=path))
        if not path.is_file():
            raise DataError(_("There is no file {path}.").format(path=path))
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from error
    if size > LARGEST_FILE:
        text = _("{name} has {size:,} bytes; the limit is {most:,}.")
        raise DataError(text.format(name=path.name, size=size, most=LARGEST_FILE))
    if not head.strip():
        raise DataError(_("{name} is empty.").format(name=path.name))
    return head


def _checked(path: Path, encoding: str) -> str:
    try:
        codecs.lookup(encoding)
        # Python also has codecs that decompress or translate; only those offered are accepted.
        if encoding not in ENCODINGS:
            raise LookupError
        _scan(path, encoding)
    except LookupError:
        text = _("{name} cannot be read as {encoding}, which is an unknown encoding.")
        raise DataError(text.format(name=path.name, encoding=encoding)) from None
    except UnicodeError:
        text = _("{name} is not encoded in {encoding}: it contains invalid bytes.")
        raise DataError(
            text.format(name=path.name, encoding=encoding), _("Choose another encoding.")
        ) from None
    return encoding


def _encoding(path: Path, head: bytes) -> str:
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), None)
    if marked is None and b"\0" in head:
        raise _not_text(path)
    try:
        _scan(path, marked or "utf-8")
    except UnicodeError:
        if marked is not None:
            raise _not_text(path) from None
    else:
        return marked or "utf-8"
    # Any file is valid cp1252 apart from a few bytes, so it is the last resort.
    for guess in dict.fromkeys((_legacy_encoding(head), "cp1252")):
        try:
            _scan(path, guess)
        except UnicodeError:
            continue
        return guess
    raise _not_text(path)


def _legacy_encoding(head: bytes) -> str:
    """Return the most likely encoding of text that is not UTF-8; only `head` is looked at."""
    if len(_BEYOND_ASCII.findall(head)) < _MIN_EVIDENCE:
        return "cp1252"
    matches = from_bytes(head, cp_isolation=list(_DETECTABLE), threshold=_MAX_MESS)
    best = matches.best()
    # Most bytes denote the same letters in cp1250 and in cp1252, which is far more common. If the
    # whole head reads the same in both, the library gives only one of them as a match.
    plausible = [match.encoding for match in matches]
    if best is None or "cp1252" in best.could_be_from_charset:
        return "cp1252"
    return "cp1252" if best.encoding == "cp1250" and "cp1252" in plausible else best.encoding


def _scan(path: Path, encoding: str) -> None:
    """Raise UnicodeError or DataError if a file is not text, or has an excessively long line."""
    # Large blocks are far faster to check than single lines while parsing.
    with path.open(encoding=encoding, errors=decoding_errors(encoding)) as file:
        while block := file.read(MAX_LINE_LENGTH):
            if "\0" in block:
                raise _not_text(path)
            if len(block) == MAX_LINE_LENGTH and "\n" not in block:
                what = _("{name} has a line of more than {most:,} characters.")
                raise DataError(what.format(name=path.name, most=MAX_LINE_LENGTH))


def _not_text(path: Path) -> DataError:
    return DataError(
        _("{name} is not a text file.").format(name=path.name),
        _("Export it as CSV from the program that created it."),
    )


def _comma(rows: list[list[str]], delimiter: str) -> bool:
    # Spreadsheets write semicolons where the comma is the decimal separator.
    ambiguous_is_comma = delimiter == ";"
    votes = (decimal_separator_vote(cell, ambiguous_is_comma) for row in rows for cell in row)
    return sum(votes) > 0


def _column_names(cells: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return a different name for each column, and those that had to be numbered."""
    names: list[str] = []
    used: set[str] = set()
    renamed: set[str] = set()
    for number, cell in enumerate(cells, 1):
        name = display_text(cell.strip())[:100].strip()
        name = name or _("column {number}").format(number=number)
        while name in used:
            name = f"{name} ({number})"
            renamed.add(name)
        names.append(name)
        used.add(name)
    return tuple(names), frozenset(renamed)
