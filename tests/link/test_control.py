"""Commands: the last one counts, stopping is final, edits come once and in order."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.link import Control, Edit


def test_it_begins_with_an_allowance_for_the_whole_run_or_as_given() -> None:
    assert Control().allowance == "run"
    assert Control("epoch").allowance == "epoch"
    assert Control(3).allowance == 3


def test_the_last_command_counts() -> None:
    control = Control()
    for order, allowance in (
        (control.pause, 0),
        (control.step, 1),
        (control.epoch, "epoch"),
        (control.run, "run"),
    ):
        order()
        assert control.allowance == allowance


@given(st.lists(st.integers(0, 9), max_size=9), st.integers(0, 30))
def test_an_allowance_in_steps_is_used_up_exactly(requested: list[int], allowance: int) -> None:
    control = Control(allowance)
    taken = [control.take(steps) for steps in requested]
    assert all(0 <= got <= asked for got, asked in zip(taken, requested, strict=True))
    assert sum(taken) == min(allowance, sum(requested))
    assert control.allowance == allowance - sum(taken)


@pytest.mark.parametrize("allowance", ["run", "epoch"])
def test_other_allowances_are_not_used_up_by_steps(allowance: str) -> None:
    control = Control(allowance)  # type: ignore[arg-type]
    assert control.take(7) == 7
    assert control.allowance == allowance


def test_a_step_commanded_during_another_is_taken_too() -> None:
    control = Control(1)
    assert control.take(50) == 1
    control.step()
    assert control.take(50) == 1


def test_the_end_of_an_epoch_uses_up_only_an_allowance_for_an_epoch() -> None:
    for before, after in (("epoch", 0), ("run", "run"), (4, 4)):
        control = Control(before)  # type: ignore[arg-type]
        control.end_epoch()
        assert control.allowance == after


def test_an_ending_cannot_be_taken_back_and_close_beats_stop() -> None:
    control = Control()
    assert control.ending is None
    control.stop()
    control.run()
    assert control.ending == "stop"
    assert not control.is_closed
    control.close()
    control.stop()
    assert control.ending == "close"
    assert control.is_closed


def test_edits_come_once_and_in_order() -> None:
    control = Control()
    assert control.take_edits() == ()
    control.edit("optimizer.lr", 0.1)
    control.edit("optimizer.lr", 0.2)
    assert control.take_edits() == (Edit("optimizer.lr", 0.1), Edit("optimizer.lr", 0.2))
    assert control.take_edits() == ()


@pytest.mark.parametrize("order", ["run", "step", "epoch", "stop", "close", "edit"])
def test_a_command_ends_a_wait(order: str) -> None:
    control = Control(0)
    arguments = ("optimizer.lr", 0.1) if order == "edit" else ()
    waiter = threading.Thread(target=control.wait, args=(3600.0,))
    waiter.start()
    getattr(control, order)(*arguments)
    waiter.join(60)
    assert not waiter.is_alive()


def test_a_pending_command_is_not_waited_for() -> None:
    for control in (Control("run"), Control(1)):
        control.wait(3600.0)
    stopped = Control(0)
    stopped.stop()
    stopped.wait(3600.0)
    edited = Control(0)
    edited.edit("optimizer.lr", 0.1)
    edited.wait(3600.0)


def test_no_edit_is_lost_between_threads() -> None:
    control = Control()
    taken: list[Edit] = []
    writers = [
        threading.Thread(target=lambda: [control.edit("a", float(n)) for n in range(2000)])
        for _ in range(2)
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        taken += control.take_edits()
    taken += control.take_edits()
    assert len(taken) == 4000


def test_any_command_ends_a_sleep() -> None:
    def change_speed(control: Control) -> None:
        control.speed = 5.0

    for order in (Control.pause, Control.stop, Control.step, change_speed):
        control = Control()
        slept = threading.Thread(target=control.sleep, args=(60.0,))
        slept.start()
        # The command may come before the other thread sleeps: then the next one wakes it.
        for _try in range(2000):
            order(control)
            slept.join(0.01)
            if not slept.is_alive():
                break
        assert not slept.is_alive()
