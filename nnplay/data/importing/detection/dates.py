"""Reads dates, which become days since the first, and the month and the weekday on circles."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Literal

DateOrder = Literal["d", "m"]
"""d: year first or day first; m: month first."""
_TIME = (
    r"(?:[T ,]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?"
    r"(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME, re.IGNORECASE)
_YEAR_AND_MONTH = re.compile(r"(\d{4})[-/](\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})" + _TIME, re.IGNORECASE)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan", "feb", "mar mär mrz", "apr", "may mai", "jun", "jul", "aug", "sep"),
            *("oct okt", "nov", "dec dez"),
        ),
        1,
    )
    for name in names.split()
}
_NAMED = re.compile(
    r"(\d{1,2})[. -]{1,2}([^\W\d_]{3})[^\W\d_]*\.?[, -]{1,2}(\d{4})" + _TIME, re.IGNORECASE
)
_NAMED_FIRST = re.compile(r"([^\W\d_]{3})[^\W\d_]*\.? (\d{1,2}),? (\d{4})" + _TIME, re.IGNORECASE)
_EPOCH = datetime.date(1970, 1, 1).toordinal()


def looks_like_date(cell: str) -> bool:
    """Return whether a cell is a date in one of the usual orders."""
    return parse_date(cell, "d") is not None or parse_date(cell, "m") is not None


def parse_date(cell: str, order: DateOrder) -> float | None:
    """Return the days of a date since 1970, with the time of day as a fraction; else None."""
    text = cell.strip()
    if not 6 <= len(text) <= 40 or not any(c.isdigit() for c in text):
        return None
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found[1], found[3], found[4]
        time = found.groups()[4:]
    elif found := _YEAR_AND_MONTH.fullmatch(text):
        year, month, day, time = found[1], found[2], "1", (None,) * 4
    elif found := _YEAR_LAST.fullmatch(text):
        day, month = (found[1], found[3]) if order == "d" else (found[3], found[1])
        year, time = found[4], found.groups()[4:]
    elif found := _NAMED.fullmatch(text):
        day, month, year = found[1], str(_MONTHS.get(found[2].lower(), 0)), found[3]
        time = found.groups()[3:]
    elif found := _NAMED_FIRST.fullmatch(text):
        day, month, year = found[2], str(_MONTHS.get(found[1].lower(), 0)), found[3]
        time = found.groups()[3:]
    else:
        return None
    # A time zone is not converted: the hour of the clock is what repeats every day.
    return _days(int(year), int(month), int(day), time)


def _days(year: int, month: int, day: int, time: tuple[str | None, ...]) -> float | None:
    if year < 100:
        year += 2000 if year < 70 else 1900
    hour, minute, second = (int(part or 0) for part in time[:3])
    if (half := time[3]) is not None:
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    try:
        days = datetime.date(year, month, day).toordinal() - _EPOCH
        datetime.time(hour, minute, second)
    except ValueError:
        return None
    return days + (hour * 3600 + minute * 60 + second) / 86_400


def shown_order(cells: Iterable[str]) -> DateOrder | None:
    """Return the order of day and month if a number above 12 shows it."""
    for cell in cells:
        found = _YEAR_LAST.fullmatch(cell.strip())
        if found is not None and int(found[1]) > 12:
            return "d"
        if found is not None and int(found[3]) > 12:
            return "m"
    return None


def usual_order(cells: Iterable[str]) -> DateOrder:
    """Return the usual order: with slashes that of the United States, otherwise that of Europe."""
    for cell in cells:
        if found := _YEAR_LAST.fullmatch(cell.strip()):
            return "m" if found[2] == "/" else "d"
    return "d"


def is_ambiguous(cell: str) -> bool:
    """Return whether day and month of a date could be exchanged."""
    found = _YEAR_LAST.fullmatch(cell.strip())
    return found is not None and int(found[1]) <= 12 and int(found[3]) <= 12
