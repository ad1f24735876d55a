"""The classes and heights of the plane match their formulas."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import (
    MSE,
    SGD,
    Blobs,
    Border,
    Checkerboard,
    Circle,
    CrossEntropy,
    Dense,
    Gauss,
    Hills,
    Moons,
    Plane,
    PlaneClasses,
    Rings,
    Spiral,
    Surface,
    TiltedPlane,
    Xor,
)
from nnplay.data.arrays import DataError, Samples
from nnplay.data.load import load
from nnplay.experiment import Experiment, check

PLANES: list[Plane] = [
    *(Spiral(arms=5), Circle(), Xor(), Gauss(), Blobs(classes=7)),
    *(Moons(), Checkerboard(), Rings(rings=4)),
]
IDS = [type(one).__name__ for one in PLANES]


def samples_of(dataset: PlaneClasses | Surface, seed: int = 0) -> Samples:
    return load(dataset, seed).samples


@pytest.mark.parametrize("dataset", PLANES, ids=IDS)
def test_classes_have_the_given_shares(dataset: Any) -> None:
    for imbalance in (0.0, 0.3, 0.9):
        y = samples_of(replace(dataset, points=1000, imbalance=imbalance)).y
        weights = np.array([(1 - imbalance) ** c for c in range(dataset.count)])
        expected = 1000 * weights / weights.sum()
        assert np.abs(np.bincount(y, minlength=dataset.count) - expected).max() < 1
        # The first half has half of each class, give or take one.
        half = np.bincount(y[:500], minlength=dataset.count)
        assert np.abs(half - expected / 2).max() <= 1.5


@given(st.integers(4, 60), st.integers(2, 10), st.floats(0.0, 0.95))
def test_any_number_of_points_is_distributed(points: int, classes: int, imbalance: float) -> None:
    y = samples_of(Blobs(points=points, classes=classes, imbalance=imbalance)).y
    counts = np.bincount(y, minlength=classes)
    assert counts.sum() == points
    assert (np.diff(counts) <= 1).all() if imbalance else (np.diff(counts) <= 0).all()


@pytest.mark.parametrize("dataset", [*PLANES, Border()], ids=[*IDS, "Border"])
def test_label_noise_changes_its_share_of_labels_and_no_point(dataset: Any) -> None:
    right = samples_of(replace(dataset, points=1000, noise=0.0))
    wrong = samples_of(replace(dataset, points=1000, noise=0.0, flips=0.2))
    assert (right.x == wrong.x).all()
    assert (right.y != wrong.y).sum() == 200
    assert set(wrong.y) <= set(range(dataset.count))


@pytest.mark.parametrize("dataset", [*PLANES, Border()], ids=[*IDS, "Border"])
def test_noise_moves_the_points(dataset: Any) -> None:
    right = samples_of(replace(dataset, points=2000, noise=0.0))
    noisy = samples_of(replace(dataset, points=2000, noise=0.4))
    width = 0.2 if isinstance(dataset, Gauss | Blobs) else 0.4  # a radius is two deviations
    assert (right.y == noisy.y).all()
    assert (noisy.x - right.x).std() == pytest.approx(width, rel=0.1)


def parted(samples: Samples, number: int) -> np.ndarray:
    return samples.x[samples.y == number].astype(float)


@pytest.mark.parametrize("arms", [2, 3, 5])
def test_each_arm_is_the_first_one_rotated(arms: int) -> None:
    samples = samples_of(Spiral(points=60 * arms, arms=arms))
    x, y = parted(samples, 0).T
    for number in range(1, arms):
        angle = 2 * math.pi * number / arms
        turned = np.stack(
            [x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)],
            axis=1,
        )
        assert parted(samples, number) == pytest.approx(turned, abs=1e-6)


def test_clouds_are_on_a_circle() -> None:
    samples = samples_of(Blobs(points=40_000, classes=4, noise=0.6))
    for number, middle in enumerate([(2, 0), (0, 2), (-2, 0), (0, -2)]):
        cloud = parted(samples, number)
        assert cloud.mean(0) == pytest.approx(middle, abs=4 * 0.3 / 100)
        assert cloud.std(0) == pytest.approx([0.3, 0.3], rel=0.04)


def test_moons_are_half_circles_that_reach_into_each_other() -> None:
    samples = samples_of(Moons(points=2000, noise=0.0))
    upper, lower = parted(samples, 0), parted(samples, 1)
    assert np.hypot(upper[:, 0] + 1, upper[:, 1] + 0.5) == pytest.approx(2.0, abs=1e-5)
    assert np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5) == pytest.approx(2.0, abs=1e-5)
    assert upper[:, 1].min() > -0.5 - 1e-5
    assert lower[:, 1].max() < 0.5 + 1e-5
    assert upper[:, 0].max() > 0.9
    assert lower[:, 0].min() < -0.9


def test_tiles_alternate_and_fill_the_board() -> None:
    samples = samples_of(Checkerboard(points=9000, tiles=3))
    tile = np.floor((samples.x.astype(float) + 3) / 2).astype(int)
    assert tile.min() == 0
    assert tile.max() == 2
    assert (tile.sum(1) % 2 == samples.y).all()
    counts = np.bincount(tile[:, 0] * 3 + tile[:, 1])
    # Five tiles of class 0 share 4,500 points, four of class 1 the others.
    expected = [4500 / 5, 4500 / 4] * 4 + [4500 / 5]
    assert np.abs(counts - expected).max() < 5 * math.sqrt(1125)


def test_rings_lie_around_each_other_with_room_between_them() -> None:
    samples = samples_of(Rings(points=3000, rings=3))
    for number in range(3):
        radius = np.hypot(*parted(samples, number).T)
        assert radius.min() == pytest.approx(number + 1 / 3, abs=0.02)
        assert radius.max() == pytest.approx(number + 1, abs=0.02)


def test_a_typed_border_divides_the_plane() -> None:
    samples = samples_of(Border(points=5000, expression="y > x**3 - x and x > -1"))
    x, y = samples.x.astype(float).T
    assert ((y > x**3 - x) & (x > -1) == (samples.y == 1)).mean() > 0.999  # rounding at the border
    assert 0 < samples.y.sum() < 5000
    wide = samples_of(Border(expression="x > 0", extent=50.0))
    assert 45 < np.abs(wide.x).max() <= 50


def test_an_invalid_border_is_reported_before_and_when_loading() -> None:
    data = Border(expression="x + y")
    experiment = Experiment(data, (Dense(2),), CrossEntropy(), SGD())
    (problem,) = check(experiment)
    assert (str(problem.where), problem.at) == ("data.expression", 0)
    assert "comparison" in problem.what
    with pytest.raises(DataError, match="comparison"):
        load(data, 0)
    assert check(replace(experiment, data=Border())) == ()


def test_heights_match_their_formulas() -> None:
    tilted = samples_of(TiltedPlane(points=50, across=2.0, up=-1.0))
    assert tilted.y[:, 0] == pytest.approx(2 * tilted.x[:, 0] - tilted.x[:, 1], abs=1e-5)
    hills = samples_of(Hills(points=50, hills=2, width=0.5))
    for (x1, x2), (height,) in zip(hills.x.astype(float), hills.y, strict=True):
        right = math.exp(-((x1 - 1.8) ** 2 + x2**2) / 0.5)
        left = math.exp(-((x1 + 1.8) ** 2 + x2**2) / 0.5)
        assert height == pytest.approx(right - left, abs=1e-5)
    for one in (TiltedPlane(points=20_000), Hills(points=20_000)):
        strays = samples_of(replace(one, noise=0.5)).y - samples_of(one).y
        assert strays.std() == pytest.approx(0.5, rel=0.03)
        assert np.abs(samples_of(one).x).max() <= 3
    assert check(Experiment(Hills(), (Dense(1),), MSE(), SGD())) == ()
