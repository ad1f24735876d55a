"""Formulas are evaluated as Python does, point by point."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import Border, Formula
from nnplay.catalog import formula as language
from nnplay.data.arrays import DataError
from nnplay.data.load import load
from nnplay.data.synthetic import formulas

X = np.linspace(-2.0, 2.0, 9)


def value_of(text: str, x: np.ndarray = X) -> np.ndarray:
    return formulas.evaluate(text, {"x": x}, np.random.default_rng(0))


KNOWN = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")} | {
    "abs": abs,
    "sign": lambda x: (x > 0) - (x < 0),
    "round": round,
    "min": min,
    "max": max,
}


@pytest.mark.parametrize(
    "text",
    [
        *("3", "x", "-x", "2 + 3*x - x/4", "x**2", "2**x", "2**-x", "-x**2", "x % 1.5"),
        *(f"{name}(0.7*x)" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp")),
        *(f"{name}(x*x + 1)" for name in ("log", "log2", "log10", "sqrt", "atan")),
        *("asin(x/2)", "acos(x/2)", "abs(x)", "sign(x)", "floor(x)", "ceil(x)", "round(0.7*x)"),
        *("min(x, 1, 0.5)", "max(x, 0)", "atan2(x, 1)", "hypot(x, 2)", "pi*x + e"),
        *("1 if x > 0 else -1", "x if x > 1 else -x if x < -1 else 0", "(x > 0) + (x > 1)"),
        *("-1 < x <= 1", "x > 0 and x < 1", "x < -1 or x > 1", "not x > 0", "x == 0", "x != 0"),
        "-1 < x < 1 and not x == 0 or x >= 2",
    ],
)
def test_every_operator_and_function_matches_python(text: str) -> None:
    expected = [float(eval(text, {"__builtins__": {}}, {**KNOWN, "x": float(x)})) for x in X]
    assert value_of(text) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_every_valid_formula_can_be_evaluated() -> None:
    assert set(formulas.FUNCTIONS) == set(language.FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1/x", "x = 0"),
        ("log(x)", "x = -2"),
        ("sqrt(x - 1)", "x = -2"),
        ("x**0.5", "x = -2"),
        ("9**9**9**9", "x = -2"),
        ("exp(1000*x)", "x = 1"),
        ("x/(x - x)", "x = -2"),
        ("x % (x - x)", "x = -2"),
        ("x if log(x) > 0 else 2", "x = -2"),
    ],
)
def test_a_point_without_a_value_is_reported(text: str, place: str) -> None:
    with pytest.raises(DataError, match="no finite value at") as caught:
        value_of(text)
    assert place in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x > 1/(x - x)", "x = -2"),
        ("x > log(x)", "x = -2"),
        ("log(x) < x < 1", "x = -2"),
        ("1/x == 1/x", "x = 0"),
        ("not (x < sqrt(x - 1))", "x = -2"),
        ("x > 0 or log(x) < 9", "x = -2"),
        ("x > 5 or x < exp(1000*x)", "x = 1"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_comparison_with_no_finite_number_is_reported(text: str, place: str) -> None:
    with pytest.raises(DataError, match="Expected finite numbers") as caught:
        formulas.evaluate(text, {"x": X}, np.random.default_rng(0), condition=True)
    assert f"{place}." in str(caught.value)
    assert "Exclude such points" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x > 0 and x > log(x)", X > 0),  # log(x) < x for every x > 0
        ("x <= 0 or x > log(x)", X > -9),
        ("not (x > 0 and log(x) < 0)", ~((X > 0) & (X < 1))),
        ("log(x) > 0 if x > 0 else x < -1", np.where(X > 0, X > 1, X < -1)),
    ],
)
def test_points_can_be_excluded_from_a_comparison(text: str, expected: np.ndarray) -> None:
    found = formulas.evaluate(text, {"x": X}, np.random.default_rng(0), condition="if" not in text)
    np.testing.assert_array_equal(found, expected)


def test_a_border_without_finite_numbers_is_refused_when_the_data_are_made() -> None:
    with pytest.raises(DataError, match="Expected finite numbers to compare"):
        load(Border(expression="y > log(x)"), 0)


def test_a_wrong_character_is_marked_under_the_formula() -> None:
    with pytest.raises(DataError) as caught:
        value_of("sin(3*z)")
    assert str(caught.value).splitlines()[1:] == ["sin(3*z)", "      ^"]


def test_noise_is_one_normal_number_for_each_point() -> None:
    samples = load(Formula(points=20_000, expression="2 + 3*noise"), 0).samples
    assert samples.y.mean() == pytest.approx(2, abs=4 * 3 / math.sqrt(20_000))
    assert samples.y.std() == pytest.approx(3, rel=0.03)
    twice = load(Formula(points=100, expression="noise - noise + uniform - uniform"), 0).samples
    assert (twice.y == 0).all()
    even = load(Formula(points=20_000, expression="uniform"), 0).samples.y
    assert 0 <= even.min() < 0.001
    assert 0.999 < even.max() < 1


def test_a_formula_without_noise_is_the_same_for_every_seed() -> None:
    assert load(Formula(expression="x"), 1) is load(Formula(expression="x"), 2)


@given(st.text(alphabet="x019.e+-*/%() <>=,sinmaxadoru", max_size=30))
def test_any_text_gives_finite_numbers_or_a_message(text: str) -> None:
    try:
        values = value_of(text)
    except DataError as error:
        assert str(error)
    else:
        assert values.shape == X.shape
        assert np.isfinite(values).all()
