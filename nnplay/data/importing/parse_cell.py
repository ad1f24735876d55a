"""Reads one cell of a table: a number, a missing value, or text."""

from __future__ import annotations

import re

_MISSING = frozenset(
    (
        *("", "na", "n/a", "n.a.", "nan", "null", "none", "nat", "<na>", "?", "-", "."),
        *("--", "---", "\u2013", "\u2014", "k. a.", "k.a.", "k. a", "#n/v"),
        # What spreadsheets show if a formula failed.
        *("#n/a", "#na", "#div/0!", "#value!", "#ref!", "#name?", "#null!", "#num!", "#error!"),
    )
)
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_BY_COMMA = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_BY_POINT = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?")
_BY_SPACE = re.compile(r"[+-]?[1-9]\d{0,2}(?:[ '\u2019\u00a0\u2009\u202f]\d{3})+(?:[.,]\d*)?")
_BY_TWO = re.compile(r"[+-]?[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d*)?")
"""Groups of two digits before the last three, as in India: 12,34,567."""
_MINUS = str.maketrans("\u2212\u2013\ufe63\uff0d", "----")
_CURRENCY = (
    r"(?:(?:US|CA|AU|NZ|HK|A|C|R)?\$|[€£¥₹₽₩₺₪฿]|Rs\.?|Fr\.?|kr\.?|"
    r"EUR|USD|GBP|CHF|JPY|CNY|INR|RUB|SEK|NOK|DKK|PLN|CZK|HUF|AUD|CAD|NZD|BRL|ZAR|TRY|KRW|MXN)"
)
_SIGNED = re.compile(
    rf"(?P<open>\()?(?P<sign>[+-])?\s*(?P<before>{_CURRENCY})?\s*(?P<number>[+-]?[\d.,][^()%]*?)"
    rf"\s*(?P<after>%|{_CURRENCY})?(?P<minus>-)?(?P<close>\))?"
)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+|[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+|[+-]?\d{1,3}(?:,\d{3})+\.\d+")


def is_missing(cell: str) -> bool:
    """Return whether a cell denotes a missing value among numbers."""
    return cell.strip().lower() in _MISSING


def parse_number(cell: str, comma: bool = False) -> float | None:
    """Return the number in a cell, or None; `comma` selects the comma as decimal separator.

    Thousands separators are accepted in front of every group of three digits. A percent sign or a
    currency is dropped: 27.9% is 27.9. A number in parentheses is negative, as in accounts.
    """
    text = cell.strip()
    number = _plain_number(text, comma)
    if number is None and (found := _bare(text)) is not None:
        number = _plain_number(found[0], comma)
    return number


def signs_of(cell: str) -> str:
    """Return the percent sign, currency or typographic minus with which a number is written."""
    if (found := _bare(cell.strip())) is None:
        return ""
    return found[1] or ("" if cell.isascii() else "\u2212")


def _plain_number(text: str, comma: bool) -> float | None:
    if "_" in text:  # which Python allows within numbers
        return None
    if comma and _BY_POINT.fullmatch(text):
        text = text.replace(".", "")
    elif not comma and (_BY_COMMA.fullmatch(text) or _BY_TWO.fullmatch(text)):
        text = text.replace(",", "")
    elif _BY_SPACE.fullmatch(text):
        text = re.sub(r"[^\d.,+-]", "", text)
    try:
        return float(text.replace(",", ".") if comma else text)
    except ValueError:
        return None


def _bare(text: str) -> tuple[str, str] | None:
    """Return the plain number in a text and its percent sign or currency; None without signs."""
    if len(text) > 60 or not any(c.isdigit() for c in text):
        return None
    plain = text.translate(_MINUS)
    found = _SIGNED.fullmatch(plain)
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    before, after = found["before"] or "", found["after"] or ""
    if (before and after) or (plain == text and found["number"] == text):
        return None
    minus = [found["sign"] == "-", bool(found["minus"]), bool(found["open"])]
    if sum(minus) > 1 or (any(minus) and found["number"][0] in "+-"):
        return None
    return ("-" if any(minus) else "") + found["number"], before or after


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
    text = (_bare(text) or (text, ""))[0]
    if _BY_COMMA.fullmatch(text) and "." not in text and text.count(",") == 1:
        return int(ambiguous_is_comma)
    if _DECIMAL_COMMA.fullmatch(text):
        return 1
    return -1 if _DECIMAL_POINT.fullmatch(text) else 0
