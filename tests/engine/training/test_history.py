"""The rows of a run: one per step, one per epoch, and how they fit together."""

from dataclasses import replace

import numpy as np
import pytest

from nnplay.catalog import MSE, SGD, Adam, Dense, Line, Tanh
from nnplay.engine.step import StepLog
from nnplay.engine.training.history import History
from nnplay.experiment import Experiment, Policy, Regularisation, Split
from nnplay.link import EPOCH_COLUMNS, STEP_COLUMNS, Scores, Trace
from tests.engine.rig import Run, batches_of, digits, small

CASES = {
    "points": small(optimizer=SGD(0.1)),
    "full batch": small(optimizer=SGD(0.1), batch_size=None),
    "single samples": small(optimizer=SGD(0.1), batch_size=1, split=Split()),
    "pictures": digits(optimizer=Adam(0.002)),
}


@pytest.mark.parametrize("name", CASES)
def test_epochs_are_the_weighted_means_of_their_steps(name: str) -> None:
    experiment: Experiment = CASES[name]
    run = Run(experiment)
    batches = batches_of(experiment)
    count = batches.per_epoch * experiment.epochs
    steps, epochs = run.link.steps.read(), run.link.epochs.read()
    assert len(steps) == count == run.result.steps
    np.testing.assert_array_equal(steps[:, 0], np.arange(1, count + 1))
    assert steps[-1, 1] == experiment.epochs
    np.testing.assert_array_equal(epochs[:, 0], np.arange(1, experiment.epochs + 1))
    np.testing.assert_array_equal(epochs[:, 1], epochs[:, 0] * batches.per_epoch)
    for number, row in enumerate(epochs):
        part = slice(number * batches.per_epoch, (number + 1) * batches.per_epoch)
        sizes = [len(batches.get(step)[0]) for step in range(part.start, part.stop)]
        assert row[2] == pytest.approx(np.average(steps[part, 2], weights=sizes))
        assert row[3] == pytest.approx(np.average(steps[part, 3], weights=sizes))


def test_a_run_that_stops_within_an_epoch_has_rows_for_whole_epochs_only() -> None:
    run = Run(
        CASES["points"],
        lambda link: link.control.stop(),
        first=lambda link: link.control.step(15),
    )
    assert len(run.link.steps) == run.result.steps == 15
    assert len(run.link.epochs) == 2
    assert run.result.epochs == 2.5


def test_very_short_epochs_have_their_rows_too() -> None:
    experiment = Experiment(
        Line(points=40), (Dense(3), Tanh(), Dense(1)), MSE(), SGD(0.01), batch_size=16,
        epochs=1500, regularisation=Regularisation(l2=0.01),
    )  # fmt: skip
    run = Run(experiment)
    steps, epochs = run.link.steps.read(), run.link.epochs.read()
    np.testing.assert_array_equal(steps[:, 0], np.arange(1, 4501))
    np.testing.assert_array_equal(epochs[:, 0], np.arange(1, 1501))
    np.testing.assert_array_equal(epochs[:, 1], 3 * np.arange(1, 1501))
    sizes = np.array([16, 16, 8])
    loss, penalty = (steps[:, place].reshape(1500, 3) @ sizes / 40 for place in (2, 5))
    np.testing.assert_allclose(epochs[:, 2], loss, rtol=1e-12)
    np.testing.assert_allclose(epochs[:, 6], penalty, rtol=1e-12)
    assert np.isnan(epochs[:, 3:6]).all()
    assert run.result.samples_per_second > 0
    # Stopped in between, it has rows for whole epochs only.
    run = Run(
        experiment, lambda link: link.control.stop(), first=lambda link: link.control.step(1000)
    )
    assert (len(run.link.steps), len(run.link.epochs)) == (1000, 333)


@pytest.mark.parametrize("name", ["points", "full batch"])
def test_many_epochs_at_a_time_have_the_validation_rows_of_plain_steps(name: str) -> None:
    experiment = replace(CASES[name], epochs=300)
    one, other = Run(experiment), Run(replace(experiment, stepper="eager"))
    assert (one.result.stepper, other.result.stepper) == ("compiled", "eager")
    for column in ("val_loss", "watched"):
        np.testing.assert_allclose(
            one.link.epochs.column(column), other.link.epochs.column(column), rtol=1e-3
        )
    # A prediction on the edge between two classes may fall to either side.
    gaps = one.link.epochs.column("val_accuracy") != other.link.epochs.column("val_accuracy")
    assert gaps.mean() < 0.1


def test_every_epoch_is_observed_once_even_if_its_row_is_dropped() -> None:
    batches, metric = batches_of(small(optimizer=SGD(0.1))), Policy(watch="training loss").metric
    heard: list[tuple[int, float]] = []
    steps, epochs = Trace(STEP_COLUMNS, 4), Trace(EPOCH_COLUMNS, 4)
    history = History(batches, steps, epochs, metric, lambda *row: heard.append(row))
    losses = np.linspace(3, 1, 50)
    for epoch, loss in enumerate(losses, 1):
        same = np.full(batches.per_epoch, loss)
        history.write(StepLog(same, same, same, same), epoch * batches.per_epoch)
        # Repeated after a divergence, for example.
        for _time in range(2):
            history.end_epoch(Scores(), np.nan)
    assert len(epochs) < 20
    assert [epoch for epoch, _watched in heard] == list(range(1, 51))
    np.testing.assert_allclose([watched for _epoch, watched in heard], losses)
