"""Waiting for a stepper to get ready: announced, interruptible, and skipped if it is ready."""

import threading

import pytest

from nnplay.catalog import SGD
from nnplay.data.load import _lock as loading
from nnplay.engine import RunRequest
from nnplay.engine.prepare import prepare
from nnplay.engine.training.warm_up import run_in_background, warm_up
from nnplay.link import Closed, Control, Event, Link, WarmingUp
from tests.engine.rig import PATIENCE_S, small, threaded


class Slow:
    """A stepper that gets ready only when allowed."""

    is_ready = False

    def __init__(self) -> None:
        self.let = threading.Event()
        self.fails = False

    def get_ready(self) -> None:
        self.let.wait(PATIENCE_S)
        if self.fails:
            raise MemoryError
        self.is_ready = True


def test_it_says_so_and_waits() -> None:
    stepper, events = Slow(), list[Event]()

    def hear(event: Event) -> None:
        events.append(event)
        stepper.let.set()

    warm_up(stepper, 3, Link(hear))  # type: ignore[arg-type]
    assert events == [WarmingUp(3)]
    assert stepper.is_ready


def test_an_end_is_obeyed_meanwhile() -> None:
    for order in (Control.close, Control.stop):
        stepper = Slow()
        link = Link(lambda event: order(link.control))  # noqa: B023
        warm_up(stepper, 1, link)  # type: ignore[arg-type]
        assert not stepper.is_ready
        stepper.let.set()


def test_a_failure_is_left_to_the_first_step() -> None:
    stepper, events = Slow(), list[Event]()
    stepper.fails = True
    stepper.let.set()
    warm_up(stepper, 1, Link(events.append))  # type: ignore[arg-type]
    assert not stepper.is_ready


def test_finished_work_is_not_waited_for() -> None:
    events: list[Event] = []
    eager = prepare(RunRequest(1, small(optimizer=SGD(0.1), stepper="eager"), threads=1)).stepper
    warm_up(eager, 1, Link(events.append))
    compiled = prepare(RunRequest(1, small(optimizer=SGD(0.1)), threads=1)).stepper
    assert compiled.is_ready
    warm_up(compiled, 1, Link(events.append))
    assert events == []


def test_background_work_returns_or_raises() -> None:
    def fail() -> None:
        raise TimeoutError("its own")

    others = threading.active_count()
    assert run_in_background(lambda: threading.get_ident(), int) != threading.get_ident()  # type: ignore[arg-type]
    with pytest.raises(TimeoutError, match="its own"):
        run_in_background(fail, int)  # type: ignore[arg-type]
    assert threading.active_count() == others


def test_a_run_is_closed_while_its_data_are_loaded() -> None:
    with loading, threaded(small(optimizer=SGD(0.1), seed=1_234)) as run:
        run.link.control.close()
        run.expect(Closed)
        run.finish()
