"""The features of points, compared with NumPy's evaluation of the formulas, and in a network."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import (
    FEATURES,
    SGD,
    Adam,
    CrossEntropy,
    Dense,
    Features,
    Painted,
    ShapeError,
    Sine,
    Spiral,
)
from nnplay.catalog.formula import FUNCTIONS, parse
from nnplay.data.synthetic.formulas import evaluate
from nnplay.engine.modules.features import Features as Module
from nnplay.experiment import Experiment, check
from nnplay.link import Finished
from tests.engine.rig import Run

POINTS = np.random.default_rng(1).uniform(-2.5, 2.5, (200, 2))
X = torch.tensor(POINTS)
PLACES = {"x": POINTS[:, 0], "y": POINTS[:, 1]}


def by_numpy(formula: str) -> np.ndarray:
    return evaluate(formula, PLACES, np.random.default_rng(0))


def of_two() -> st.SearchStrategy[str]:
    """Return formulas that are finite everywhere."""
    leaves = st.sampled_from(["x", "y", "pi", "e", "2", "0.5", "-x"])

    def grown(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        signs, order = st.sampled_from("+-*"), st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
        one = st.sampled_from(["sin", "cos", "tanh", "atan", "abs", "sign", "floor", "round"])
        two = st.sampled_from(["min", "max", "hypot"])
        return st.one_of(
            st.builds("({} {} {})".format, part, signs, part),
            st.builds("({} {} {})".format, part, order, part),
            st.builds("{}({})".format, one, part),
            st.builds("{}({}, {})".format, two, part, part),
            st.builds("({} if {} > {} else {})".format, part, part, part, part),
            st.builds("({} < {} and not {} > 1)".format, part, part, part),
            st.builds("({} > 0 or {} < 0)".format, part, part),
        )

    return st.recursive(leaves, grown, max_leaves=6)


@given(of_two())
def test_formulas_match_numpy(formula: str) -> None:
    found = Module((formula,))(X)
    assert found.shape == (200, 1)
    np.testing.assert_allclose(found[:, 0], by_numpy(formula), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_the_language_is_there(name: str) -> None:
    fewest, _most = FUNCTIONS[name]
    inside = "abs(x) / 3 + 0.1" if name not in ("acosh",) else "1 + abs(x)"
    formula = f"{name}({', '.join([inside, 'y'][:fewest])})"
    np.testing.assert_allclose(Module((formula,))(X)[:, 0], by_numpy(formula), rtol=1e-9)


def test_powers_remainders_and_chains() -> None:
    for formula in ("x**3 % 2", "-x % 0.7", "2**y", "-2 < x < y <= 2", "x / (y**2 + 1)", "7"):
        np.testing.assert_allclose(Module((formula,))(X)[:, 0], by_numpy(formula), rtol=1e-9)


def test_invalid_formulas_are_not_run() -> None:
    for text in ("__import__('os')", "x.real", "(lambda: 1)()", "[x][0]", "'a'", "eval(x)"):
        with pytest.raises((ValueError, KeyError)):
            Module((text,))(X)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_each_switch_is_its_feature(feature) -> None:
    off = {one.name: False for one in FEATURES}
    layer = Features(**(off | {feature.name: True}))
    known = {
        **{"x": POINTS[:, 0], "y": POINTS[:, 1], "x2": POINTS[:, 0] ** 2},
        **{"y2": POINTS[:, 1] ** 2, "xy": POINTS[:, 0] * POINTS[:, 1]},
        **{"sin_x": np.sin(POINTS[:, 0]), "cos_x": np.cos(POINTS[:, 0])},
        **{"sin_y": np.sin(POINTS[:, 1]), "cos_y": np.cos(POINTS[:, 1])},
    }
    found = Module(**layer.call((2,)).args)(X)
    np.testing.assert_allclose(found[:, 0], known[feature.name])
    assert found.shape[1:] == layer.out_shape((2,)) == (1,)


def test_a_line_has_no_y() -> None:
    everything = Features(**{one.name: True for one in FEATURES}, typed="x**3")
    assert everything.out_shape((2,)) == (10,)
    assert everything.out_shape((1,)) == (5,)
    found = Module(**everything.call((1,)).args)(torch.tensor([[2.0]]))
    expected = [[2, 4, math.sin(2), math.cos(2), 8]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    with pytest.raises(ShapeError, match="two numbers"):
        Features(typed="x*y").out_shape((1,))
    with pytest.raises(ShapeError, match="at least one"):
        Features(x=False).out_shape((1,))
    with pytest.raises(ShapeError, match="one or two"):
        Features().out_shape((3,))


def test_an_invalid_formula_is_a_problem_at_its_character() -> None:
    wrong = Experiment(Spiral(), (Features(typed="sin(x) + q"), Dense(2)), CrossEntropy(), SGD())
    (problem,) = check(wrong)
    assert (str(problem.where), problem.at) == ("network[0].typed", 9)
    assert "Unknown name q" in problem.what
    assert problem.fix is not None and check(problem.fix.experiment) == ()
    # The shapes after it stay the same.
    assert wrong.network[0].out_shape((2,)) == (3,)
    assert Features(typed="y = x + y").args((2,))["formulas"][-1] == "x + y"
    assert parse("x + y", ("x", "y"))


def test_a_circle_is_separated_by_one_unit_with_squares() -> None:
    ring = tuple(
        (math.cos(a) * r, math.sin(a) * r, float(r > 1)) for a in range(60) for r in (0.5, 2)
    )
    squares = Features(x=False, y=False, x2=True, y2=True)
    experiment = Experiment(
        Painted(ring), (squares, Dense(2)), CrossEntropy(), Adam(lr=0.1), epochs=15
    )
    assert Run(experiment).of(Finished)[0].result.train.accuracy == 1.0


def test_sine_data_have_features_too() -> None:
    from nnplay.catalog import MSE

    network = (Features(sin_x=True), Dense(1))
    assert check(Experiment(Sine(), network, MSE(), SGD())) == ()
