"""Reads one cell of a table: a number, a missing value, or text."""

from __future__ import annotations

import re

_MISSING = frozenset(
    (
        *("", "na", "n/a", "nan", "null", "none", "nat", "<na>", "?", "-", "."),
        # What spreadsheets show if a formula failed.
        *("#n/a", "#na", "#div/0!", "#value!", "#ref!", "#name?", "#null!", "#num!", "#error!"),
    )
)
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_BY_COMMA = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_BY_POINT = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?")
_BY_SPACE = re.compile(r"[+-]?[1-9]\d{0,2}(?:[ '\u00a0\u2009\u202f]\d{3})+(?:[.,]\d*)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+|[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+|[+-]?\d{1,3}(?:,\d{3})+\.\d+")


def is_missing(cell: str) -> bool:
    """Return whether a cell denotes a missing value."""
    return cell.strip().lower() in _MISSING


def parse_number(cell: str, comma: bool = False) -> float | None:
    """Return the number in a cell, or None; `comma` selects the comma as decimal separator.

    Thousands separators are accepted in front of every group of three digits.
    """
    if "_" in cell:  # which Python allows within numbers
        return None
    text = cell.strip()
    if comma and _BY_POINT.fullmatch(text):
        text = text.replace(".", "")
    elif not comma and _BY_COMMA.fullmatch(text):
        text = text.replace(",", "")
    elif _BY_SPACE.fullmatch(text):
        text = re.sub(r"[^\d.,+-]", "", text)
    try:
        return float(text.replace(",", ".") if comma else text)
    except ValueError:
        return None


def display_text(text: str) -> str:
    """Return a text without control characters, and that no label renders as HTML."""
    plain = "".join(c for c in text if c.isprintable())
    return _TAG.sub("‹", plain)


def without_formula(cell: str) -> str:
    """Return a text that a spreadsheet does not evaluate as a formula when it is pasted."""
    first = cell.lstrip()[:1]
    return f"'{cell}" if first in {*"=+-@"} and parse_number(cell) is None else cell


def decimal_separator_vote(cell: str, ambiguous_is_comma: bool) -> int:
    """Return 1 for evidence of a decimal comma, -1 for a decimal point, 0 for neither.

    An ambiguous number, such as 12,345, counts as a decimal comma if `ambiguous_is_comma`.
    """
    text = cell.strip()
    if _BY_COMMA.fullmatch(text) and "." not in text and text.count(",") == 1:
        return int(ambiguous_is_comma)
    if _DECIMAL_COMMA.fullmatch(text):
        return 1
    return -1 if _DECIMAL_POINT.fullmatch(text) else 0
