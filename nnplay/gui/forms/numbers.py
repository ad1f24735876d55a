"""Numbers as people type them: reading, writing and stepping, without a widget."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, isfinite, log10

from nnplay.catalog import Param
from nnplay.translation import _

Number = int | float

_GROUPS = re.compile(r"[+-]?\d{1,3}(?:[ ,_'\u00a0\u2009\u202f]\d{3})+")
_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")
_BEGINNING = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d*)?(?:[eE][+-]?)?")
_GROUPS_BEGINNING = re.compile(r"[+-]?\d{1,3}(?:,\d{3})*,\d{0,2}")
_LONGEST = 40
_SMALLEST_STEP = 1e-6
_GROUPED_FROM = 10_000


@dataclass(frozen=True)
class Reading:
    """The result of reading a typed text; without a value, it says what was expected."""

    value: Number | None
    complaint: str = ""
    unfinished: bool = False
    """Whether more characters could make it a number, such as after `1e-`."""


def read_number(text: str, param: Param) -> Reading:
    """Read a typed text for an int or a float parameter."""
    text = text.strip().replace("\u2212", "-")
    value = _whole(text) if param.type == "int" else _real(text)
    if value is None:
        return Reading(None, _expected(param), _is_beginning(text, param))
    if param.problem(value) is not None:
        return Reading(None, _expected(param))
    return Reading(value)


def write_number(value: Number, *, grouped: bool = True) -> str:
    """Write a number in the shortest form that reads back exactly: `0.001`, `1e-5`, `100,000`."""
    if isinstance(value, int):
        return f"{value:,}" if grouped and abs(value) >= _GROUPED_FROM else str(value)
    if not isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    exact = Decimal(repr(value))
    plain = format(exact, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    digits = "".join(map(str, exact.as_tuple().digits)).rstrip("0") or "0"
    point = f".{digits[1:]}" if len(digits) > 1 else ""
    short = f"{'-' if value < 0 else ''}{digits[0]}{point}e{exact.adjusted()}"
    if 1e-3 <= abs(value) < 1e6 or len(plain) < len(short):
        return plain
    return short


def write_rounded(value: float, digits: int = 3) -> str:
    """Write a number rounded to `digits` digits, in the same form as in a field: `1e-4`."""
    return write_number(float(f"{value:.{digits}g}"))


def range_words(param: Param) -> str:
    """Return the legal range in words, such as `0 to 1`."""
    low, high = (None if end is None else _end(end) for end in (param.low, param.high))
    if low is not None and high is not None:
        return _("{low} to {high}").format(low=low, high=high)
    if low is not None:
        return _("at least {low}").format(low=low)
    return _("at most {high}").format(high=high) if high is not None else _("any number")


def step_number(value: Number, param: Param, steps: int) -> Number:
    """Return the value `steps` suitable steps up or down from `value`, within the limits.

    Integers step by the second digit (64, 65 but 5000, 5100), magnitudes such as a learning rate by
    1-2-5, shares near one by their distance from one (0.9, 0.95, 0.98), other numbers by a
    constant.
    """
    for _unused in range(abs(steps)):
        value = _one_step(value, param, up=steps > 0)
        if param.low is not None:
            value = max(value, param.low)
        if param.high is not None:
            value = min(value, param.high)
    return int(value) if param.type == "int" else float(value)


def _one_step(value: Number, param: Param, *, up: bool) -> Number:
    if param.type == "int":
        return _whole_step(int(value), up)
    if _goes_by_size(param):
        return _size_step(value, up)
    if _is_near_one(param) and value < 1 - _SMALLEST_STEP / 2 and (up or value > 0):
        missing = _nice(1 - value, up=not up)
        return round(1 - missing, 12)
    return _even_step(value, _stride(param), up)


def _goes_by_size(param: Param) -> bool:
    default, low, high = float(param.default), param.low, param.high
    return (
        0 < default <= 0.01
        or "decay" in param.name
        or (high is not None and high >= 1e6)
        or (low is not None and high is not None and low > 0 and high / low >= 1e4)
    )


def _is_near_one(param: Param) -> bool:
    return (
        param.low == 0
        and param.high is not None
        and 0.99 < param.high <= 1
        and (float(param.default) >= 0.9)
    )


def _whole_step(value: int, up: bool) -> int:
    size: int = 10 ** max(0, len(str(abs(value if up else value - 1))) - 2)
    return (value // size + 1) * size if up else (-(-value // size) - 1) * size


def _size_step(value: Number, up: bool) -> float:
    if value <= 0:
        return _SMALLEST_STEP if up else 0.0
    if not up and value <= _SMALLEST_STEP * (1 + 1e-9):
        return 0.0
    return _nice(value, up=up)


def _nice(value: Number, *, up: bool) -> float:
    exponent = floor(log10(value))
    ladder = [float(f"{m}e{e}") for e in range(exponent - 1, exponent + 2) for m in (1, 2, 5)]
    if up:
        return min(rung for rung in ladder if rung > value * (1 + 1e-9))
    return max(rung for rung in ladder if rung < value * (1 - 1e-9))


def _stride(param: Param) -> float:
    default, low, high = abs(float(param.default)), param.low, param.high
    if low is not None and high is not None and high - low <= 1:
        return 0.05
    return float(10.0 ** (floor(log10(default)) - 1)) if default >= 1 else 0.1


def _even_step(value: Number, stride: float, up: bool) -> float:
    rungs = value / stride
    rung = floor(rungs + 1e-9) + 1 if up else ceil(rungs - 1e-9) - 1
    return round(rung * stride, 12)


def _end(end: float) -> str:
    return write_number(int(end) if float(end).is_integer() and abs(end) < 1e12 else end)


def _expected(param: Param) -> str:
    if param.type == "int":
        return _("Expected an integer: {range}.").format(range=range_words(param))
    return _("Expected a number: {range}.").format(range=range_words(param))


def _is_beginning(text: str, param: Param) -> bool:
    if param.type == "int" and _GROUPS_BEGINNING.fullmatch(text):
        return True
    return bool(_BEGINNING.fullmatch(text)) and not _NUMBER.fullmatch(text)


def _whole(text: str) -> int | None:
    if len(text) > _LONGEST:
        return None
    if _GROUPS.fullmatch(text):
        text = re.sub(r"[^\d+-]", "", text)
    if not _NUMBER.fullmatch(text) or "," in text:
        return None
    exact = Decimal(text)
    if exact.adjusted() > _LONGEST or exact != exact.to_integral_value():
        return None
    # 100.000 is a hundred in some countries and a hundred thousand in others: do not guess.
    return None if re.fullmatch(r"[+-]?\d{1,3}\.\d{3}", text) else int(exact)


def _real(text: str) -> float | None:
    ambiguous = re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+", text)
    if len(text) > _LONGEST or ambiguous or not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if isfinite(value) else None
