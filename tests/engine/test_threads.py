"""The number of threads that a run computes with."""

from dataclasses import replace
from time import sleep
from typing import Any

import numpy as np
import psutil
import pytest
import torch

from nnplay.catalog import SGD, Adam, BatchNorm, Conv2d, Dense, Dropout, Flatten, ReLU
from nnplay.engine import RunRequest, measured_threads
from nnplay.engine.measured_threads import _fastest, with_fastest_threads
from nnplay.engine.model.threads import multiplications, thread_limit
from nnplay.engine.prepare import prepare
from nnplay.experiment import Experiment, preset
from nnplay.link import Started
from tests.engine.rig import Run, digits, small

CORES = psutil.cpu_count() or 1
LARGE = digits(optimizer=SGD(), network=(Flatten(), Dense(4000), ReLU(), Dense(4000), Dense(10)))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_requested_number_is_used(threads: int) -> None:
    for experiment in (LARGE, small(optimizer=SGD())):
        assert thread_limit(RunRequest(1, experiment, threads, spare_cores=1)) == threads


@pytest.mark.parametrize("key", ["linear-regression", "spiral", "mnist-first-net"])
def test_small_networks_use_one(key: str) -> None:
    assert thread_limit(RunRequest(1, preset(key).experiment)) == 1


@pytest.mark.parametrize(
    "experiment",
    [LARGE, preset("mnist-mlp").experiment, preset("mnist-cnn").experiment],
    ids=["large", "mlp", "cnn"],
)
def test_large_ones_use_all_cores_but_the_spare_ones(experiment: Experiment) -> None:
    assert thread_limit(RunRequest(1, experiment)) == CORES
    assert thread_limit(RunRequest(1, experiment, spare_cores=1)) == max(1, CORES - 1)
    assert thread_limit(RunRequest(1, experiment, spare_cores=CORES + 3)) == 1


def test_the_positions_of_a_convolution_count() -> None:
    # 9 x 4 weights are few; used at 36 places by 1,438 pictures they are not.
    network = (Conv2d(300, 3), Conv2d(300, 3), Flatten(), Dense(10))
    experiment = digits(optimizer=SGD(), network=network)
    assert thread_limit(RunRequest(1, experiment)) == CORES


def test_the_steps_of_a_sequence_count() -> None:
    long, short = preset("gru-rows").experiment, preset("lstm-wave").experiment
    # 28 rows go through the GRU's weights one after the other, their end through the other layer's.
    assert multiplications(long) == 128 * (28 * 3 * 128 * (28 + 128 + 2) + 1290)
    assert thread_limit(RunRequest(1, long)) == CORES
    assert thread_limit(RunRequest(1, short)) == 1


WIDE = digits(
    optimizer=Adam(),
    network=(Flatten(), Dense(256), BatchNorm(), ReLU(), Dropout(0.2), Dense(100), Dense(10)),
    batch_size=512,
    epochs=10,
)


@pytest.mark.parametrize("spare_cores", [0, 1])
def test_the_faster_number_is_found_and_leaves_no_trace_in_the_run(
    spare_cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured_threads, "MOST_SHARE", 100.0)
    # Compiled steps, eager ones with random masks and running statistics.
    plain = tuple(one for one in WIDE.network if not isinstance(one, BatchNorm | Dropout))
    try:
        for experiment in (WIDE, replace(WIDE, network=plain)):
            run = Run(experiment, threads=None, spare_cores=spare_cores)
            threads = run.result.threads
            assert threads in {1, max(1, CORES - spare_cores)}
            assert [event.threads for event in run.of(Started)] == [threads]
            again = Run(experiment, threads=threads)
            assert again.result.threads == threads
            assert again.result.weights_sha256 == run.result.weights_sha256
            np.testing.assert_array_equal(again.link.steps.read(), run.link.steps.read())
    finally:
        torch.set_num_threads(1)


class Sleeper:
    """Takes as long for a step as given for that number of threads."""

    def __init__(self, seconds: dict[int, float]) -> None:
        self.step, self._seconds, self._threads = 0, seconds, 2

    def use_threads(self, threads: int) -> None:
        self._threads = threads

    def advance(self, steps: int) -> None:
        self.step += steps
        sleep(steps * self._seconds[self._threads])


@pytest.mark.parametrize(
    ("seconds", "steps", "fastest"),
    [
        ({1: 0.002, 2: 0.006}, 10_000, 1),
        ({1: 0.006, 2: 0.002}, 10_000, 2),
        # Of a run of half a second, a tenth of a second is too much.
        ({1: 0.0005, 2: 0.001}, 1_000, 2),
        # Threads that slow each other down do not delay the run either.
        ({1: 0.01, 2: 0.3}, 100_000, 1),
    ],
)
def test_the_number_with_the_shorter_steps_is_the_fastest(
    seconds: dict[int, float], steps: int, fastest: int
) -> None:
    sleeper: Any = Sleeper(seconds)
    assert _fastest(sleeper, 2, steps, lambda: None) == fastest
    assert sleeper.step < 60


def test_runs_of_few_or_long_steps_are_not_measured() -> None:
    long = replace(WIDE, batch_size=None, network=LARGE.network, epochs=500)
    for experiment in (replace(WIDE, epochs=60), long):
        request = RunRequest(1, experiment)
        setup = replace(prepare(replace(request, threads=1)), threads=2)
        assert with_fastest_threads(setup, request, lambda: None) is setup
        assert setup.stepper.step == 0


def test_the_run_uses_and_reports_that_number() -> None:
    try:
        run = Run(small(optimizer=SGD(0.1), epochs=1), threads=2)
        assert torch.get_num_threads() == 2
        assert [event.threads for event in run.of(Started)] == [2]
    finally:
        torch.set_num_threads(1)
