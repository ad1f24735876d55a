"""The synthetic data match their formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import Circle, Gauss, Line, Spiral, Xor
from nnplay.data.arrays import Samples
from nnplay.data.synthetic import curves, plane

PLANE = [(plane.spiral, Spiral), (plane.circle, Circle), (plane.xor, Xor), (plane.gauss, Gauss)]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_default_line_is_evenly_spaced_with_uniform_noise_above_it() -> None:
    dataset = Line()
    samples = curves.line(dataset, rng()).samples
    x, y = samples.x[:, 0].astype(float), samples.y[:, 0].astype(float)
    assert len(x) == 100_000
    assert (x[0], x[-1]) == (-3.0, 3.0)
    # float32 near 3 is exact to 1.2e-7 at best.
    assert np.abs(np.diff(x) - 6 / 99_999).max() < 5e-7
    noise = y - x
    assert noise.min() > -1e-6
    assert noise.max() < 1.2 + 1e-6
    # Uniform on 0 to 1.2: mean 0.6, variance 1.2² / 12; four standard errors either way.
    assert noise.mean() == pytest.approx(0.6, abs=4 * 1.2 / np.sqrt(12 * 100_000))
    assert noise.var() == pytest.approx(0.12, rel=0.01)
    assert np.corrcoef(x, noise)[0, 1] == pytest.approx(0, abs=4 / np.sqrt(100_000))


@given(
    st.integers(2, 50),
    st.floats(-100, 100),
    st.floats(-100, 100),
    st.floats(-1000, 1000),
    st.floats(-1000, 1000),
)
def test_a_line_without_noise_is_the_line(
    points: int, slope: float, offset: float, low: float, high: float
) -> None:
    samples = curves.line(Line(points, slope, offset, 0.0, low, high), rng()).samples
    for i in range(points):
        x = low + (high - low) * i / (points - 1)
        assert samples.x[i, 0] == pytest.approx(x, rel=1e-6, abs=1e-4)
        assert samples.y[i, 0] == pytest.approx(slope * x + offset, rel=1e-6, abs=1e-2)


@pytest.mark.parametrize(("function", "kind"), PLANE)
@pytest.mark.parametrize("points", [4, 5, 499, 500])
def test_classes_are_balanced_and_points_exact(function, kind, points: int) -> None:  # type: ignore[no-untyped-def]
    samples = function(kind(points=points), rng()).samples
    counts = np.bincount(samples.y, minlength=2)
    assert counts.sum() == len(samples.x) == points
    assert counts[0] - counts[1] == points % 2
    assert np.abs(samples.x).max() < 4.5


def parted(samples: Samples, cls: int) -> np.ndarray:
    return samples.x[samples.y == cls].astype(float)


def test_the_arms_of_the_spiral_are_half_a_turn_apart() -> None:
    samples = plane.spiral(Spiral(), rng()).samples
    one, two = parted(samples, 0), parted(samples, 1)
    assert one == pytest.approx(-two, abs=1e-6)
    radius = np.hypot(*one.T)
    assert radius == pytest.approx(np.arange(1, 251) / 250 * 3, abs=1e-6)
    turned = np.unwrap(np.arctan2(one[:, 1], one[:, 0]))
    assert (turned[-1] - turned[0]) / (2 * np.pi) == pytest.approx(1.75 * 249 / 250, abs=1e-6)


def test_spiral_noise_has_the_given_deviation() -> None:
    clean = plane.spiral(Spiral(points=20_000), rng()).samples.x
    noisy = plane.spiral(Spiral(points=20_000, noise=0.3), rng()).samples.x
    assert (noisy - clean).std() == pytest.approx(0.3, rel=0.03)


def test_the_circle_lies_inside_the_ring_and_both_are_evenly_filled() -> None:
    samples = plane.circle(Circle(points=20_000), rng()).samples
    inner, ring = (np.hypot(*parted(samples, cls).T) for cls in (0, 1))
    assert inner.max() < 1.5 + 1e-6
    assert ring.min() > 2.1 - 1e-6
    assert ring.max() < 3 + 1e-6
    # Half of an evenly filled disc lies within 1/√2 of its radius.
    assert (inner < 1.5 / np.sqrt(2)).mean() == pytest.approx(0.5, abs=0.02)
    assert (ring**2).mean() == pytest.approx((2.1**2 + 9) / 2, rel=0.01)


def test_opposite_quadrants_share_a_class() -> None:
    samples = plane.xor(Xor(points=400), rng()).samples
    assert ((samples.x[:, 0] * samples.x[:, 1] < 0) == (samples.y == 1)).all()
    quarters = (samples.x[:, 0] > 0) * 2 + (samples.x[:, 1] > 0)
    assert np.bincount(quarters.astype(int)).tolist() == [100, 100, 100, 100]


def test_the_clouds_are_round_and_two_deviations_wide() -> None:
    samples = plane.gauss(Gauss(points=20_000, noise=1.0), rng()).samples
    for cls, middle in ((0, 1.5), (1, -1.5)):
        cloud = parted(samples, cls)
        assert cloud.mean(0) == pytest.approx([middle, middle], abs=4 * 0.5 / 100)
        assert np.cov(cloud.T) == pytest.approx(np.eye(2) / 4, abs=0.02)
