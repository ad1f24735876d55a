"""Devices measured against each other: progress, state left unchanged, and the verdict."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nnplay.catalog import MNIST, SGD, Adam, CrossEntropy, Dense, Dropout, Flatten, Tanh
from nnplay.data import DataError
from nnplay.engine import DeviceChoice
from nnplay.engine.comparing.devices import (
    Cancelled,
    Timing,
    comparable,
    compare_devices,
    ratio_text,
    timing_text,
    verdict,
)
from tests.engine.rig import small

CPU = DeviceChoice("cpu", "CPU", "there")
AGAIN = DeviceChoice("cpu", "other CPU", "there too")
ABSENT = DeviceChoice("cuda:77", "GPU 77", "not there")
SECONDS = 0.05
WITH_DROPOUT = small(optimizer=SGD(), network=(Dense(6), Tanh(), Dropout(0.5), Dense(2)))


def timing(label: str, speed: float) -> Timing:
    return Timing(label.lower(), label, speed, "eager", "because")


def test_every_device_is_measured_with_the_stepper_it_would_use() -> None:
    reported: list[str] = []
    plain = small(optimizer=Adam())
    timings = compare_devices(
        plain, (CPU, AGAIN), seconds=SECONDS, tell=lambda device: reported.append(device.label)
    )
    assert reported == ["CPU", "other CPU"]
    assert [one.label for one in timings] == reported
    assert all(one.samples_per_second > 0 for one in timings)
    assert {one.stepper for one in timings} == {"compiled"}
    (eager,) = compare_devices(replace(plain, stepper="eager"), (CPU,), seconds=SECONDS)
    assert (eager.stepper, eager.why) == ("eager", "chosen in the experiment")


def test_the_given_device_is_used_instead_of_the_experiments() -> None:
    (one,) = compare_devices(small(optimizer=SGD(), device="cuda:77"), (CPU,), seconds=SECONDS)
    assert one.samples_per_second > 0


def test_a_device_that_cannot_train_it_says_why_and_the_others_are_measured() -> None:
    absent, there = compare_devices(small(optimizer=SGD()), (ABSENT, CPU), seconds=SECONDS)
    assert absent.samples_per_second == 0
    assert "cuda:77" in timing_text(absent)
    assert there.samples_per_second > 0
    assert verdict((absent, there)) == "Of these devices, this network trains only on your CPU."


def test_measuring_changes_nothing() -> None:
    threads = torch.get_num_threads()
    chance = torch.get_rng_state()
    others = threading.active_count()
    compare_devices(WITH_DROPOUT, (CPU,), seconds=SECONDS, threads=threads + 1)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), chance)
    assert threading.active_count() == others


@pytest.mark.parametrize("looks", [1, 2, 5])
def test_it_stops_between_chunks_and_changes_nothing(looks: int) -> None:
    threads, chance = torch.get_num_threads(), torch.get_rng_state()
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= looks

    with pytest.raises(Cancelled):
        compare_devices(WITH_DROPOUT, (CPU,), seconds=1e9, threads=threads + 1, stop=stop)
    assert asked == looks
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), chance)


def test_missing_data_are_reported_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    experiment = small(
        optimizer=SGD(), data=MNIST(), network=(Flatten(), Dense(10)), loss=CrossEntropy()
    )
    with pytest.raises(DataError, match="MNIST"):
        compare_devices(experiment, (CPU,), seconds=SECONDS)


def test_the_machine_offers_its_cpu_and_each_gpu_once() -> None:
    keys = [one.key for one in comparable()]
    assert keys == ["cpu", *(f"cuda:{n}" for n in range(torch.cuda.device_count()))]


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (1.44, "1.4:1"),
        (2.0, "2:1"),
        (3.04, "3:1"),
        (9.94, "9.9:1"),
        (9.96, "10:1"),
        (123.4, "123:1"),
    ],
)
def test_ratios_in_words(ratio: float, text: str) -> None:
    assert ratio_text(ratio) == text


def test_verdicts() -> None:
    cpu, gpu, other = timing("CPU", 300.0), timing("H100", 100.0), timing("T4", 50.0)
    assert verdict((cpu, gpu)) == verdict((gpu, cpu))
    assert verdict((cpu, gpu)) == "Your CPU trains this network faster, 3:1."
    assert verdict((other, gpu, cpu)) == ("Your CPU trains this network fastest, 3:1 to your H100.")
    assert verdict((gpu, replace(gpu, label="CPU", samples_per_second=95.0))) == (
        "Your H100 and your CPU train this network about equally fast."
    )
    assert verdict((cpu,)) == "No GPU found, so there is nothing to compare your CPU with."
    assert "none of these" in verdict((timing("CPU", 0.0), timing("H100", 0.0)))
    assert timing_text(timing("CPU", 12_345.6)) == (
        "CPU: 12,346 samples per second, eager steps (because)"
    )
