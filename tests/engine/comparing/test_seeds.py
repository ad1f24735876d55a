"""Training with several seeds: each run is the one that its experiment has by itself."""

from dataclasses import replace

import numpy as np
import pytest

from nnplay.catalog import SGD, Circle, CrossEntropy, Dense, Dropout, Tanh
from nnplay.engine import RunRequest, train
from nnplay.engine.comparing.devices import Cancelled
from nnplay.engine.comparing.seeds import compare_seeds
from nnplay.engine.prepare import RunError
from nnplay.experiment import Experiment, Split
from nnplay.link import EPOCH_COLUMNS, Link, Trace

EXPERIMENT = Experiment(
    Circle(points=80), (Dense(4), Tanh(), Dropout(0.2), Dense(2)), CrossEntropy(), SGD(0.1),
    split=Split(0.25), batch_size=10, epochs=3, device="cpu", seed=4,
)  # fmt: skip


def alone(experiment: Experiment) -> np.ndarray:
    link = Link(lambda _event: None)
    train(RunRequest(1, experiment, threads=1), link)
    return link.epochs.read()


def traces(count: int) -> tuple[Trace, ...]:
    return tuple(Trace(EPOCH_COLUMNS) for _seed in range(count))


def test_each_seed_is_a_run_of_its_own() -> None:
    found = traces(3)
    result = compare_seeds(EXPERIMENT, found, threads=1)
    assert [one.seed for one in result.seeds] == [4, 5, 6]
    assert not result.stopped
    for seed, trace in zip((4, 5, 6), found, strict=True):
        np.testing.assert_array_equal(trace.read(), alone(replace(EXPERIMENT, seed=seed)))
    assert len({float(trace.column("val_loss")[-1]) for trace in found}) == 3


def test_only_the_initial_weights_may_differ() -> None:
    found = traces(2)
    result = compare_seeds(EXPERIMENT, found, weights_only=True, threads=1)
    assert [one.seed for one in result.seeds] == [0, 1]
    np.testing.assert_array_equal(found[1].read(), alone(replace(EXPERIMENT, draw=1)))


def test_it_stops_between_and_within_runs() -> None:
    found = traces(3)
    result = compare_seeds(EXPERIMENT, found, threads=1, stop=lambda: len(found[1]) > 0)
    assert [one.seed for one in result.seeds] == [4]
    assert result.stopped
    with pytest.raises(Cancelled):
        compare_seeds(EXPERIMENT, traces(2), threads=1, stop=lambda: True)


def test_a_seed_that_diverges_does_not_end_the_others() -> None:
    steep = replace(EXPERIMENT, optimizer=SGD(1e12), network=(Dense(4), Dense(2)))
    result = compare_seeds(steep, traces(2), threads=1)
    assert len(result.seeds) == 2
    assert all(one.diverged for one in result.seeds)
    assert result.spread.endswith("2 seeds diverged")


def test_what_cannot_start_is_an_error() -> None:
    with pytest.raises(RunError):
        compare_seeds(replace(EXPERIMENT, device="cuda:7"), traces(2), threads=1)
