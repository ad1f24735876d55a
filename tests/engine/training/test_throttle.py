"""A run keeps to its speed limit, and nothing else changes."""

from collections.abc import Iterator
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnplay.engine.training.throttle
from nnplay.catalog import SGD
from nnplay.engine import RunRequest
from nnplay.engine.frames import FrameMaker
from nnplay.engine.prepare import prepare
from nnplay.engine.training.clock import Clock
from nnplay.engine.training.throttle import Throttle
from nnplay.link import Closed, Link, Paused, Resumed, Started
from tests.engine.rig import small, threaded


class Watch:
    """A clock that a test advances."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    clock = Watch()
    monkeypatch.setattr(nnplay.engine.training.throttle, "perf_counter", clock)
    yield clock


def steps_within(throttle: Throttle, watch: Watch, speed: float, seconds: float) -> int:
    """Poll for that long; return how many steps were due."""
    end, count = watch.now + seconds, 0
    while watch.now < end:
        count += throttle.due(speed, 1000)
        watch.now += 0.001
    return count


@pytest.mark.parametrize("speed", [1, 2, 10, 200, 1000])
def test_the_given_number_of_steps_is_due_per_second(watch: Watch, speed: int) -> None:
    throttle = Throttle()
    throttle.due(speed, 1000)
    count = steps_within(throttle, watch, speed, 10.0)
    assert count == pytest.approx(10 * speed, abs=1.5)


def test_another_speed_applies_at_once(watch: Watch) -> None:
    throttle = Throttle()
    assert throttle.due(0.001, 5) == 1
    assert throttle.rest() == pytest.approx(1000.0, abs=0.2)
    assert throttle.due(10, 5) == 0
    assert throttle.rest() == pytest.approx(0.1)


def test_a_long_pause_is_not_made_up_for(watch: Watch) -> None:
    throttle = Throttle()
    throttle.due(100, 1000)
    watch.now += 60.0
    assert throttle.due(100, 1000) <= 11


@given(st.floats(0.5, 1e5), st.integers(1, 50))
def test_never_more_than_requested(speed: float, most: int) -> None:
    assert 0 <= Throttle().due(speed, most) <= most


def test_a_slow_run_obeys_commands_between_its_steps() -> None:
    with threaded(small(optimizer=SGD(0.01), epochs=1_000_000)) as run:
        control, steps = run.link.control, run.link.steps
        run.expect(Started)
        run.wait_for_rows(5)
        # So slow that no step is due during this test.
        control.speed = 1e-6
        control.pause()
        at = run.expect(Paused).step
        control.step(3)
        run.expect(Resumed)
        assert run.expect(Paused).step == at + 3, "single steps are requested one by one"
        control.run()
        run.expect(Resumed)
        seen = len(steps)
        control.speed = None
        run.wait_for_rows(seen + 50)
        control.speed = 1e-6
        control.close()
        run.expect(Closed)


def test_frames_are_made_while_a_run_is_throttled() -> None:
    link = Link(lambda event: None)
    setup = prepare(RunRequest(1, small(optimizer=SGD(0.1)), threads=1))
    frames = FrameMaker(1, setup, link, Clock())
    frames.make(0.1)
    assert link.mailbox.take() is not None
    frames._not_before = thread_time() + 60.0  # as after an expensive first frame
    frames.make(0.1)
    assert link.mailbox.take() is None
    frames.add_idle_time(60.0)
    frames.make(0.1)
    assert link.mailbox.take() is not None
