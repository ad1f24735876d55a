"""The state that follows from the events of a run, and whether a run still fits the experiment."""

from dataclasses import replace
from typing import Any

import pytest

from nnplay.catalog import SGD, Adam, CrossEntropy, Dense, Gauss, Optimizer, kinds
from nnplay.experiment import Experiment, Split
from nnplay.link import Closed, Failed, Finished, Paused, Result, Resumed, Scores, Started
from nnplay.session import RunState, follow, is_compatible

BASE = Experiment(Gauss(), (Dense(2),), CrossEntropy(), SGD(0.1))
STARTED = Started(3, "cpu", "why", "eager", "why", 1)
RESULT = Result(
    BASE, "cpu", 1, "eager", 1, 0.1, 1.0, 1.0, True, Scores(), Scores(), Scores(), None, {}, ""
)
STARTING = RunState("starting", 3, BASE)


def after(*events: Any) -> RunState:
    state = STARTING
    for event in events:
        state = follow(state, event)
    return state


def test_a_run_from_start_to_end() -> None:
    assert STARTING.is_alive
    running = after(STARTED)
    assert (running.phase, running.started, running.is_alive) == ("running", STARTED, True)
    paused = after(STARTED, Paused(3, 5))
    assert (paused.phase, paused.message, paused.is_alive) == ("paused", "", True)
    resumed = after(STARTED, Paused(3, 5), Resumed(3))
    assert resumed == running
    finished = after(STARTED, Finished(3, RESULT))
    assert (finished.phase, finished.result, finished.is_alive) == ("finished", RESULT, False)
    assert finished.experiment is BASE
    assert finished.started is STARTED


def test_a_divergence_is_shown_until_the_run_continues_or_ends() -> None:
    divergence = Paused(3, 5, "Step 6 diverged")
    assert after(STARTED, divergence).message == "Step 6 diverged"
    assert after(STARTED, divergence, Resumed(3)).message == ""
    assert after(STARTED, divergence, Finished(3, RESULT)).message == ""


def test_a_failure_says_why_and_what_to_do() -> None:
    failed = after(Failed(3, "no memory", "use less"))
    assert (failed.phase, failed.message, failed.hint) == ("failed", "no memory", "use less")
    assert not failed.is_alive


def test_a_closed_run_leaves_no_state() -> None:
    assert after(STARTED, Closed(3)) == RunState(run_id=3)


@pytest.mark.parametrize("run_id", [2, 4])
def test_events_of_other_runs_change_nothing(run_id: int) -> None:
    for event in (
        replace(STARTED, run_id=run_id),
        Paused(run_id, 1, "x"),
        Resumed(run_id),
        Finished(run_id, RESULT),
        Failed(run_id, "x"),
        Closed(run_id),
    ):
        assert follow(STARTING, event) is STARTING


def test_names_and_live_values_keep_the_run() -> None:
    assert is_compatible(BASE, BASE)
    assert is_compatible(BASE, replace(BASE, name="x", about="y"))
    assert is_compatible(BASE, replace(BASE, optimizer=SGD(0.5, momentum=0.3, weight_decay=0.1)))


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, seed=1),
        replace(BASE, draw=1),
        replace(BASE, batch_size=None),
        replace(BASE, device="cpu"),
        replace(BASE, split=Split(0.1)),
        replace(BASE, network=(Dense(3), Dense(2))),
        replace(BASE, optimizer=Adam(0.1)),
        replace(BASE, optimizer=SGD(0.1, nesterov=True)),
    ],
)
def test_anything_else_requires_a_new_run(other: Experiment) -> None:
    assert not is_compatible(BASE, other)
    assert not is_compatible(other, BASE)


@pytest.mark.parametrize("key", kinds("optimizer"))
def test_each_hyperparameter_is_live_or_requires_a_new_run(key: str) -> None:
    optimizer = kinds("optimizer")[key]()
    assert isinstance(optimizer, Optimizer)
    base = replace(BASE, optimizer=optimizer)
    for param in optimizer.params():
        value = (not param.default) if param.type == "bool" else 0.123
        other = replace(base, optimizer=optimizer.changed(**{param.name: value}))
        assert is_compatible(base, other) == param.live
