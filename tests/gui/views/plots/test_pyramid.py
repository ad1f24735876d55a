"""The envelope of a growing row of numbers equals what NumPy finds by looking at all of them."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnplay.gui.views.plots.pyramid import Pyramid

# Rows long enough for three levels come from a seed, since Hypothesis draws short lists.
ROWS = st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 20_000), st.sampled_from([0, 0.1, 0.9]))


def numbers(seed: int, count: int, missing: float) -> np.ndarray:
    chance = np.random.default_rng(seed)
    values = chance.normal(size=count)
    values[chance.random(count) < missing] = np.nan
    return values


def brute(values: np.ndarray) -> tuple[float, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(np.nanmin(values)), float(np.nanmax(values))


@given(rows=ROWS, data=st.data())
@settings(max_examples=60)
def test_envelope_equals_brute_force(rows: tuple[int, int, float], data: st.DataObject) -> None:
    values = numbers(*rows)
    pyramid = Pyramid()
    cuts = data.draw(st.lists(st.integers(0, len(values)), max_size=6).map(sorted))
    for cut in (*cuts, len(values)):
        pyramid.show(values[:cut])
    assert len(pyramid) == len(values)
    start = data.draw(st.integers(0, len(values) - 1))
    stop = data.draw(st.integers(start + 1, len(values)))
    buckets = data.draw(st.integers(1, 800))

    first, lows, highs = pyramid.envelope(start, stop, buckets)

    assert len(first) == len(lows) == len(highs) <= buckets + 2
    assert first[0] <= start
    sizes = np.diff(first)
    assert len(set(sizes.tolist())) <= 1  # all but the last are of equal size
    ends = [*first[1:], None]
    for index, (low, high) in enumerate(zip(lows[:-1], highs[:-1], strict=True)):
        np.testing.assert_equal((low, high), brute(values[first[index] : ends[index]]))
    # The last is widened to a whole block, so it may reach past `stop`, but covers it.
    reach = [
        end
        for end in range(stop, min(len(values), stop + 16**3) + 1)
        if np.array_equal((lows[-1], highs[-1]), brute(values[first[-1] : end]), equal_nan=True)
    ]
    assert reach


def test_a_narrow_range_is_the_numbers_themselves() -> None:
    values = numbers(1, 5000, 0.0)
    pyramid = Pyramid()
    pyramid.show(values)
    first, lows, highs = pyramid.envelope(1203, 1303, 400)
    assert first.tolist() == list(range(1203, 1303))
    np.testing.assert_array_equal(lows, values[1203:1303])
    np.testing.assert_array_equal(highs, values[1203:1303])


def test_a_million_rows_in_chunks_equal_all_at_once() -> None:
    values = numbers(2, 1_000_000, 0.01)
    whole, pieces = Pyramid(), Pyramid()
    whole.show(values)
    at = 0
    chance = np.random.default_rng(3)
    while at < len(values):
        at = min(len(values), at + int(chance.integers(1, 40_000)))
        pieces.show(values[:at])
    for start, stop, buckets in ((0, 10**6, 700), (123_456, 987_654, 333), (7, 99, 5)):
        for one, other in zip(
            whole.envelope(start, stop, buckets), pieces.envelope(start, stop, buckets), strict=True
        ):
            np.testing.assert_array_equal(one, other)
    assert whole.bounds() == brute(values) == pieces.bounds()


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_infinite_values_are_missing(bad: float) -> None:
    pyramid = Pyramid()
    pyramid.show(np.array([1.0, bad, 3.0]))
    assert pyramid.bounds() == (1.0, 3.0)
    assert np.isnan(pyramid.envelope(0, 3, 3)[1][1])


def test_empty_data_have_no_bounds() -> None:
    pyramid = Pyramid()
    pyramid.show(np.empty(0))
    assert np.isnan(pyramid.bounds()).all()
    assert not len(pyramid.envelope(0, 10, 5)[0])
