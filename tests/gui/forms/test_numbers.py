"""Numbers are read as people type them, written so that they read back, and stepped nicely."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import FAMILIES, Param, kinds
from nnplay.gui.forms.numbers import read_number, step_number, write_number

REAL = Param("x", "float", 1.0, "help", "x")
WHOLE = Param("n", "int", 1, "help", "n")
RATE = Param("lr", "float", 0.001, "help", "learning rate", low=0.0, high=1e12)
NUMBERS = [
    pytest.param(param, id=f"{kind.key}.{param.name}")
    for family in FAMILIES
    for kind in kinds(family).values()
    for param in kind.params()
    if param.type in ("int", "float")
]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_reads_back_exactly(value: float) -> None:
    assert read_number(write_number(value), REAL).value == value


@given(st.integers(-(10**18), 10**18))
def test_an_int_reads_back_exactly(value: int) -> None:
    read = read_number(write_number(value), WHOLE).value
    assert read == value
    assert type(read) is int


@given(st.text(max_size=60))
def test_any_text_gives_a_legal_value_or_a_complaint(text: str) -> None:
    for param in (RATE, WHOLE):
        reading = read_number(text, param)
        assert (reading.value is None) == bool(reading.complaint)
        if reading.value is not None:
            assert param.problem(reading.value) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),
        (" .5 ", 0.5),
        ("0,25", 0.25),
        ("1E+2", 100.0),
        ("\u22122.5", -2.5),
        ("3.", 3.0),
    ],
)
def test_reads_floats(text: str, value: float) -> None:
    assert read_number(text, REAL).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("100,000", 100_000), ("100 000", 100_000), ("1e5", 100_000), ("2.5e1", 25), ("+7", 7)],
)
def test_reads_whole_numbers(text: str, value: int) -> None:
    assert read_number(text, WHOLE).value == value


@pytest.mark.parametrize("text", ["1.5", "100.000", "1,5000", "0x10", "1e999999999", "9" * 50, "²"])
def test_refuses_texts_that_are_not_integers(text: str) -> None:
    reading = read_number(text, WHOLE)
    assert reading.value is None
    assert "integer" in reading.complaint
    assert not reading.unfinished


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "1,000", "1,000,000", "abc", "1_0", "1 2"])
def test_refuses_texts_that_are_not_plain_numbers(text: str) -> None:
    reading = read_number(text, REAL)
    assert reading.value is None
    assert not reading.unfinished


@pytest.mark.parametrize("text", ["", "-", "1e", "1e-", "."])
def test_knows_the_beginning_of_a_number(text: str) -> None:
    assert read_number(text, REAL).unfinished


def test_knows_the_beginning_of_a_grouped_number() -> None:
    for text in ("100,", "100,0", "100,00", "1,000,0"):
        assert read_number(text, WHOLE).unfinished


def test_out_of_range_names_the_range() -> None:
    reading = read_number("-1", RATE)
    assert "0 to 1e12" in reading.complaint
    assert not reading.unfinished


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "0.001"),
        (1e-4, "1e-4"),
        (1.5e-7, "1.5e-7"),
        (0.0, "0"),
        (1.2, "1.2"),
        (-3.0, "-3"),
        (1e12, "1e12"),
        (100_000, "100,000"),
        (5000, "5000"),
    ],
)
def test_numbers_are_written_in_short_form(value: float, text: str) -> None:
    assert write_number(value) == text


def test_a_seed_is_written_without_groups() -> None:
    assert write_number(4_294_967_295, grouped=False) == "4294967295"


@pytest.mark.parametrize("param", NUMBERS)
def test_steps_move_stay_legal_and_reach_both_ends(param: Param) -> None:
    for steps in (1, -1):
        value = param.default
        assert isinstance(value, int | float)
        for _round in range(60):
            new = step_number(value, param, steps)
            assert param.problem(new) is None
            end = param.high if steps > 0 else param.low
            assert (new - value) * steps > 0 or isclose(new, end, rel_tol=1e-5, abs_tol=1e-5)
            value = new


@given(st.integers(-6, 5), st.sampled_from([1, 2, 5]))
def test_a_learning_rate_goes_by_one_two_five(exponent: int, digit: int) -> None:
    value = float(f"{digit}e{exponent}")
    up = step_number(value, RATE, 1)
    assert up / value == pytest.approx(2.5 if digit == 2 else 2)
    assert write_number(up).strip("0.e-123456789") in ("", "e")
    assert step_number(up, RATE, -1) == pytest.approx(value)


def test_steps_suit_the_number() -> None:
    def walk(param: Param, value: float, steps: int) -> list[float]:
        return [step_number(value, param, n) for n in range(1, steps + 1)]

    near_one = Param("beta1", "float", 0.9, "h", "l", low=0.0, high=0.999999)
    assert walk(near_one, 0.9, 3) == [0.95, 0.98, 0.99]
    share = Param("p", "float", 0.2, "h", "l", low=0.0, high=0.95)
    assert walk(share, 0.2, 3) == [0.25, 0.3, 0.35]
    assert walk(WHOLE, 9, 3) == [10, 11, 12]
    assert walk(WHOLE, 98, 3) == [99, 100, 110]
    assert step_number(100, WHOLE, -1) == 99
    assert step_number(1e-6, RATE, -1) == 0.0
    assert step_number(0.0, RATE, 1) == 1e-6
