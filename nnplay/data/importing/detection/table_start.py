"""Detects where a table begins: the lines above its heading, the heading, and lines of units.

Libraries that detect a heading expect it in the first line or in the first line of full width.
These rules also find it below titles and comments, and above units, by the types of the columns:
the rows are numbers or dates where the heading is not (docs/decisions compares them).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nnplay.data.importing.csv_reader import COMMENT
from nnplay.data.importing.detection.dates import looks_like_date
from nnplay.data.importing.detection.delimiter import named_delimiter
from nnplay.data.importing.parse_cell import is_missing, parse_number

_UNIT = re.compile(r"[\[({<].*[\])}>]|[%°µ‰€$£]|(?:[a-zA-ZµμΩ°]{1,3}(?:[/·*^²³]|\b)\S{0,5})")
_TYPE_WORDS = frozenset(
    ("continuous", "discrete", "string", "float", "int", "integer", "numeric", "text", "number")
)


@dataclass(frozen=True)
class TableStart:
    """Where the heading and the rows of a table are."""

    above: int
    """Lines above the heading, or above the first row if there is no heading."""
    names: tuple[str, ...] | None
    """The cells of the heading; None without one."""
    below: int
    """Lines between the heading and the first row."""
    width: int
    """Cells of a row, without those at the end that are always empty."""
    has_comments: bool
    """Whether lines that begin with # are comments."""


@dataclass(frozen=True)
class _Record:
    line: int
    cells: list[str]

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell.strip()]


def table_start(
    lines: Sequence[str],
    delimiter: str,
    comma: bool,
    above: int | None = None,
    below: int | None = None,
    has_header: bool | None = None,
) -> TableStart | None:
    """Return where the table in the first lines of a file begins; None if all are blank.

    `above`, `below` and `has_header` are what the user chose; what is None is detected.
    """
    begin = above or 0
    found = _detected_start(lines[begin:], delimiter, comma)
    if found is None:
        return None
    at = found.above if above is None else above
    has_comments = _has_comments(lines, delimiter, found.width)
    if has_header is False or (has_header is None and found.names is None):
        return TableStart(at, None, 0, found.width, has_comments)
    names, rest = found.names, found.below
    if names is None or found.above + begin != at:
        records = [one for one in _records(lines, at, delimiter) if one.filled]
        cells = [cell.strip() for cell in records[0].cells]
        names = tuple(cells + [""] * (found.width - len(cells)))
        rest = records[1].line - at - 1 if len(records) > 1 else 0
    return TableStart(at, names, rest if below is None else below, len(names), has_comments)


def _detected_start(lines: Sequence[str], delimiter: str, comma: bool) -> TableStart | None:
    comments = _leading_comments(lines, delimiter)
    begin = comments + bool(not comments and named_delimiter(lines))
    records = [one for one in _records(lines, begin, delimiter) if one.filled]
    if comments:
        records = [one for one in records if not one.cells[0].startswith(COMMENT)]
    if not records:
        return None
    width = _usual_width(records)
    values = _value_columns(records, width, comma)
    first = _first_row(records, width, values, comma)
    heading = _heading_of(records, first, width, values, comma)
    if heading is None and comments and not first:
        # Some programs write the heading as the last comment.
        last = lines[comments - 1].lstrip(COMMENT + " ")
        (cells,) = _records([last], 0, delimiter)[:1] or (_Record(0, []),)
        if len(cells.cells) == width and not _values_in(cells.cells, values, comma):
            names = _fitted(cells.cells, records, width)
            below = records[0].line - comments
            return TableStart(comments - 1, names, below, len(names), True)
    if heading is None:
        shown = _without_empty_end(records[first:], width)
        return TableStart(records[first].line, None, 0, shown, bool(comments))
    at, row = heading
    names = _fitted(records[at].cells, records[row:], width)
    below = records[row].line if row < len(records) else records[at].line + 1
    below -= records[at].line + 1
    return TableStart(records[at].line, names, below, len(names), bool(comments))


