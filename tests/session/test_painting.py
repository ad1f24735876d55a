"""The effect of strokes on painted points, compared with plain geometry and NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.session.painting import (
    Add,
    BrushPath,
    Clear,
    Erase,
    Move,
    Painting,
    Radius,
    SprayCan,
    thinned,
)

ONE = Radius(1.0, 1.0)
numbers = st.floats(-5, 5).map(lambda x: round(x, 3))
places = st.tuples(numbers, numbers)
rows = st.lists(st.tuples(numbers, numbers, st.integers(0, 9).map(float)), max_size=30).map(tuple)
radii = st.builds(Radius, st.floats(0.1, 3), st.floats(0.1, 3))


def test_added_points_come_last_with_their_class() -> None:
    assert Add(((1.0, 2.0),), (3.0,)).apply(((0.0, 0.0, 1.0),)) == ((0, 0, 1), (1, 2, 3))
    assert Add(((1.0, 2.0),), ()).apply(()) == ((1.0, 2.0),)
    # No more digits than a pixel is worth, and nothing where squares leave float32.
    assert Add(((1 / 3, 2e7), (2 / 3, -1.0)), ()).apply(()) == ((0.66667, -1.0),)


@given(rows, places, places, radii)
def test_the_eraser_removes_points_near_its_path(
    given: tuple[tuple[float, ...], ...],
    start: tuple[float, float],
    end: tuple[float, float],
    radius: Radius,
) -> None:
    kept = Erase(start, end, radius).apply(given)
    scale = np.array([radius.x, radius.y])
    way = np.array(start) / scale + np.linspace(0, 1, 4001)[:, None] * (
        (np.array(end) - np.array(start)) / scale
    )
    for row in given:
        near = np.hypot(*(way - np.array(row[:2]) / scale).T).min()
        if abs(near - 1) > 0.05:  # so coarse are the steps of the way at most
            assert (row in kept) == (near > 1)


@given(rows, places, radii, places)
def test_moving_keeps_order_and_classes(
    given: tuple[tuple[float, ...], ...],
    at: tuple[float, float],
    radius: Radius,
    by: tuple[float, float],
) -> None:
    moved = Move(at, radius, by).apply(given)
    erased = Erase(at, at, radius).apply(given)
    assert [row[2] for row in moved] == [row[2] for row in given]
    for before, after in zip(given, moved, strict=True):
        if before in erased:
            assert after == before
        else:
            assert after[:2] == pytest.approx(
                (before[0] + by[0], before[1] + by[1]), rel=1e-4, abs=1e-9
            )


def test_a_brush_adds_a_point_at_every_radius_of_its_path() -> None:
    path = BrushPath(Radius(0.5, 2.0))
    assert path.extend((0.0, 0.0)) == ((0.0, 0.0),)
    assert path.extend((0.3, 0.0)) == ()
    assert path.extend((1.2, 0.0)) == ((0.5, 0.0), (1.0, 0.0))
    # Upwards it reaches four times as far.
    assert path.extend((1.0, 4.5)) == ((1.0, 2.0), (1.0, 4.0))


@given(places, radii, st.floats(1, 500), st.lists(st.floats(0, 0.2), max_size=12))
def test_a_spray_can_keeps_to_its_radius_and_its_rate(
    at: tuple[float, float], radius: Radius, rate: float, times: list[float]
) -> None:
    can = SprayCan(3, rate)
    drops = [drop for seconds in times for drop in can.spray(at, radius, seconds)]
    assert abs(len(drops) - rate * sum(times)) < 1 + 1e-6
    assert all(radius.distance(at, drop) <= 1 + 1e-9 for drop in drops)


def test_a_spray_can_is_even_and_the_same_for_a_seed() -> None:
    drops = np.array(SprayCan(7, 4000).spray((0.0, 0.0), Radius(2.0, 1.0), 1.0))
    assert np.array_equal(drops, SprayCan(7, 4000).spray((0.0, 0.0), Radius(2.0, 1.0), 1.0))
    assert not np.array_equal(drops, SprayCan(8, 4000).spray((0.0, 0.0), Radius(2.0, 1.0), 1.0))
    squares = (drops[:, 0] / 2) ** 2 + drops[:, 1] ** 2
    # Even over an area is even in the square of the radius: deviation 1 / sqrt(12 n).
    assert abs(squares.mean() - 0.5) < 5 / np.sqrt(12 * 4000)
    assert np.abs(drops.mean(0)).max() < 0.1


def test_points_beyond_the_limit_are_left_out_and_counted() -> None:
    painting = Painting((), 3)
    painting = painting.after(Add(((0.0, 0.0), (5.0, 5.0)), (1.0,)))
    assert painting.excess == 0
    full = painting.after(Add(((1.0, 1.0), (2.0, 2.0)), (0.0,)))
    assert full.rows == ((0, 0, 1), (5, 5, 1), (1, 1, 0))
    assert full.excess == 1
    freed = full.after(Erase((0.0, 0.0), (0.0, 0.0), ONE))
    assert (freed.excess, len(freed.rows)) == (0, 2)
    assert full.after(Clear()).rows == ()


def test_thinning_takes_rows_from_first_to_last() -> None:
    many = tuple((float(n), 0.0) for n in range(10))
    assert thinned(many, 10) is many
    assert [row[0] for row in thinned(many, 4)] == [0, 2, 5, 7]
