"""What strokes make of painted points: against plain geometry, and against numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.session.painting import (
    Beads,
    Clear,
    Erase,
    Lay,
    Nozzle,
    Painting,
    Reach,
    Shift,
    thinned,
)

ONE = Reach(1.0, 1.0)
numbers = st.floats(-5, 5).map(lambda x: round(x, 3))
places = st.tuples(numbers, numbers)
rows = st.lists(st.tuples(numbers, numbers, st.integers(0, 9).map(float)), max_size=30).map(tuple)
reaches = st.builds(Reach, st.floats(0.1, 3), st.floats(0.1, 3))


def test_laid_points_come_last_with_their_class() -> None:
    assert Lay(((1.0, 2.0),), (3.0,)).on(((0.0, 0.0, 1.0),)) == ((0, 0, 1), (1, 2, 3))
    assert Lay(((1.0, 2.0),), ()).on(()) == ((1.0, 2.0),)
    # No more digits than a pixel is worth, and nothing where squares leave float32.
    assert Lay(((1 / 3, 2e7), (2 / 3, -1.0)), ()).on(()) == ((0.66667, -1.0),)


@given(rows, places, places, reaches)
def test_the_eraser_takes_what_is_near_its_way(
    given: tuple[tuple[float, ...], ...],
    start: tuple[float, float],
    end: tuple[float, float],
    reach: Reach,
) -> None:
    kept = Erase(start, end, reach).on(given)
    scale = np.array([reach.across, reach.up])
    way = np.array(start) / scale + np.linspace(0, 1, 4001)[:, None] * (
        (np.array(end) - np.array(start)) / scale
    )
    for row in given:
        near = np.hypot(*(way - np.array(row[:2]) / scale).T).min()
        if abs(near - 1) > 0.05:  # so coarse are the steps of the way at most
            assert (row in kept) == (near > 1)


@given(rows, places, reaches, places)
def test_moving_keeps_order_and_classes(
    given: tuple[tuple[float, ...], ...],
    at: tuple[float, float],
    reach: Reach,
    by: tuple[float, float],
) -> None:
    moved = Shift(at, reach, by).on(given)
    erased = Erase(at, at, reach).on(given)
    assert [row[2] for row in moved] == [row[2] for row in given]
    for before, after in zip(given, moved, strict=True):
        if before in erased:
            assert after == before
        else:
            assert after[:2] == pytest.approx(
                (before[0] + by[0], before[1] + by[1]), rel=1e-4, abs=1e-9
            )


def test_a_brush_puts_a_bead_at_every_reach_of_its_way() -> None:
    beads = Beads(Reach(0.5, 2.0))
    assert beads.along((0.0, 0.0)) == ((0.0, 0.0),)
    assert beads.along((0.3, 0.0)) == ()
    assert beads.along((1.2, 0.0)) == ((0.5, 0.0), (1.0, 0.0))
    # Upwards it reaches four times as far.
    assert beads.along((1.0, 4.5)) == ((1.0, 2.0), (1.0, 4.0))


@given(places, reaches, st.floats(1, 500), st.lists(st.floats(0, 0.2), max_size=12))
def test_a_spray_keeps_within_reach_and_to_its_rate(
    at: tuple[float, float], reach: Reach, rate: float, times: list[float]
) -> None:
    nozzle = Nozzle(3, rate)
    drops = [drop for seconds in times for drop in nozzle.drops(at, reach, seconds)]
    assert abs(len(drops) - rate * sum(times)) < 1 + 1e-6
    assert all(reach.between(at, drop) <= 1 + 1e-9 for drop in drops)


def test_a_spray_is_even_and_the_same_for_a_seed() -> None:
    drops = np.array(Nozzle(7, 4000).drops((0.0, 0.0), Reach(2.0, 1.0), 1.0))
    assert np.array_equal(drops, Nozzle(7, 4000).drops((0.0, 0.0), Reach(2.0, 1.0), 1.0))
    assert not np.array_equal(drops, Nozzle(8, 4000).drops((0.0, 0.0), Reach(2.0, 1.0), 1.0))
    squares = (drops[:, 0] / 2) ** 2 + drops[:, 1] ** 2
    # Even over an area is even in the square of the radius: deviation 1 / sqrt(12 n).
    assert abs(squares.mean() - 0.5) < 5 / np.sqrt(12 * 4000)
    assert np.abs(drops.mean(0)).max() < 0.1


def test_what_has_no_room_is_refused_and_counted() -> None:
    painting = Painting((), 3)
    painting = painting.after(Lay(((0.0, 0.0), (5.0, 5.0)), (1.0,)))
    assert painting.refused == 0
    full = painting.after(Lay(((1.0, 1.0), (2.0, 2.0)), (0.0,)))
    assert full.rows == ((0, 0, 1), (5, 5, 1), (1, 1, 0))
    assert full.refused == 1
    freed = full.after(Erase((0.0, 0.0), (0.0, 0.0), ONE))
    assert (freed.refused, len(freed.rows)) == (0, 2)
    assert full.after(Clear()).rows == ()


def test_thinning_takes_rows_from_first_to_last() -> None:
    many = tuple((float(n), 0.0) for n in range(10))
    assert thinned(many, 10) is many
    assert [row[0] for row in thinned(many, 4)] == [0, 2, 5, 7]
