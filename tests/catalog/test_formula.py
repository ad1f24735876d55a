"""What a formula may contain, and where the mark is when it contains anything else."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import MSE, SGD, Border, Dense, Formula
from nnplay.catalog.formula import LONGEST, FormulaError, formula_faults, names_in, parse
from nnplay.experiment import Experiment, check

NAMES = ("x", "noise")

WRONG = [
    ("", 0, "empty"),
    ("   ", 3, "empty"),
    ("y =", 3, "empty"),
    ("sin(3*x", 3, "never closed"),
    ("x + 1)", 5, "does not close"),
    ("3x", 1, "missing after the number"),
    ("2(x)", 1, "missing after the number"),
    ("x + 0x10", 5, "missing after the number"),
    ("x + 1j", 5, "missing after the number"),
    ("1_000", 1, "missing after the number"),
    ("sinn(x)", 0, "Unknown function sinn"),
    ("1 + z", 4, "Unknown name z"),
    ("y = 1 + z", 8, "Unknown name z"),
    ("y == x", 0, "Unknown name y"),
    ("x + sin", 4, "needs brackets"),
    ("1 + min(x)", 4, "at least 2"),
    ("1 + sin(x, x)", 4, "takes 1"),
    ("x +", 3, "missing, or there is too much"),
    ("x x", 2, "missing, or there is too much"),
    ("sin()", 0, "takes 1"),
    ("sin(x=1)", 0, "not allowed in a formula"),
    ("sin(*x)", 4, "not allowed in a formula"),
    ("x, x", 0, "not allowed in a formula"),
    ("x.real", 0, "not allowed in a formula"),
    ("x.__class__", 0, "not allowed in a formula"),
    ("(x).sin(1)", 0, "not allowed in a formula"),
    ("await x", 0, "not allowed in a formula"),
    ("(x for x in x)", 0, "not allowed in a formula"),
    ("x in x", 0, "not allowed in a formula"),
    ("x is x", 0, "not allowed in a formula"),
    ("x // 2", 0, "not allowed in a formula"),
    ("1 + True", 4, "Only numbers"),
    ("1 + None", 4, "Only numbers"),
    ("x * 1e999", 4, "too large"),
    ("x²", 1, "not allowed in a formula"),
    ("x ^ 2", 2, "not allowed in a formula"),
    ("__import__('os')", 11, "not allowed in a formula"),
    ("[x]", 0, "not allowed in a formula"),
    ("lambda: x", 6, "not allowed in a formula"),
    ("x if x", 0, "missing, or there is too much"),
    ("x # y", 2, "not allowed in a formula"),
    ("x\\", 1, "not allowed in a formula"),
    ("sin(\n", 4, "not allowed in a formula"),
    ("-" * 100 + "x", 31, "nested too deep"),
    ("(" * 98 + "x" + ")" * 98 + "*z", 198, "Unknown name z"),
    ("x" * (LONGEST + 1), LONGEST, "at most"),
]


@pytest.mark.parametrize(("text", "at", "says"), WRONG)
def test_errors_are_reported_and_marked(text: str, at: int, says: str) -> None:
    with pytest.raises(FormulaError, match=says) as caught:
        parse(text, NAMES)
    assert caught.value.at == at


@pytest.mark.parametrize(
    "text",
    [
        *("x", "  x ", "y=x", " y = x", "1e5*x", "-x**2", "+x % 2", ".5*x", "5.*x", "pi + e"),
        *("sin(3*x) + 0.2*noise", "1 if x > 0 else -1", "min(x, 1, noise)", "hypot(x, 1)"),
        *("-1 < x <= 1", "x > 0 and not x > 1 or x < -1", "x != 0", "x1e5 if 0 else x"),
    ],
)
def test_valid_formulas_are_accepted(text: str) -> None:
    names = (*NAMES, "x1e5")
    assert isinstance(parse(text, names), ast.expr)


def test_division_by_zero_is_a_problem_before_any_data_are_made() -> None:
    (fault,) = Border(expression="y > 1/0").faults()
    assert (fault.field, fault.at) == ("expression", 6)
    assert "divides by zero" in fault.what
    assert not list(Border(expression="y > 1/2").faults())
    assert list(Border(expression="y > x % 0.0").faults())


def test_a_condition_is_a_comparison() -> None:
    for text in ("y > x**3 - x", "not (x < 0 or y < 0) and x != y", "0 < x < 1"):
        parse(text, ("x", "y"), condition=True)
    for text in ("x + y", "sin(x)", "(x > 0) + 1", "1 if x > 0 else 0"):
        with pytest.raises(FormulaError, match="comparison"):
            parse(text, ("x", "y"), condition=True)
    with pytest.raises(FormulaError, match="missing, or there is too much"):
        parse("y = x", ("x", "y"), condition=True)


def test_a_similar_name_is_suggested() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("tanhh(x)", NAMES)
    assert "Did you mean tanh?" in caught.value.hint


def test_names_are_all_names_in_a_formula() -> None:
    assert names_in(parse("sin(x) + 2*noise", NAMES)) == {"sin", "x", "noise"}


@given(st.text(alphabet="xyz019.eE+-*/%() <>=!,_sinmaxandotrf'[]:\n\x00é", max_size=40) | st.text())
def test_any_text_is_a_formula_or_has_an_error_mark(text: str) -> None:
    try:
        parse(text, NAMES)
    except FormulaError as error:
        assert 0 <= error.at <= len(text)
        assert str(error)


def test_a_wrong_formula_is_a_problem_of_its_field() -> None:
    experiment = Experiment(Formula(expression="sin(3*z)"), (Dense(1),), MSE(), SGD())
    (problem,) = check(experiment)
    assert (str(problem.where), problem.at) == ("data.expression", 6)
    assert "Unknown name z" in problem.what
    assert check(Experiment(Formula(), (Dense(1),), MSE(), SGD())) == ()


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("y > x^2", "y > x**2"),
        ("y > x² - 1", "y > x**2 - 1"),
        ("y > x^", "y > x"),
        ("y >", "y > x"),
    ],
)
def test_the_fix_of_a_power_keeps_the_formula(text: str, offered: str) -> None:
    (fault,) = formula_faults("border", text, ("x", "y"), "y > x", condition=True)
    assert fault.fix_label == f"Use {offered}"
    assert fault.fix == (("border", offered),)
