"""Commands from another thread: each is obeyed, and each event is announced once."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import nnplay.engine.evaluation.evaluate
from nnplay.catalog import SGD, Circle, Dense, Tanh
from nnplay.experiment import Split
from nnplay.link import Closed, Evaluating, Finished, Paused, Resumed, Scores, Started
from tests.engine.rig import (
    Run,
    assert_same_weights,
    batches_of,
    initial_weights,
    plain_loop,
    small,
    threaded,
)

ENDLESS = small(optimizer=SGD(0.01), epochs=1_000_000)
# Thousands of chunks for one epoch's validation: it takes seconds, and no test needs all.
SLOW_VALIDATION = small(
    optimizer=SGD(0.01),
    data=Circle(points=200_000),
    split=Split(0.9),
    batch_size=None,
    epochs=2,
)


def test_pause_step_epoch_run_and_stop_are_obeyed() -> None:
    with threaded(ENDLESS) as run:
        control, steps = run.link.control, run.link.steps
        started = run.expect(Started)
        assert (started.run_id, started.device, started.threads) == (1, "cpu", 1)
        run.wait_for_rows(5)
        control.pause()
        at = run.expect(Paused).step
        assert len(steps) == at
        control.step()
        run.expect(Resumed)
        assert run.expect(Paused).step == at + 1
        control.step(9)
        run.expect(Resumed)
        at = run.expect(Paused).step
        control.epoch()
        run.expect(Resumed)
        end = run.expect(Paused).step
        assert end == (at // 6 + 1) * 6
        assert len(run.link.epochs) == end // 6, "the row is of the whole epoch"
        control.run()
        run.expect(Resumed)
        run.wait_for_rows(end + 20)
        control.stop()
        result = run.expect(Finished).result
        run.finish()
    assert result.stopped
    assert result.steps == len(steps) >= end + 20
    assert result.epochs == result.steps / 6
    for scores in (result.train, result.validation, result.test):
        assert scores.loss is not None
        assert scores.accuracy is not None
    assert result.class_predictions is not None
    assert result.samples_per_second > 0
    assert result.seconds > 0


def test_close_ends_a_run_that_trains() -> None:
    with threaded(ENDLESS) as run:
        run.expect(Started)
        run.wait_for_rows(3)
        run.link.control.close()
        run.expect(Closed)
        run.finish()


@pytest.mark.parametrize("order", ["stop", "close"])
def test_a_paused_run_ends_on_command(order: str) -> None:
    with threaded(ENDLESS) as run:
        run.link.control.pause()
        run.expect(Started)
        run.expect(Paused)
        getattr(run.link.control, order)()
        run.expect(Finished if order == "stop" else Closed)
        run.finish()


def test_a_run_closed_before_it_began_has_no_result() -> None:
    run = Run(ENDLESS, first=lambda link: link.control.close())
    assert run.kinds == ["Closed"]


def test_a_run_stopped_before_it_began_has_metrics() -> None:
    run = Run(ENDLESS, first=lambda link: link.control.stop())
    assert run.kinds == ["Started", "Finished"]
    assert (run.result.steps, run.result.stopped) == (0, True)
    assert run.result.test.loss is not None


def test_a_whole_run_emits_each_event_once() -> None:
    run = Run(small(optimizer=SGD(0.1)), first=lambda link: link.control.step(7))
    assert run.kinds == ["Started", "Paused", "Resumed", "Finished"]
    assert (run.result.steps, run.result.stopped) == (24, False)


def test_the_last_step_ends_the_run_although_the_allowance_is_used_up() -> None:
    run = Run(small(optimizer=SGD(0.1)), first=lambda link: link.control.step(24))
    assert run.kinds == ["Started", "Finished"]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nnplay.engine.evaluation.evaluate, "CHUNK_NUMBERS", 20)


@pytest.mark.usefixtures("small_chunks")
def test_close_is_obeyed_during_validation() -> None:
    with threaded(SLOW_VALIDATION) as run:
        run.expect(Started)
        run.wait_for_rows(1)
        run.link.control.close()
        run.expect(Closed)
        run.finish()
    assert len(run.link.epochs) == 0


@pytest.mark.slow
@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("order", ["cancel_evaluation", "close"])
def test_the_final_evaluation_is_announced_and_can_be_cancelled(order: str) -> None:
    # Its training part is large, and evaluated last.
    large = replace(SLOW_VALIDATION, split=Split(0.0005, 0.0005), epochs=1)
    with threaded(large) as run:
        run.expect(Started)
        evaluating = run.expect(Evaluating)
        assert 0 < evaluating.share < 1
        getattr(run.link.control, order)()
        if order == "close":
            run.expect(Closed)
            run.finish()
            return
        result = run.expect(Finished).result
        run.finish()
    assert (result.steps, result.stopped) == (1, False)
    assert result.train == Scores()
    assert result.test.loss is not None
    assert result.class_predictions is not None
    assert result.ending == "The evaluation was cancelled: some metrics are missing."
    assert result.weights_sha256 == Run(replace(large, epochs=1)).result.weights_sha256


@pytest.mark.usefixtures("small_chunks")
def test_pause_is_obeyed_during_validation() -> None:
    # The command comes when the only step of the epoch is written, so that nothing but the
    # validation follows it.
    rows: list[int] = []
    experiment = small(
        optimizer=SGD(0.1), data=Circle(points=1000), split=Split(0.5), batch_size=None, epochs=2,
        stepper="eager",
    )  # fmt: skip

    def go_on(link: Any) -> None:
        rows.append(len(link.epochs))
        link.control.run()

    run = Run(experiment, go_on, at_row=(1, lambda link: link.control.pause()))
    assert rows == [0]
    assert run.kinds == ["Started", "Paused", "Resumed", "Finished"]
    assert len(run.link.epochs) == 2
    assert run.result.weights_sha256 == Run(experiment).result.weights_sha256
    np.testing.assert_array_equal(
        run.link.epochs.read(), Run(experiment).link.epochs.read(), "validated as without a pause"
    )


@pytest.mark.parametrize("order", ["step", "epoch"])
def test_an_allowance_for_the_epoch_ends_after_its_validation(order: str) -> None:
    rows: list[int] = []
    experiment = small(optimizer=SGD(0.1))

    def count(link: Any) -> None:
        rows.append(len(link.epochs))
        link.control.run()

    leave = (lambda link: link.control.step(6)) if order == "step" else (
        lambda link: link.control.epoch()
    )  # fmt: skip
    run = Run(experiment, count, first=leave)
    assert rows == [1]
    assert [paused.step for paused in run.of(Paused)] == [6]


def test_a_stop_during_validation_still_writes_the_epoch() -> None:
    # Compiled steps would validate along with them, and may be a step further.
    experiment = small(optimizer=SGD(0.1), stepper="eager")
    run = Run(experiment, at_row=(6, lambda link: link.control.stop()))
    assert run.result.steps == 6
    assert len(run.link.epochs) == 1
    # All but the penalty and the monitored metric, which are off.
    assert np.isfinite(run.link.epochs.read()[:, :-2]).all()


def test_a_live_learning_rate_applies_from_the_next_step() -> None:
    # Eager, so that the steps taken meanwhile are few enough to be repeated one by one.
    experiment = replace(ENDLESS, stepper="eager", optimizer=SGD(0.1))
    with threaded(experiment) as run:
        run.expect(Started)
        run.wait_for_rows(10)
        run.link.control.edit("optimizer.lr", 0.01)
        run.wait_for_rows(len(run.link.steps) + 1000)
        run.link.control.stop()
        result = run.expect(Finished).result
        run.finish()
    rates = run.link.steps.column("lr")
    change = int(np.argmax(rates == 0.01))
    assert change > 0
    np.testing.assert_array_equal(rates[:change], 0.1)
    np.testing.assert_array_equal(rates[change:], 0.01)

    model = initial_weights(
        experiment, lambda: nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 2))
    )
    assert experiment.network == (Dense(6), Tanh(), Dense(2))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    def tune(step: int) -> None:
        optimizer.param_groups[0]["lr"] = rates[step]

    loss = nn.functional.cross_entropy
    plain_loop(model, loss, optimizer, batches_of(experiment), range(result.steps), tune)
    assert_same_weights(result.weights, model, 1e-4)