def _has_comments(lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Return whether the first line, or one with another number of cells, is a comment."""
    if _leading_comments(lines, delimiter):
        return True
    marked = [line for line in lines if line.startswith(COMMENT)]
    return any(len(one.cells) != width for one in _records(marked, 0, delimiter))


def _leading_comments(lines: Sequence[str], delimiter: str) -> int:
    """Return the number of lines before the first that is neither blank nor a comment."""
    # A column may be called #.
    count = 0
    for number, line in enumerate(lines, 1):
        if line.startswith(COMMENT) and not line.startswith(COMMENT + delimiter):
            count = number
        elif line.strip():
            break
    return count


def _records(lines: Sequence[str], begin: int, delimiter: str) -> list[_Record]:
    """Return the rows from a line on, each with the index of its first line."""
    reader = csv.reader(lines[begin:], delimiter=delimiter, skipinitialspace=True)
    found: list[_Record] = []
    line = begin
    try:
        for cells in reader:
            found.append(_Record(line, cells))
            line = begin + reader.line_num
    except csv.Error:
        pass  # what comes later is reported when the whole file is read
    return found


def _usual_width(records: list[_Record]) -> int:
    # The lines above the table have other widths, so its end counts.
    tail = records[len(records) // 3 :]
    width = Counter(len(one.cells) for one in tail).most_common(1)[0][0]
    # A single column is rarely a table; more often its rows are broken over several lines.
    return width if width > 1 else len(records[0].cells)


def _value_columns(records: list[_Record], width: int, comma: bool) -> set[int]:
    """Return the columns that hold numbers or dates in most rows."""
    tail = [one.cells for one in records[1:] if len(one.cells) == width]
    tail = tail[len(tail) // 3 :]
    columns = set()
    for column in range(width):
        cells = [row[column] for row in tail if not is_missing(row[column])]
        if cells and sum(_is_value(cell, comma) for cell in cells) > 0.6 * len(cells):
            columns.add(column)
    return columns


def _is_value(cell: str, comma: bool) -> bool:
    return parse_number(cell, comma) is not None or looks_like_date(cell)


def _values_in(cells: list[str], columns: set[int], comma: bool) -> list[str]:
    return [cells[at] for at in sorted(columns) if at < len(cells) and _is_value(cells[at], comma)]


def _first_row(records: list[_Record], width: int, values: set[int], comma: bool) -> int:
    """Return the index of the first record that looks like the rows further down."""
    if not values:
        # Without numbers, only the number of cells tells titles from rows.
        return next((at for at, one in enumerate(records) if len(one.filled) * 2 > width), 0)
    for at, one in enumerate(records):
        cells = one.cells
        if len(cells) != width:
            continue
        given = [cells[column] for column in values if not is_missing(cells[column])]
        found = sum(_is_value(cell, comma) for cell in given)
        if found and 2 * found > len(given) and not _are_counted_names(records, at, values, comma):
            return at
    return len(records)


def _heading_of(
    records: list[_Record], first: int, width: int, values: set[int], comma: bool
) -> tuple[int, int] | None:
    """Return the indices of the heading and of the first row; None without a heading."""
    if not values:
        return (first, first + 1) if _is_heading_of_words(records[first:], width) else None
    for heading in (*_best_above(records, first, width), 0):
        if heading < first and _may_be_heading(records, heading, width, values, comma):
            row = heading + 1
            while row < first and _is_units(records[row].cells, values):
                row += 1
            return heading, row
    return None


def _best_above(records: list[_Record], first: int, width: int) -> list[int]:
    """Return the record above the first row with the most different names, in a list."""
    block = _block_above(records, first, width)
    return [max(block, key=lambda at: (len(set(records[at].filled)), -at))] if block else []


def _may_be_heading(
    records: list[_Record], at: int, width: int, values: set[int], comma: bool
) -> bool:
    """Return whether a record is not one of the rows, by the numbers and dates in it."""
    cells = records[at].cells
    if at == 0 and len(cells) < width - 1:
        return False  # a title
    found = _values_in(cells, values, comma)
    numbers = [parse_number(cell, comma) for cell in found]
    if any(number is None or number % 1 for number in numbers):
        return False  # a row in which only some cells are not numbers
    return 2 * len(found) <= len(values) or _are_counted_names(records, at, values, comma)


def _block_above(records: list[_Record], first: int, width: int) -> list[int]:
    """Return the records directly above the first row that may be its heading."""
    block: list[int] = []
    for at in reversed(range(first)):
        below = at + 1 if block else None
        if below is not None and records[below].line > records[at].line + 1:
            break  # a blank line
        cells = records[at].cells
        trimmed = len(_trimmed(cells))
        if trimmed > width or (len(cells) != width and trimmed < width - 1) or not trimmed:
            if len(cells) > width:
                block.append(at)
            elif not block and at:
                continue  # a comment between the heading and the first row
            break
        block.append(at)
    return block


def _is_units(cells: list[str], values: set[int]) -> bool:
    filled = {at: cell.strip() for at, cell in enumerate(cells) if cell.strip()}
    of_values = [cell for at, cell in filled.items() if at in values]
    if not of_values or any(len(cell) > 12 for cell in of_values):
        return False
    texts = list(filled.values())
    if any(cell[0] in "[({<" for cell in texts) or all(c.lower() in _TYPE_WORDS for c in texts):
        return True
    only_values = all(at in values or cell in {"-", "–", "1"} for at, cell in filled.items())
    return only_values and all(_UNIT.fullmatch(cell) for cell in of_values)


def _are_counted_names(records: list[_Record], at: int, values: set[int], comma: bool) -> bool:
    """Return whether a record holds numbers that count on, such as years, and the next ones not."""
    names = _progression(records[at].cells, values, comma)
    following = records[at + 1 : at + 6]
    if not names or not following:
        return False
    if any(_progression(one.cells, values, comma) for one in following):
        return False
    texts = {at: cell for at, cell in enumerate(records[at].cells) if at not in values}
    unseen = not any(
        [cell] == one.cells[column : column + 1]
        for column, cell in texts.items()
        for one in records[at + 1 :]
    )
    decimals = any(
        (parse_number(cell, comma) or 0) % 1
        for one in following
        for cell in _values_in(one.cells, values, comma)
    )
    return unseen and (len(names) >= 3 or decimals or names == (0.0, 1.0))


def _progression(cells: list[str], values: set[int], comma: bool) -> tuple[float, ...]:
    """Return the whole numbers of a record if they rise by one and the same step."""
    found = [parse_number(cells[at], comma) for at in sorted(values) if at < len(cells)]
    numbers = tuple(one for one in found if one is not None and one % 1 == 0)
    steps = {after - before for before, after in pairwise(numbers)}
    rises = len(steps) == 1 and min(steps) > 0
    return numbers if len(numbers) == len(found) and len(numbers) > 1 and rises else ()


def _is_heading_of_words(records: list[_Record], width: int) -> bool:
    first, others = records[0].cells, records[1:]
    if len(first) != width or len(set(first)) < len(first):
        return False
    if not others and any(parse_number(cell) is not None for cell in first):
        return False
    return not any(
        cell == one.cells[at]
        for one in others
        if len(one.cells) == width
        for at, cell in enumerate(first)
    )


def _trimmed(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _without_empty_end(records: list[_Record], width: int) -> int:
    """Return the number of cells of a row without those at the end that are empty in all."""
    longest = max(
        (len(_trimmed(one.cells)) for one in records if len(one.cells) == width), default=0
    )
    return longest or width


def _fitted(heading: list[str], rows: list[_Record], width: int) -> tuple[str, ...]:
    """Return a name for every column, however many cells the heading has."""
    names = _trimmed([cell.strip() for cell in heading])
    used = _without_empty_end(rows, width) if rows else len(names)
    if len(heading) == width - 1 and len(names) == width - 1 and used == width:
        names = ["", *names]  # the names of the rows have no heading
    return tuple(names + [""] * (max(used, len(names)) - len(names)))
