"""Runs that are trained on, kept on the shelf and branched from."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from types import SimpleNamespace

import numpy as np
import pytest

from nnplay.catalog import SGD, Adam, CrossEntropy, Dense, Painted, Tanh
from nnplay.experiment import Experiment
from nnplay.link import LiveEdit
from nnplay.session import Controller, Shelf
from tests.session.test_controller import (
    ENDLESS,
    EXPERIMENT,
    STEPS_PER_EPOCH,
    User,
    inline,
    make_user,
)

__all__ = ["make_user"]


def weights_after(experiment: Experiment) -> str:
    """Return the digest of the weights that an uninterrupted run learns."""
    user = inline(experiment)
    user.controller.train()
    assert user.state.result is not None
    return user.state.result.weights_sha256


def test_training_on_after_the_end_doubles_the_epochs() -> None:
    user = inline()
    user.controller.train()
    assert user.controller.can_train_on
    user.controller.train()
    assert user.document.experiment.epochs == 6
    assert user.document.undo_label == "Train on to epoch 6"
    result = user.state.result
    assert result is not None
    assert (user.state.run_id, result.steps, result.stopped) == (1, 6 * STEPS_PER_EPOCH, False)
    assert result.weights_sha256 == weights_after(replace(EXPERIMENT, epochs=6))
    assert user.steps == 6 * STEPS_PER_EPOCH
    (run,) = user.shelf.runs
    assert (run.number, run.experiment, run.edited.epochs) == (1, EXPERIMENT, 6)
    assert run.edits == (LiveEdit(3 * STEPS_PER_EPOCH, "epochs", 6),)


def test_raising_the_epochs_and_pressing_train_goes_on() -> None:
    user = inline()
    user.controller.train()
    user.edit(epochs=4)
    assert not user.controller.is_outdated
    user.controller.train()
    result = user.state.result
    assert result is not None
    assert (user.state.run_id, result.steps) == (1, 4 * STEPS_PER_EPOCH)
    assert result.weights_sha256 == weights_after(replace(EXPERIMENT, epochs=4))


def test_another_learning_rate_holds_for_the_steps_that_follow() -> None:
    user = inline()
    user.controller.train()
    user.controller.use_learning_rate(0.5)
    user.controller.train_on(1)
    assert user.run.link is not None
    rates = user.run.link.steps.column("lr")
    assert rates.tolist() == [0.02] * 3 * STEPS_PER_EPOCH + [0.5] * STEPS_PER_EPOCH
    (run,) = user.shelf.runs
    assert {edit.path for edit in run.edits} == {"epochs", "optimizer.lr"}
    assert run.edited == user.document.experiment


def test_a_step_and_an_epoch_after_the_end_go_on(make_user: Callable[..., User]) -> None:
    user = make_user(EXPERIMENT)
    user.do(user.controller.train, "finished")
    user.do(user.controller.step, "paused")
    assert (user.state.run_id, user.steps) == (1, 3 * STEPS_PER_EPOCH + 1)
    assert user.document.experiment.epochs == 4
    user.do(user.controller.epoch, "finished")
    assert user.steps == 4 * STEPS_PER_EPOCH
    user.do(user.controller.epoch, "finished")
    assert user.steps == 5 * STEPS_PER_EPOCH
    assert user.document.experiment.epochs == 5


def test_a_run_that_was_stopped_goes_on_to_its_end(make_user: Callable[..., User]) -> None:
    experiment = replace(EXPERIMENT, epochs=50)
    user = make_user(experiment)
    user.do(lambda: user.controller.epoch(), "paused")
    user.do(user.controller.stop, "finished")
    user.do(user.controller.train, "running", "finished")
    if user.state.phase != "finished":
        user.do(lambda: None, "finished")
    assert user.state.result is not None
    assert user.state.result.weights_sha256 == weights_after(experiment)


def test_epochs_can_be_raised_while_a_run_is_paused(make_user: Callable[..., User]) -> None:
    user = make_user(EXPERIMENT)
    user.do(user.controller.step, "paused")
    user.edit(epochs=5)
    assert not user.controller.is_outdated
    user.do(user.controller.train, "finished")
    assert user.steps == 5 * STEPS_PER_EPOCH
    assert user.state.result is not None
    assert not user.state.result.stopped


def test_fewer_epochs_than_are_trained_need_another_run() -> None:
    user = inline()
    user.controller.train()
    user.edit(epochs=2)
    assert user.controller.is_outdated
    assert not user.controller.can_train_on
    user.controller.train()
    assert user.state.run_id == 2
    assert user.steps == 2 * STEPS_PER_EPOCH


@pytest.mark.parametrize(
    "drop", [Controller.reset, Controller.redraw_weights, Controller.train_again]
)
def test_nothing_trained_is_lost_by_a_click(
    drop: Callable[[Controller], None], make_user: Callable[..., User]
) -> None:
    user = make_user(ENDLESS)
    kept = Event()
    user.shelf = user.run.shelf = Shelf(kept.set)
    user.do(user.controller.epoch, "paused")
    drop(user.controller)
    assert kept.wait(60)
    (run,) = user.shelf.runs
    assert run.last_step == STEPS_PER_EPOCH
    assert run.result is None


def test_train_after_reset_starts_from_the_initial_weights() -> None:
    user = inline()
    user.controller.train()
    user.controller.reset()
    assert not user.controller.can_train_on
    user.controller.train()
    assert user.steps == 3 * STEPS_PER_EPOCH
    assert len(user.shelf.runs) == 2


def test_run_that_cannot_be_trained_on_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    user = inline()
    user.controller.train()
    (before,) = user.shelf.runs
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=10))
    user.controller.train()
    assert user.state.phase == "failed"
    assert user.shelf.runs == (before,)
    assert before.result is not None


def test_painting_keeps_the_run_before_it() -> None:
    user = inline()
    user.controller.train()
    user.edit(data=Painted())
    assert user.state.phase == "idle"
    assert len(user.shelf.runs) == 1


def test_branch_is_the_same_run_up_to_its_step() -> None:
    user = inline()
    user.controller.train()
    (run,) = user.shelf.runs
    step = STEPS_PER_EPOCH + 3
    user.run.branch(run, step, replace(EXPERIMENT, optimizer=SGD(0.5)))
    first, second = user.shelf.runs
    assert (second.number, second.parent and second.parent.id) == (2, first.id)
    assert second.edits == (LiveEdit(step, "optimizer.lr", 0.5),)
    old, new = first.steps.read(), second.steps.read()
    np.testing.assert_array_equal(old[:step], new[:step])
    assert old[step, 2] == new[step, 2], "the loss before the first step at the new rate"
    assert old[step + 1, 2] != new[step + 1, 2]


def test_shelf_makes_room_for_new_runs_but_keeps_pinned_ones() -> None:
    user = inline()
    user.controller.train()
    (run,) = user.shelf.runs
    shelf = Shelf(lambda: None, most_bytes=3 * run.size)
    for number in range(1, 6):
        shelf.put(replace(run, id=str(number), number=number))
        if number == 1:
            shelf.change("1", is_pinned=True, name="the first")
    assert [one.number for one in shelf.runs] == [1, 4, 5]
    assert shelf.runs[0].name == "the first"
    assert shelf.take_number() == 6


def test_deleted_run_comes_back_to_its_place() -> None:
    changes: list[int] = []
    shelf = Shelf(lambda: changes.append(1))
    user = inline()
    user.controller.train()
    (run,) = user.shelf.runs
    for number in (1, 2, 3):
        shelf.put(replace(run, id=str(number), number=number))
    shelf.remove("2")
    assert [one.number for one in shelf.runs] == [1, 3]
    restored = shelf.restore()
    assert restored is not None
    assert restored.number == 2
    assert [one.number for one in shelf.runs] == [1, 2, 3]
    assert shelf.restore() is None
    assert len(changes) == 5


def test_edited_optimizer_of_another_kind_needs_another_run() -> None:
    user = inline(replace(EXPERIMENT, network=(Dense(2),), loss=CrossEntropy()))
    user.controller.train()
    user.edit(optimizer=Adam(0.01))
    assert user.controller.is_outdated
    user.controller.train()
    assert user.state.run_id == 2


def test_branch_of_a_changed_network_keeps_the_weights_that_fit() -> None:
    user = inline()
    user.controller.train()
    (run,) = user.shelf.runs
    step = STEPS_PER_EPOCH + 3
    at_step = next(frame for frame in run.film.frames if frame.step == step)
    changed = replace(EXPERIMENT, network=(Dense(6), Tanh(), Dense(6), Tanh(), Dense(2)))
    user.run.branch(run, step, changed)
    link = user.run.link
    assert link is not None
    first = link.film.layout.weights(link.film.frames[0])
    before = run.film.layout.weights(at_step)
    for new, old in (("0.weight", "0.weight"), ("0.bias", "0.bias"), ("4.weight", "2.weight")):
        np.testing.assert_array_equal(first[new], before[old])
    assert user.state.started is not None
    assert user.state.started.start == (
        "Layers 1, 5 have the weights of step 11. Layer 3 begins with new ones."
    )


def test_a_recorded_run_is_continued_as_one_of_its_own() -> None:
    user = inline()
    user.controller.train()
    (first,) = user.shelf.runs
    user.edit(network=(Dense(2),), optimizer=Adam(0.01))
    user.controller.continue_as_new(first)
    first, second = user.shelf.runs
    assert user.document.experiment == replace(EXPERIMENT, epochs=6)
    assert user.document.undo_label == "Continue run 1"
    parent = second.parent
    assert parent is not None
    assert (parent.id, parent.step) == (first.id, 3 * STEPS_PER_EPOCH)
    assert second.result is not None
    assert second.result.weights_sha256 == weights_after(replace(EXPERIMENT, epochs=6))
    assert len(first.steps) == 3 * STEPS_PER_EPOCH


def test_a_run_is_continued_at_the_learning_rate_that_is_edited() -> None:
    user = inline()
    user.controller.train()
    user.controller.use_learning_rate(0.5)
    user.controller.continue_as_new(user.shelf.runs[0])
    second = user.shelf.runs[1]
    rates = second.steps.column("lr")
    assert rates.tolist() == [0.02] * 3 * STEPS_PER_EPOCH + [0.5] * 3 * STEPS_PER_EPOCH


def test_a_run_that_cannot_start_now_is_not_continued() -> None:
    user = inline()
    user.controller.train()
    (first,) = user.shelf.runs
    missing = replace(first, experiment=replace(EXPERIMENT, network=()))
    user.controller.continue_as_new(missing)
    assert [refusal.reason for refusal in user.refusals] == ["problem"]
    assert len(user.shelf.runs) == 1
