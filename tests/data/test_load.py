"""Loading checks the data of a function, caches them, and shares them between threads."""

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from nnplay.catalog import Circle, Dataset, DataSpec, Digits, Gauss, Line, Spiral, Xor
from nnplay.data.arrays import DataError, Samples, Source
from nnplay.data.load import clear_cache, load

Made = Callable[["Toy", np.random.Generator], object]


@dataclass(frozen=True)
class Toy(Dataset):
    """A data set as a plug-in would bring it, with the function that it is given."""

    label = "Toy"
    target = "toy_plugin:toy"
    made: Made
    test_samples: int = 0

    def spec(self) -> DataSpec:
        return DataSpec("classification", (2,), 3, ("a", "b", "c"), 4, self.test_samples)


def toy(dataset: Toy, rng: np.random.Generator) -> object:
    return dataset.made(dataset, rng)


@pytest.fixture(autouse=True)
def _plugged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = ModuleType("toy_plugin")
    plugin.toy = toy  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "toy_plugin", plugin)


def good(count: int = 4) -> Samples:
    return Samples(np.zeros((count, 2), np.float32), np.arange(count, dtype=np.int64) % 3)


@pytest.mark.parametrize("dataset", [Line(), Spiral(), Circle(), Xor(), Gauss(), Digits()])
def test_every_offline_data_set_matches_its_description(dataset: Dataset) -> None:
    spec = dataset.spec()
    source = load(dataset, 0)
    assert source.samples.x.shape == (spec.samples, *spec.in_shape)
    assert source.samples.x.dtype == np.float32
    assert source.test is None
    if spec.task == "classification":
        assert source.samples.y.dtype == np.int64
        assert set(source.samples.y.tolist()) == set(range(spec.outputs))
    else:
        assert source.samples.y.shape == (spec.samples, spec.outputs)
        assert source.samples.y.dtype == np.float32


@pytest.mark.parametrize("dataset", [Line(points=50), Spiral(noise=0.1), Circle(), Xor(), Gauss()])
def test_the_seed_decides_the_noise(dataset: Dataset) -> None:
    first = load(dataset, 1)
    clear_cache()
    again, other = load(dataset, 1), load(dataset, 2)
    assert again is not first
    assert (again.samples.x == first.samples.x).all()
    assert (again.samples.y == first.samples.y).all()
    assert not (
        np.array_equal(other.samples.x, first.samples.x)
        and np.array_equal(other.samples.y, first.samples.y)
    )


def test_the_last_data_sets_are_cached() -> None:
    first = load(Line(points=10), 0)
    assert load(Line(points=10), 0) is first
    load(Line(points=11), 0)
    assert load(Line(points=10), 0) is first
    load(Line(points=12), 0)
    load(Line(points=13), 0)
    assert load(Line(points=10), 0) is not first


def test_deterministic_data_are_cached_for_every_seed() -> None:
    assert load(Digits(), 1) is load(Digits(), 2)


def test_another_data_folder_is_other_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(Digits(), 0)
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    assert load(Digits(), 0) is not first


