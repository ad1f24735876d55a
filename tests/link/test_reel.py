"""The reel: bounded, with the first frame and the last, and evenly thinned between."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.link import Frame, Progress, Reel

PROGRESS = Progress(0, 1, 0.0, 1, 0.0, 0.0, 0.0)


def frame(step: int) -> Frame:
    return Frame(1, step, PROGRESS, 0.5, 0.1)


def steps_of(reel: Reel) -> list[int]:
    return [one.step for one in reel]


@given(
    gaps=st.lists(st.integers(0, 50) | st.integers(0, 10_000), min_size=1, max_size=300),
    limit=st.integers(4, 20),
)
def test_it_is_bounded_ordered_and_keeps_both_ends(gaps: list[int], limit: int) -> None:
    reel = Reel(limit)
    step = 0
    first = newest = frame(0)
    reel.add(first)
    for gap in gaps:
        step += gap
        newest = frame(step)
        reel.add(newest)
        assert len(reel) <= limit
        assert reel[0] is first
        assert reel[-1] is newest
    assert steps_of(reel) == sorted(steps_of(reel))
    assert len(list(reel)) == len(reel)


@pytest.mark.parametrize("distance", [1, 7, 100])
@pytest.mark.parametrize("count", [3, 16, 17, 33, 100, 1000, 3000])
def test_frames_that_come_evenly_are_kept_evenly(distance: int, count: int) -> None:
    reel = Reel(16)
    for number in range(count):
        reel.add(frame(number * distance))
    steps = steps_of(reel)
    assert len(steps) >= min(count, 8)
    # The newest only stands in for the next one that lies far enough.
    gaps = [b - a for a, b in pairwise(steps[:-1])]
    assert max(gaps) <= 2 * min(gaps)


def test_a_slow_beginning_does_not_crowd_out_what_follows() -> None:
    reel = Reel(16)
    for step in [*range(100), *range(100, 100_000, 250)]:
        reel.add(frame(step))
    steps = steps_of(reel)
    assert steps[0] == 0
    gaps = [b - a for a, b in pairwise(steps[:-1])]
    assert min(gaps) >= 100_000 / 16
    assert len(steps) >= 8


def test_a_pause_adds_no_more_than_one_frame() -> None:
    reel = Reel(16)
    for step in [0, 5, *[9] * 100]:
        reel.add(frame(step))
    assert len(reel) <= 4
    newest = frame(9)
    reel.add(newest)
    assert reel[-1] is newest


def test_an_empty_reel_has_nothing_and_a_tiny_one_is_refused() -> None:
    assert len(Reel()) == 0
    assert list(Reel()) == []
    with pytest.raises(ValueError, match="at least 4"):
        Reel(3)
