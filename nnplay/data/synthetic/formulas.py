"""Evaluates typed formulas over arrays; `nnplay.catalog.formula` decides what they may contain."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import partial, reduce
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from simpleeval import InvalidExpression, SimpleEval

from nnplay.catalog.formula import FormulaError, names_in, parse
from nnplay.data.arrays import DataError
from nnplay.translation import _

Numbers = npt.NDArray[np.float64]

_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    # Always in floating point: 9**9**9 is then infinite immediately instead of taking for ever.
    **{
        node: partial(function, dtype=np.float64)
        for node, function in (
            (ast.Add, np.add),
            (ast.Sub, np.subtract),
            (ast.Mult, np.multiply),
            (ast.Div, np.divide),
            (ast.Mod, np.mod),
            (ast.Pow, np.power),
            (ast.UAdd, np.positive),
            (ast.USub, np.negative),
        )
    },
    ast.Not: lambda value: 1.0 - _as_condition(value),
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{
        name: partial(getattr(np, name), dtype=np.float64)
        for name in (
            *("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "log2", "log10"),
            *("sqrt", "sign", "floor", "ceil", "hypot"),
        )
    },
    **{
        short: partial(function, dtype=np.float64)
        for short, function in (
            ("asin", np.arcsin),
            ("acos", np.arccos),
            ("atan", np.arctan),
            ("atan2", np.arctan2),
            ("abs", np.absolute),
            ("round", np.rint),
        )
    },
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
}
_RANDOM: Mapping[str, Callable[[np.random.Generator, int], Numbers]] = {
    "noise": lambda rng, count: rng.normal(size=count),
    "uniform": lambda rng, count: rng.random(count),
}
_CONSTANTS: Mapping[str, float] = {"pi": np.pi, "e": np.e}


def _as_condition(value: Any) -> Numbers:
    """Return 1 for true, 0 for false, NaN for neither, as in a comparison with infinity."""
    return np.where(np.isnan(value), np.nan, np.not_equal(value, 0).astype(np.float64))


def _both(one: Numbers, other: Numbers) -> Numbers:
    """Return `one and other`: false where one of them is, whatever the other is."""
    return np.where((one == 0) | (other == 0), 0.0, one * other)


def _either(one: Numbers, other: Numbers) -> Numbers:
    """Return `one or other`: true where one of them is, whatever the other is."""
    return np.where((one == 1) | (other == 1), 1.0, one + other)


class _Evaluator(SimpleEval):  # type: ignore[misc]
    """Evaluates over arrays, where a comparison has a result for each element.

    A comparison with a value that is not finite is undefined, which is NaN, and so is a formula
    whose result depends on it.
    """

    def __init__(self, names: Mapping[str, Numbers]) -> None:
        super().__init__(dict(_OPERATORS), dict(FUNCTIONS), {**_CONSTANTS, **names})
        self.nodes |= {
            ast.Compare: self._comparison,
            ast.BoolOp: self._both_or_either,
            ast.IfExp: self._choice,
        }

    def _comparison(self, node: ast.Compare) -> Any:
        values = [self._eval(part) for part in (node.left, *node.comparators)]
        pairs = pairwise(values)
        found = [
            np.where(
                np.isfinite(left) & np.isfinite(right),
                self.operators[type(op)](left, right),
                np.nan,
            )
            for op, (left, right) in zip(node.ops, pairs, strict=True)
        ]
        return reduce(_both, found)

    def _both_or_either(self, node: ast.BoolOp) -> Any:
        function = _both if isinstance(node.op, ast.And) else _either
        return reduce(function, (_as_condition(self._eval(part)) for part in node.values))

    def _choice(self, node: ast.IfExp) -> Any:
        test, body, other = (self._eval(part) for part in (node.test, node.body, node.orelse))
        return np.where(np.isnan(test), np.nan, np.where(test, body, other))


def evaluate(
    text: str,
    variables: Mapping[str, Numbers],
    rng: np.random.Generator,
    *,
    condition: bool = False,
) -> Numbers:
    """Return the value of a formula at all points, given as arrays (n,); true is 1 and false is 0.

    `noise` and `uniform` are random numbers, generated only if the formula uses them. Raises
    DataError if the text is not a formula, or if a value is not finite.
    """
    first = next(iter(variables.values()))
    try:
        tree = parse(text, (*variables, *_RANDOM), condition=condition)
    except FormulaError as error:
        raise DataError(pointed(text, error), error.hint) from error
    used = names_in(tree)
    random = {name: sample(rng, len(first)) for name, sample in _RANDOM.items() if name in used}
    try:
        with np.errstate(all="ignore"):
            found = _Evaluator({**variables, **random}).eval("", previously_parsed=tree)
    except InvalidExpression as error:
        raise DataError(_("The formula cannot be evaluated: {why}.").format(why=error)) from error
    values = np.array(np.broadcast_to(found, first.shape), dtype=np.float64)
    wrong = ~np.isfinite(values)
    if wrong.any():
        place = ", ".join(f"{name} = {array[wrong][0]:.4g}" for name, array in variables.items())
        what = _("The formula has no finite value at {place}.")
        hint = _("Choose a narrower range, or avoid 0 / 0 and log(0).")
        if condition:
            what = _("Expected finite numbers to compare; received infinity or none at {place}.")
            hint = _("Exclude such points, as in x > 0 and y > log(x).")
        raise DataError(what.format(place=place), hint)
    return values


def pointed(text: str, error: FormulaError) -> str:
    """Return the error message, then the formula with a caret under the wrong character."""
    return f"{error}\n{text}\n{' ' * error.at}^"
