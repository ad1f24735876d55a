"""The history of frames: bounded, with the first and the last frame, and evenly thinned."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.link import Frame, FrameHistory, Progress

PROGRESS = Progress(0, 1, 0.0, 1, 0.0, 0.0, 0.0)


def frame(step: int) -> Frame:
    return Frame(1, step, PROGRESS, 0.5, 0.1)


def steps_of(history: FrameHistory) -> list[int]:
    return [one.step for one in history]


@given(
    gaps=st.lists(st.integers(0, 50) | st.integers(0, 10_000), min_size=1, max_size=300),
    limit=st.integers(4, 20),
)
def test_it_is_bounded_ordered_and_keeps_both_ends(gaps: list[int], limit: int) -> None:
    history = FrameHistory(limit)
    step = 0
    first = newest = frame(0)
    history.add(first)
    for gap in gaps:
        step += gap
        newest = frame(step)
        history.add(newest)
        assert len(history) <= limit
        assert history[0] is first
        assert history[-1] is newest
    assert steps_of(history) == sorted(steps_of(history))
    assert len(list(history)) == len(history)


@pytest.mark.parametrize("distance", [1, 7, 100])
@pytest.mark.parametrize("count", [3, 16, 17, 33, 100, 1000, 3000])
def test_evenly_spaced_frames_stay_evenly_spaced(distance: int, count: int) -> None:
    history = FrameHistory(16)
    for number in range(count):
        history.add(frame(number * distance))
    steps = steps_of(history)
    assert len(steps) >= min(count, 8)
    # The newest frame only replaces the next one that is far enough away.
    gaps = [b - a for a, b in pairwise(steps[:-1])]
    assert max(gaps) <= 2 * min(gaps)


def test_a_slow_start_does_not_crowd_out_later_frames() -> None:
    history = FrameHistory(16)
    for step in [*range(100), *range(100, 100_000, 250)]:
        history.add(frame(step))
    steps = steps_of(history)
    assert steps[0] == 0
    gaps = [b - a for a, b in pairwise(steps[:-1])]
    assert min(gaps) >= 100_000 / 16
    assert len(steps) >= 8


def test_a_pause_adds_no_more_than_one_frame() -> None:
    history = FrameHistory(16)
    for step in [0, 5, *[9] * 100]:
        history.add(frame(step))
    assert len(history) <= 4
    newest = frame(9)
    history.add(newest)
    assert history[-1] is newest


def test_an_empty_history_has_no_frames_and_a_tiny_limit_is_refused() -> None:
    assert len(FrameHistory()) == 0
    assert list(FrameHistory()) == []
    with pytest.raises(ValueError, match="at least 4"):
        FrameHistory(3)
