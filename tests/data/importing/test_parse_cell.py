"""Cells are read as people write them, with a decimal point or comma."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.data.importing.parse_cell import display_text, is_missing, parse_number, without_formula


@pytest.mark.parametrize(
    ("cell", "comma", "number"),
    [
        ("1.5", False, 1.5),
        ("1,5", True, 1.5),
        ("1,234", False, 1234),
        ("1,234", True, 1.234),
        ("1,234,567.8", False, 1234567.8),
        ("1.234.567,8", True, 1234567.8),
        ("1.234", True, 1234),
        ("1.234", False, 1.234),
        ("0,123", True, 0.123),
        ("12 345,6", True, 12345.6),
        ("12\u202f345.6", False, 12345.6),
        ("1'234", False, 1234),
        ("-1e-3", False, -0.001),
        ("  7 ", False, 7),
        ("1,23", False, None),
        ("0,123", False, None),
        ("1 23", False, None),
        ("1_000", False, None),
        ("0x10", False, None),
        ("=1+1", False, None),
        ("", False, None),
    ],
)
def test_numbers(cell: str, comma: bool, number: float | None) -> None:
    assert parse_number(cell, comma) == number


@given(st.integers(-(10**12), 10**12), st.booleans())
def test_grouped_numbers_are_read_back(number: int, comma: bool) -> None:
    text = f"{number:,}".replace(",", ".") if comma else f"{number:,}"
    assert parse_number(text, comma) == number


@pytest.mark.parametrize("cell", ["", " ", "NA", "n/a", "NaN", "NULL", "#N/A", "#DIV/0!", "?"])
def test_blanks(cell: str) -> None:
    assert is_missing(cell)


def test_words_are_not_blanks() -> None:
    assert not any(map(is_missing, ("0", "no", "#1", "nano", "none of these")))


@given(st.text())
def test_shown_text_has_neither_html_nor_control_characters(text: str) -> None:
    shown = display_text(text)
    assert shown.isprintable()
    assert "<b>" not in display_text("<b>" + text)
    assert display_text(shown) == shown


def test_class_intervals_are_unchanged() -> None:
    assert [display_text(one) for one in ("<=50K", ">50K", "a < b")] == ["<=50K", ">50K", "a < b"]


@given(st.text(max_size=30))
def test_no_spreadsheet_runs_what_is_pasted(text: str) -> None:
    pasted = without_formula(text)
    assert text in pasted
    assert pasted.lstrip()[:1] not in set("=@+-") or parse_number(text) is not None


def test_numbers_are_pasted_as_numbers() -> None:
    assert [without_formula(one) for one in ("-1.5", "+2", "=1+1")] == ["-1.5", "+2", "'=1+1"]
