"""What must not change the learnt weights, and what must."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnplay.catalog import (
    MSE,
    SGD,
    Adam,
    AdamW,
    BatchNorm,
    Dense,
    Dropout,
    Exponential,
    Flatten,
    Line,
    OneCycle,
    ReLU,
    Step,
    Tanh,
)
from nnplay.engine.probes.decision import DecisionMap
from nnplay.engine.probes.fit import FitCurve
from nnplay.experiment import Experiment
from nnplay.link import ClassPredictions, Frame, Paused
from tests.engine.rig import EVERYTHING, Run, digits, small

RESTLESS = small(
    optimizer=Adam(0.02),
    network=(Dense(8), BatchNorm(), Tanh(), Dropout(0.3), Dense(2)),
    schedule=Step(step_size=1, gamma=0.8),
)
CASES = {
    "points": small(optimizer=SGD(0.1, momentum=0.9)),
    "dropout and batch statistics": RESTLESS,
    "another rate in every step": replace(RESTLESS, schedule=OneCycle(by="step")),
    "another rate in every compiled step": small(
        optimizer=AdamW(0.03, weight_decay=0.1), schedule=Exponential(0.5, warmup=1, by="step")
    ),
    "pictures": digits(
        optimizer=Adam(0.002),
        network=(Flatten(), Dense(16), BatchNorm(), ReLU(), Dropout(0.2), Dense(10)),
        epochs=2,
    ),
    "a line, full batch": Experiment(
        Line(points=60), (Dense(3), Tanh(), Dense(1)), MSE(), SGD(0.05), batch_size=None, epochs=60
    ),
}


def stuttering(experiment: Experiment) -> Run:
    """Run with pauses, steps, an epoch, an edit that changes nothing and all frames."""

    def same_rate(link: Any) -> None:
        link.control.edit("optimizer.lr", experiment.optimizer.lr)
        link.control.step(2)

    return Run(
        experiment,
        lambda link: link.control.step(),
        lambda link: link.control.epoch(),
        same_rate,
        lambda link: link.control.step(5),
        lambda link: link.control.epoch(),
        lambda link: link.control.run(),
        first=lambda link: link.control.step(3),
        demand=EVERYTHING,
    )


def start_of(experiment: Experiment) -> dict[str, Any]:
    """Return the initial weights."""
    return dict(Run(experiment, first=lambda link: link.control.stop()).result.weights)


@pytest.mark.parametrize("name", CASES)
def test_pauses_and_frames_leave_the_run_as_it_is(name: str) -> None:
    experiment = CASES[name]
    straight = Run(experiment)
    broken_up = stuttering(experiment)
    # The last command to pause may arrive at the end of the run.
    assert len(broken_up.of(Paused)) in (5, 6)
    assert len(broken_up.frames) >= 7
    assert broken_up.result.weights_sha256 == straight.result.weights_sha256
    for part in ("steps", "epochs"):
        np.testing.assert_array_equal(
            getattr(broken_up.link, part).read(), getattr(straight.link, part).read()
        )
    assert broken_up.result.test == straight.result.test


@pytest.mark.parametrize("name", CASES)
def test_frames_of_a_run_in_one_go_leave_it_as_it_is(name: str) -> None:
    experiment = CASES[name]
    watched = Run(experiment, demand=EVERYTHING)
    assert watched.result.weights_sha256 == Run(experiment).result.weights_sha256


def test_dropout_and_batch_statistics_are_active_only_in_training() -> None:
    # If dropout were on in the evaluation, two runs to the same weights would differ in it.
    run = Run(RESTLESS)
    last = run.frames[-1].payloads[ClassPredictions]
    assert isinstance(last, ClassPredictions)
    assert run.result.class_predictions is not None
    np.testing.assert_array_equal(last.probabilities, run.result.class_predictions.probabilities)
    without = replace(RESTLESS, network=(Dense(8), BatchNorm(), Tanh(), Dropout(0.0), Dense(2)))
    assert Run(without).result.weights_sha256 != run.result.weights_sha256


def test_the_same_seed_gives_the_same_run_and_another_another() -> None:
    first, second = Run(RESTLESS), Run(RESTLESS)
    assert first.result.weights_sha256 == second.result.weights_sha256
    np.testing.assert_array_equal(first.link.steps.read(), second.link.steps.read())
    other = Run(replace(RESTLESS, seed=4))
    assert other.result.weights_sha256 != first.result.weights_sha256


def test_another_initialisation_seed_changes_only_the_initial_weights() -> None:
    from tests.engine.rig import batches_of, parts_of

    base = small(optimizer=SGD(0.1))
    redrawn = replace(base, draw=1)
    assert not np.array_equal(start_of(base)["0.weight"], start_of(redrawn)["0.weight"])
    np.testing.assert_array_equal(parts_of(base).train.x, parts_of(redrawn).train.x)
    for step in range(12):
        assert batches_of(base).get(step)[0].equal(batches_of(redrawn).get(step)[0])


def test_the_batch_size_leaves_the_initial_weights_alone() -> None:
    base = small(optimizer=SGD(0.1))
    for size in (1, 50, None):
        other = start_of(replace(base, batch_size=size))
        for name, array in start_of(base).items():
            np.testing.assert_array_equal(array, other[name])


def test_the_seed_changes_initial_weights_data_and_batches() -> None:
    from tests.engine.rig import batches_of, parts_of

    base = small(optimizer=SGD(0.1))
    other = replace(base, seed=4)
    assert not np.array_equal(start_of(base)["0.weight"], start_of(other)["0.weight"])
    assert not np.array_equal(parts_of(base).train.x, parts_of(other).train.x)
    assert not batches_of(base).get(0)[0].equal(batches_of(other).get(0)[0])


def test_a_constant_schedule_is_the_default() -> None:
    base = small(optimizer=SGD(0.1))
    same = replace(base, schedule=Step(gamma=1.0))
    assert Run(base).result.weights_sha256 == Run(same).result.weights_sha256


def frames_at(frames: list[Frame], step: int) -> list[Frame]:
    return [frame for frame in frames if frame.step == step]


def test_frames_name_their_step() -> None:
    run = stuttering(CASES["a line, full batch"])
    (at_three, *_more) = frames_at(run.frames, 3)
    assert at_three.run_id == 7
    assert (at_three.progress.step, at_three.progress.steps) == (3, 60)
    assert (at_three.progress.epoch, at_three.progress.epochs) == (3.0, 60)
    assert at_three.loss == run.link.steps.column("loss")[2], "the last loss where a batch is all"
    assert at_three.lr == 0.05
    assert isinstance(at_three.payloads[FitCurve], FitCurve)
    assert not any(isinstance(p, DecisionMap) for f in run.frames for p in f.payloads.values())
    assert np.isnan(run.frames[0].loss)
