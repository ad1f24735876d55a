"""Experiments that cannot run are refused with a message that says why and what to do."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import psutil
import pytest
import torch

from nnplay.catalog import MNIST, SGD, Adam, Circle, CrossEntropy, Dense, Flatten, Softmax, Tanh
from nnplay.engine import DeviceError, choose_device, devices
from nnplay.experiment import Split, memory_bytes
from tests.engine.rig import REPO, Run, small

HUGE = small(optimizer=Adam(), network=(Dense(100_000), Dense(100_000), Dense(100_000), Dense(2)))


def test_a_network_too_large_for_memory_is_refused_before_allocating() -> None:
    before = psutil.Process().memory_info().rss
    tracemalloc.start()
    run = Run(HUGE)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert run.kinds == ["Failed"]
    assert run.failure.run_id == 7
    assert "memory" in run.failure.message
    # Two layers of 100,000 x 100,000 floats in at least four copies.
    assert float(run.failure.message.split(" GB")[0].split()[-1]) >= 320
    assert "fewer units" in run.failure.hint
    assert peak < 10_000_000
    assert psutil.Process().memory_info().rss - before < 500_000_000


@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_a_full_batch_is_refused_only_if_its_steps_need_the_memory(
    stepper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = small(
        optimizer=SGD(), data=Circle(points=20_000), network=(Dense(200), Tanh(), Dense(2)),
        split=Split(), batch_size=None, epochs=1, stepper=stepper,
    )  # fmt: skip
    whole, in_blocks = memory_bytes(experiment), memory_bytes(experiment, in_blocks=True)
    assert in_blocks < whole

    class Free:
        available = in_blocks

    monkeypatch.setattr(psutil, "virtual_memory", Free)
    run = Run(experiment)
    assert run.kinds == (["Started", "Finished"] if stepper == "auto" else ["Failed"])


RUN_OUT = """
import resource, torch
from nnplay.catalog import *
from nnplay.engine import RunRequest, train
from nnplay.experiment import Experiment
from nnplay.link import Link
experiment = Experiment(
    Line(points=100), (Dense(8_000), ReLU(), Dense(8_000), Dense(1)), MSE(), Adam(), batch_size=10,
    stepper="eager"
)
torch.zeros(1)
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + {room}
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
train(RunRequest(1, experiment, threads=1), Link(lambda event: print(event)))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs RLIMIT_AS of Linux")
@pytest.mark.parametrize(
    ("room", "started"),
    [(200_000_000, False), pytest.param(900_000_000, True, marks=pytest.mark.slow)],
)
def test_running_out_of_memory_in_torch_is_a_failure_not_a_crash(room: int, started: bool) -> None:
    if psutil.virtual_memory().available < 3_000_000_000:
        pytest.skip("needs 3 GB of free memory to get past the estimate")
    done = subprocess.run(
        [sys.executable, "-c", RUN_OUT.format(room=room)],
        cwd=REPO,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1].startswith("Failed(")
    assert "Not enough memory" in lines[-1]
    assert "fewer units" in lines[-1]
    assert any(line.startswith("Started(") for line in lines) == started


def test_a_missing_gpu_is_reported() -> None:
    with pytest.raises(DeviceError, match="cuda:77"):
        choose_device("cuda:77")
    run = Run(small(optimizer=SGD(), device="cuda:77"))
    assert run.kinds == ["Failed"]
    assert "cuda:77" in run.failure.message
    assert "CPU" in run.failure.hint


def test_the_offered_devices_can_be_chosen_and_say_why() -> None:
    keys = [choice.key for choice in devices()]
    assert keys[:2] == ["auto", "cpu"]
    assert len(keys) == 2 + torch.cuda.device_count()
    for choice in devices():
        assert choice.label
        assert choice.why
        device, why = choose_device(choice.key)
        assert why
        assert choice.key in ("auto", str(device))


def test_all_problems_are_reported() -> None:
    experiment = small(optimizer=SGD(-1.0), network=(Dense(3), Softmax()))
    run = Run(experiment)
    assert run.kinds == ["Failed"]
    assert "optimizer.lr" in run.failure.message
    assert "network[0].units" in run.failure.message
    assert run.failure.hint


def test_missing_mnist_offers_three_alternatives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    experiment = small(
        optimizer=SGD(), data=MNIST(), network=(Flatten(), Dense(10)), loss=CrossEntropy()
    )
    run = Run(experiment)
    assert run.kinds == ["Failed"]
    assert "MNIST" in run.failure.message
    for way in ("download", "import files", "Digits"):
        assert way in run.failure.message + run.failure.hint
