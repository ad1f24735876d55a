"""How many threads a run takes."""

import psutil
import pytest
import torch

from nnplay.catalog import SGD, Conv2d, Dense, Flatten, ReLU
from nnplay.engine import RunRequest
from nnplay.engine.model.threads import choose_threads, work
from nnplay.experiment import Experiment, preset
from nnplay.link import Started
from tests.engine.rig import Run, digits, small

CORES = psutil.cpu_count() or 1
LARGE = digits(optimizer=SGD(), network=(Flatten(), Dense(4000), ReLU(), Dense(4000), Dense(10)))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_number_that_was_asked_for_is_taken(threads: int) -> None:
    for experiment in (LARGE, small(optimizer=SGD())):
        assert choose_threads(RunRequest(1, experiment, threads, spare_cores=1)) == threads


@pytest.mark.parametrize("key", ["linear-regression", "spiral", "mnist-first-net"])
def test_small_networks_take_one(key: str) -> None:
    assert choose_threads(RunRequest(1, preset(key).experiment)) == 1


@pytest.mark.parametrize(
    "experiment",
    [LARGE, preset("mnist-mlp").experiment, preset("mnist-cnn").experiment],
    ids=["large", "mlp", "cnn"],
)
def test_large_ones_take_all_cores_but_those_to_spare(experiment: Experiment) -> None:
    assert choose_threads(RunRequest(1, experiment)) == CORES
    assert choose_threads(RunRequest(1, experiment, spare_cores=1)) == max(1, CORES - 1)
    assert choose_threads(RunRequest(1, experiment, spare_cores=CORES + 3)) == 1


def test_the_places_of_a_convolution_count() -> None:
    # 9 x 4 weights are few; used at 36 places by 1,438 pictures they are not.
    network = (Conv2d(300, 3), Conv2d(300, 3), Flatten(), Dense(10))
    experiment = digits(optimizer=SGD(), network=network)
    assert choose_threads(RunRequest(1, experiment)) == CORES


def test_the_steps_of_a_sequence_count() -> None:
    long, short = preset("gru-rows").experiment, preset("lstm-wave").experiment
    # 28 rows go through the GRU's weights one after the other, their end through the other layer's.
    assert work(long) == 128 * (28 * 3 * 128 * (28 + 128 + 2) + 1290)
    assert choose_threads(RunRequest(1, long)) == CORES
    assert choose_threads(RunRequest(1, short)) == 1


def test_the_run_uses_and_tells_that_number() -> None:
    try:
        run = Run(small(optimizer=SGD(0.1), epochs=1), threads=2)
        assert torch.get_num_threads() == 2
        assert [event.threads for event in run.of(Started)] == [2]
    finally:
        torch.set_num_threads(1)
