"""Detects the delimiter of a text table."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from nnplay.catalog.datasets.files import DELIMITERS
from nnplay.data.importing.parse_cell import parse_number

_NAMED = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
_UNLIKELY = re.compile(r"[;\t|]|,\S")
"""What a cell rarely contains: another delimiter, unless it is the comma of a sentence."""


def named_delimiter(lines: Sequence[str]) -> str | None:
    """Return the delimiter that a first line such as `sep=;` names, as spreadsheets write it."""
    found = _NAMED.fullmatch(lines[0].rstrip("\r\n")) if lines else None
    return found[1] if found and found[1] in DELIMITERS.values() else None


def detected_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter with which most lines have the same number of clean cells.

    Spaces are more common within cells than between them, so they are the last resort, and only
    between numbers.
    """
    best = max((one for one in DELIMITERS.values() if one != " "), key=lambda d: _score(lines, d))
    if _score(lines, best)[0] == 0.0 and _are_numbers_between_spaces(lines):
        return " "
    return best


def parsed(lines: Iterable[str], delimiter: str) -> list[list[str]]:
    """Return the cells of some lines; nothing if they are not valid."""
    try:
        return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return []


def _score(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    rows = [row for row in parsed(lines, delimiter) if row]
    widths = Counter(map(len, rows))
    if not widths:
        return 0.0, 0
    width, times = widths.most_common(1)[0]
    if width == 1:
        return 0.0, 0
    cells = [cell for row in rows if len(row) == width for cell in row]
    clean = sum(_is_clean(cell) for cell in cells) / len(cells)
    return times / len(rows) * clean, width


def _is_clean(cell: str) -> bool:
    return not _UNLIKELY.search(cell) or parse_number(cell, comma=True) is not None


def _are_numbers_between_spaces(lines: Sequence[str]) -> bool:
    rows = parsed(lines, " ")
    widths = Counter(len(row) for row in rows if row)
    if not widths or (width := widths.most_common(1)[0][0]) < 2:
        return False
    cells = [cell for row in rows if len(row) == width for cell in row]
    return sum(parse_number(cell) is not None for cell in cells) > 0.5 * len(cells)
