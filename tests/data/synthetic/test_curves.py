"""Curves are their formulas, with the noise, the outliers and the gap that they name."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import (
    MSE,
    SGD,
    AbsoluteValue,
    Curve,
    Dense,
    Jump,
    Line,
    PolynomialCurve,
    Sinc,
    Sine,
    SineSum,
)
from nnplay.data.arrays import DataError
from nnplay.data.load import load
from nnplay.experiment import Experiment, check

FORMULAS: list[tuple[Curve, Callable[[float], float]]] = [
    (Sine(amplitude=2.0, frequency=3.0, phase=0.5), lambda x: 2 * math.sin(3 * x + 0.5)),
    (
        SineSum(waves=3, frequency=2.0),
        lambda x: math.sin(2 * x) + math.sin(4 * x) / 2 + math.sin(6 * x) / 3,
    ),
    (Jump(place=0.5, height=-2.0), lambda x: 0.0 if x < 0.5 else -2.0),
    (AbsoluteValue(place=1.0, slope=3.0), lambda x: 3 * abs(x - 1)),
    (
        PolynomialCurve(a=1.0, b=2.0, c=-3.0, d=0.5, e=0.25),
        lambda x: 1 + 2 * x - 3 * x**2 + 0.5 * x**3 + 0.25 * x**4,
    ),
    (Sinc(amplitude=2.0, frequency=4.0), lambda x: 2 * math.sin(4 * x) / (4 * x) if x else 2.0),
]
IDS = [type(dataset).__name__ for dataset, _formula in FORMULAS]


def points_of(dataset: Curve, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    samples = load(dataset, seed).samples
    return samples.x[:, 0].astype(float), samples.y[:, 0].astype(float)


@pytest.mark.parametrize(("dataset", "formula"), FORMULAS, ids=IDS)
def test_a_curve_without_noise_is_its_formula(dataset: Any, formula: Any) -> None:
    x, y = points_of(replace(dataset, points=101, noise=0.0))
    assert x == pytest.approx([-3 + 6 * i / 100 for i in range(101)], abs=1e-6)
    # The middle is 0 exactly, where sinc must not divide by it.
    assert y == pytest.approx([formula(-3 + 6 * i / 100) for i in range(101)], abs=2e-5)


@pytest.mark.parametrize(("dataset", "formula"), FORMULAS, ids=IDS)
def test_noise_is_normal_with_the_given_deviation(dataset: Any, formula: Any) -> None:
    clean = points_of(replace(dataset, points=20_000, noise=0.0))[1]
    strays = points_of(replace(dataset, points=20_000, noise=0.7))[1] - clean
    assert strays.mean() == pytest.approx(0.0, abs=4 * 0.7 / math.sqrt(20_000))
    assert strays.std() == pytest.approx(0.7, rel=0.03)
    # Of a normal distribution, 68.27 % lie within one deviation and 95.45 % within two.
    assert (np.abs(strays) < 0.7).mean() == pytest.approx(0.6827, abs=0.015)
    assert (np.abs(strays) < 1.4).mean() == pytest.approx(0.9545, abs=0.01)


def test_outliers_have_the_given_number_and_distance_on_both_sides() -> None:
    clean = points_of(Sine(points=1000, noise=0.0))[1]
    off = points_of(Sine(points=1000, noise=0.0, outliers=0.1, outlier_size=5.0))[1] - clean
    far = off[np.abs(off) > 1e-5]
    assert len(far) == 100
    assert np.abs(far) == pytest.approx(5.0, abs=1e-5)
    assert 25 < (far > 0).sum() < 75


@given(
    st.integers(2, 60), st.floats(-10, 10), st.floats(0.1, 10), st.floats(-12, 12), st.floats(0, 9)
)
def test_no_point_lies_in_the_gap_and_the_rest_stays_even(
    points: int, low: float, width: float, begin: float, gap: float
) -> None:
    high, end = low + width, begin + gap
    dataset = Sine(points, 0.0, low, high, gap_low=begin, gap_high=end)
    if list(dataset.faults()):
        assert begin <= low or math.isclose(begin, low, abs_tol=1e-9 * width)
        assert end >= high or math.isclose(end, high)
        with pytest.raises(DataError, match="no room is left"):
            load(dataset, 0)
        return
    x = points_of(dataset)[0]
    assert len(x) == points
    assert not ((x > begin + 1e-5) & (x < end - 1e-5)).any()
    assert x.min() >= low - 1e-5
    assert x.max() <= high + 1e-5
    left_out = max(min(end, high) - max(begin, low), 0.0)
    step = (width - left_out) / (points - 1)
    steps = np.diff(x)
    wide = steps > step + 1e-5
    assert wide.sum() <= 1
    assert steps[~wide] == pytest.approx(step, abs=1e-5)


@pytest.mark.parametrize(
    ("gap", "says", "fixed"),
    [
        ((1.0, -1.0), "to the right of its start", (-1.0, 1.0)),
        ((-5.0, 5.0), "no points are left", (0.0, 0.0)),
        ((-3.0, 3.0), "no points are left", (0.0, 0.0)),
    ],
)
def test_an_impossible_gap_is_reported_with_a_fix(gap: Any, says: str, fixed: Any) -> None:
    data = Sinc(gap_low=gap[0], gap_high=gap[1])
    experiment = Experiment(data, (Dense(1),), MSE(), SGD())
    (problem,) = check(experiment)
    assert str(problem.where) == "data.gap_high"
    assert says in problem.what
    assert problem.fix is not None
    changed = problem.fix.experiment
    assert check(changed) == ()
    assert isinstance(changed.data, Sinc)
    assert (changed.data.gap_low, changed.data.gap_high) == fixed


def test_a_line_has_outliers_and_a_gap_too() -> None:
    plain, flawed = Line(points=500), Line(points=500, outliers=0.2, outlier_size=9.0)
    (x, y), (same_x, off) = points_of(plain), points_of(flawed)
    assert (x == same_x).all()
    far = np.abs(off - y)
    assert (far > 1e-5).sum() == 100
    assert far[far > 1e-5] == pytest.approx(9.0, abs=1e-5)
    # Targets go further down, which losses for counts must take into account.
    assert flawed.spec().lowest_target == -12.0
    x, y = points_of(replace(plain, noise=0.0, gap_low=-1.0, gap_high=2.0))
    assert not ((x > -1.0) & (x < 2.0)).any()
    assert (x.min(), x.max(), len(x)) == (-3.0, 3.0, 500)
    np.testing.assert_allclose(y, x, atol=1e-6)


def test_another_seed_gives_other_noise_on_the_same_curve() -> None:
    (x1, y1), (x2, y2) = points_of(Sine(), 1), points_of(Sine(), 2)
    assert (x1 == x2).all()
    assert not (y1 == y2).any()
