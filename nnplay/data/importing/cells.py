"""What stands in one cell of a table: a number, nothing, or a word."""

from __future__ import annotations

import re

_BLANKS = frozenset(
    (
        *("", "na", "n/a", "nan", "null", "none", "nat", "<na>", "?", "-", "."),
        # What spreadsheets write where a formula failed.
        *("#n/a", "#na", "#div/0!", "#value!", "#ref!", "#name?", "#null!", "#num!", "#error!"),
    )
)
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_BY_COMMA = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_BY_POINT = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?")
_BY_SPACE = re.compile(r"[+-]?[1-9]\d{0,2}(?:[ '\u00a0\u2009\u202f]\d{3})+(?:[.,]\d*)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+|[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+|[+-]?\d{1,3}(?:,\d{3})+\.\d+")


def is_blank(cell: str) -> bool:
    """Return whether a cell says that its value is missing."""
    return cell.strip().lower() in _BLANKS


def number_in(cell: str, comma: bool = False) -> float | None:
    """Return the number in a cell, None where there is none; `comma` parts its decimals.

    Signs between thousands are read where they stand at every third digit.
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


def tame(text: str) -> str:
    """Return a text that prints, and that no label takes for HTML."""
    plain = "".join(c for c in text if c.isprintable())
    return _TAG.sub("‹", plain)


def inert(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula when it is pasted there."""
    begins = cell.lstrip()[:1]
    return f"'{cell}" if begins in {*"=+-@"} and number_in(cell) is None else cell


def sides_with_comma(cell: str, unsure: bool) -> int:
    """Return 1 where a cell can only have a decimal comma, -1 for a decimal point, 0 for neither.

    What may be either, such as 12,345, counts as a decimal comma where `unsure` is true.
    """
    text = cell.strip()
    if _BY_COMMA.fullmatch(text) and "." not in text and text.count(",") == 1:
        return int(unsure)
    if _DECIMAL_COMMA.fullmatch(text):
        return 1
    return -1 if _DECIMAL_POINT.fullmatch(text) else 0
