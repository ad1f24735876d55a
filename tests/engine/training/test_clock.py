"""The speed and the time left of a run, on a clock that the test advances."""

from itertools import pairwise
from math import isnan

import pytest

from nnplay.engine.training.clock import Clock

PER_STEP = 100_000
FAST = 0.0007
"""Seconds that a step takes."""


class Watch:
    """A clock that a test advances."""

    now = 50.0

    def __call__(self) -> float:
        return self.now


def left(clock: Clock, step: int, steps: int = 5000) -> float:
    return clock.progress(step, steps, 1).seconds_left


def test_the_time_left_at_one_step_per_second_is_right_at_once_and_never_climbs() -> None:
    watch = Watch()
    clock = Clock(watch)
    clock.go()
    # Two seconds at full speed: the rest would take another second or two.
    clock.limit(None, 0)
    for _step in range(1000):
        watch.now += 2 * FAST
        clock.count(PER_STEP, FAST)
    assert left(clock, 1000) == pytest.approx(4000 * 2 * FAST)
    clock.limit(1.0, 1000)
    seen = []
    for step in range(1000, 1300):
        seen.append(left(clock, step))
        assert seen[-1] == pytest.approx(5000 - step, rel=0.01)
        watch.now += 1.0
        clock.count(PER_STEP, FAST, 1.0 - FAST)
    assert all(after < before for before, after in pairwise(seen))
    # And back: the slow steps do not count any more.
    clock.limit(None, 1300)
    assert isnan(left(clock, 1300))
    watch.now += 2 * FAST
    clock.count(PER_STEP, FAST)
    assert left(clock, 1301) == pytest.approx(3699 * 2 * FAST)


def test_a_limit_that_is_never_reached_does_not_promise_too_much() -> None:
    watch = Watch()
    clock = Clock(watch)
    clock.go()
    clock.limit(1000.0, 0)
    for _step in range(50):
        watch.now += 0.1
        clock.count(PER_STEP, 0.1)
    assert left(clock, 50) == pytest.approx(4950 * 0.1)


def test_evaluations_count_in_the_time_left() -> None:
    watch = Watch()
    clock = Clock(watch)
    clock.go()
    for _epoch in range(4):
        for _step in range(10):
            watch.now += 0.01
            clock.count(32, 0.01)
        watch.now += 0.9  # the validation
    assert left(clock, 40, 100) == pytest.approx(60 * (0.1 + 0.9) / 10)


def test_pauses_do_not_count() -> None:
    watch = Watch()
    clock = Clock(watch)
    clock.go()
    watch.now += 2.0
    clock.count(32, 2.0)
    clock.halt()
    watch.now += 3600.0
    clock.go()
    assert clock.seconds == 2.0
    assert left(clock, 1, 10) == pytest.approx(18.0)


def test_the_current_speed_is_that_of_the_limit_after_a_moment_and_says_what_it_is_of() -> None:
    watch = Watch()
    clock = Clock(watch)
    clock.go()
    for _step in range(100):
        watch.now += FAST
        clock.count(PER_STEP, FAST)
    fast = clock.progress(100, 5000, 1)
    assert not fast.is_limited
    assert fast.samples_per_second == pytest.approx(PER_STEP / FAST)
    clock.limit(1.0, 100)
    for step in range(101, 104):
        watch.now += 1.0
        clock.count(PER_STEP, FAST, 1.0 - FAST)
        slow = clock.progress(step, 5000, 1)
        assert slow.is_limited
        assert slow.samples_per_second == pytest.approx(PER_STEP, rel=0.01)
        assert slow.computing_speed == pytest.approx(PER_STEP / FAST, rel=0.01)


def test_after_going_back_the_time_left_is_that_of_the_steps_since() -> None:
    watch = Watch()
    clock = Clock(watch)
    clock.go()
    watch.now += 30.0
    clock.count(32, 30.0)
    clock.go_back(10)
    assert isnan(left(clock, 10, 20))
    watch.now += 5.0
    assert left(clock, 15, 20) == pytest.approx(5.0)