def test_threads_share_one_data_set() -> None:
    calls = []

    def slow(_dataset: Toy, _rng: np.random.Generator) -> Source:
        calls.append(threading.get_ident())
        started.wait(0.2)  # long enough for all others to arrive at the lock
        return Source(good())

    started, got, dataset = threading.Event(), [], Toy(slow)
    threads = [threading.Thread(target=lambda: got.append(load(dataset, 0))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len(got) == 8
    assert all(source is got[0] for source in got)


def test_shared_arrays_are_read_only() -> None:
    samples = load(Line(points=10), 0).samples
    for array in (samples.x, samples.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def _raise(error: Exception) -> Made:
    def made(_dataset: Toy, _rng: np.random.Generator) -> object:
        raise error

    return made


def _give(x: object, y: object, test: Samples | None = None) -> Made:
    return lambda _dataset, _rng: Source(Samples(x, y), test)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (_raise(ZeroDivisionError("oh")), "ZeroDivisionError: oh"),
        (_raise(MemoryError()), "does not fit in memory"),
        (_raise(DataError("own words")), "^own words$"),
        (lambda _dataset, _rng: 3, "expected a Source"),
        (_give(good().x[:3], good().y), r"x: expected float32 of shape \(4, 2\)"),
        (_give(good().x.astype(np.float16), good().y), "received float16"),
        (_give(good().x, good().y.astype(np.int32)), "y: expected int64"),
        (_give(good().x, good().y[:, np.newaxis]), r"y: expected int64 of shape \(4,\)"),
        (_give(good().x + np.nan, good().y), "infinite numbers or NaN"),
        (_give(good().x, good().y + 1), "0 to 2, received 1 to 3"),
        (_give(good().x, good().y - 1), "0 to 2, received -1 to 1"),
        (_give([1], [2]), "AttributeError"),
        (_give(good().x, good().y, good()), "says that it has none"),
    ],
)
def test_errors_are_reported(made: Made, says: str) -> None:
    with pytest.raises(DataError, match=says):
        load(Toy(made), 0)


def test_bytes_are_only_for_data_that_declare_them(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.full((4, 2), 51, np.uint8)
    with pytest.raises(DataError, match="x: expected float32"):
        load(Toy(_give(pixels, good().y)), 0)
    spec = Toy(_give(pixels, good().y)).spec()
    monkeypatch.setattr(Toy, "spec", lambda _self: replace(spec, input_bytes=1))
    samples = load(Toy(_give(pixels, good().y)), 0).samples
    assert samples.raw is pixels and not pixels.flags.writeable
    assert samples.x.dtype == np.float32 and (samples.rows([1, 3]) == np.float32(0.2)).all()
    with pytest.raises(DataError, match="x: expected uint8"):
        load(Toy(_give(good().x, good().y)), 0)


def test_an_official_test_set_is_loaded_and_checked() -> None:
    with pytest.raises(DataError, match="test set is missing"):
        load(Toy(_give(good().x, good().y), test_samples=2), 0)
    with pytest.raises(DataError, match="x: expected"):
        load(Toy(_give(good().x, good().y, good(3)), test_samples=2), 0)
    made = _give(good().x, good().y, good(2))
    source = load(Toy(made, test_samples=2), 0)
    assert source.test is not None
    assert not source.test.x.flags.writeable


@pytest.mark.parametrize(
    "target", ["nnplay.data.nowhere:f", "nnplay.data.synthetic.curves:nothing", "", ":"]
)
def test_a_missing_target_is_reported(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Toy, "target", target)
    with pytest.raises(DataError, match="Toy cannot be loaded"):
        load(Toy(_give(good().x, good().y)), 0)


def test_data_are_loaded_while_another_thread_imports_torch() -> None:
    # In a process of its own, as torch has been imported in this one.
    code = """
import sys, threading, types
from typing import ClassVar
from nnplay.catalog import Dataset, DataSpec
from nnplay.catalog.kind import dataset
from nnplay.data import load
from nnplay.data.arrays import Samples, Source
import numpy as np

calls = []

def busy(_dataset, _rng):
    calls.append(1)
    if len(calls) == 1:
        threading.Thread(target=lambda: __import__("torch")).start()
        while "torch" not in sys.modules:
            pass
    assert sys.modules["torch"].Tensor  # as SciPy looks for it
    return Source(Samples(np.zeros((3, 1), np.float32), np.zeros((3, 1), np.float32)))

sys.modules["busy_plugin"] = types.SimpleNamespace(busy=busy)

@dataset("Busy")
class Busy(Dataset):
    "Needs torch to be absent or complete."
    target: ClassVar[str] = "busy_plugin:busy"
    def spec(self):
        return DataSpec("regression", (1,), 1, (), 3, 0)

load(Busy(), 0)
print(len(calls))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2\n"
