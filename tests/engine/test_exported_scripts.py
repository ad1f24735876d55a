"""An exported script, run by itself, prints the losses of the eager run digit for digit."""

import os
import re
import subprocess
import sys
import tarfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nnplay.catalog import (
    CIFAR10,
    GRU,
    MAE,
    MNIST,
    MSE,
    SGD,
    AbsoluteValue,
    Adagrad,
    Adam,
    AdamW,
    BatchNorm,
    Blobs,
    CaliforniaHousing,
    Circle,
    Conv1d,
    Conv2d,
    Cosine,
    CosineRestarts,
    CrossEntropy,
    Dataset,
    Dense,
    Diabetes,
    Dropout2d,
    Exponential,
    Flatten,
    Formula,
    Gauss,
    GlobalAverage,
    Iris,
    Jump,
    Line,
    MaxPool2d,
    Moons,
    OneCycle,
    Painted,
    PaintedCurve,
    Parity,
    PictureRows,
    Poisson,
    PolynomialCurve,
    ReduceOnPlateau,
    ReLU,
    ResidualBlock,
    RMSprop,
    Sigmoid,
    Sinc,
    Sine,
    Spiral,
    Tanh,
    Wave,
    Xor,
    kinds,
)
from nnplay.data import load
from nnplay.data.download.california import read_california
from nnplay.data.download.cifar import TEST, TRAINING, read_cifar
from nnplay.data.download.registry import ARCHIVES
from nnplay.data.sample_file import sample_file
from nnplay.experiment import Experiment, Regularisation, Split, preset, presets
from nnplay.experiment.export.source import Companions, pytorch_source
from nnplay.experiment.export.source_data import URLS, origin
from nnplay.experiment.export.source_synthetic import generator_lines
from nnplay.experiment.weights.transfer import weights_path
from tests.engine.rig import Run, digits, small
from tests.engine.test_source_runs import CASES as FROM_THE_RUNS

LINE = re.compile(r"epoch (\d+): loss (\S+?)(?:, validation loss (\S+))?")
Losses = npt.NDArray[np.float64]
FAST = frozenset(
    {"linear-regression", "spiral", "digits-offline", "outliers-mse", "outliers-mae", "lstm-wave"}
)


def losses_of_script(experiment: Experiment, folder: Path, *arguments: str) -> Losses:
    """Run the script of an experiment in a process of its own; return (epochs, 2)."""
    script = folder / "script.py"
    pretrained = "start.safetensors" if experiment.start else ""
    if pretrained:
        (folder / pretrained).write_bytes(weights_path(experiment.start).read_bytes())
    companions = Companions("samples.npz", pretrained)
    script.write_text(pytorch_source(experiment, companions=companions), "utf-8")
    if origin(experiment.data) == "file":
        (folder / "samples.npz").write_bytes(sample_file(experiment))
    environment = {name: one for name, one in os.environ.items() if name != "PYTHONPATH"}
    # -I: neither this folder nor the environment can provide nnplay.
    command = [sys.executable, "-I", "-W", "error", str(script), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    assert "import nnplay" not in script.read_text("utf-8")
    found = [LINE.fullmatch(line) for line in done.stdout.splitlines()]
    pairs = [(float(one[2]), float(one[3] or "nan")) for one in found if one is not None]
    return np.array(pairs).reshape(-1, 2)


def losses_of_run(experiment: Experiment) -> Losses:
    epochs = Run(experiment).link.epochs
    return np.column_stack([epochs.column("train_loss"), epochs.column("val_loss")])


def assert_same(experiment: Experiment, folder: Path, *arguments: str) -> None:
    eager = losses_of_run(replace(experiment, stepper="eager"))
    script = losses_of_script(experiment, folder, *arguments)
    assert len(script) >= 1
    np.testing.assert_array_equal(script, eager)
    np.testing.assert_allclose(losses_of_run(experiment), script, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("key", sorted(FAST))
def test_the_script_of_a_preset_prints_the_same_losses(key: str, tmp_path: Path) -> None:
    assert_same(replace(preset(key).experiment, epochs=3), tmp_path)


OF_MNIST = [one.key for one in presets() if one.experiment.data.archive == "mnist"]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("key", OF_MNIST)
def test_the_script_of_a_preset_of_mnist_prints_the_same_losses(
    key: str, mnist_dir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    assert_same(replace(preset(key).experiment, epochs=2), tmp_path, str(mnist_dir))


@pytest.mark.parametrize("key", ["overfit-augmentation", "mnist-cnn"])
def test_the_script_reads_a_part_of_mnist(
    key: str, mnist_dir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    experiment = replace(preset(key).experiment, data=MNIST(samples=500), epochs=2)
    assert_same(experiment, tmp_path, str(mnist_dir))


def losses_here(
    experiment: Experiment, folder: Path, capsys: pytest.CaptureFixture[str], **settings: Any
) -> Losses:
    """Run the script of an experiment in this process; return (epochs, 2)."""
    if origin(experiment.data) == "file":
        (folder / "data.npz").write_bytes(sample_file(experiment))
    names = {"__name__": "__main__"}
    exec(pytorch_source(experiment, **settings), names)
    found = [LINE.fullmatch(line) for line in capsys.readouterr().out.splitlines()]
    pairs = [(float(one[2]), float(one[3] or "nan")) for one in found if one is not None]
    return np.array(pairs).reshape(-1, 2)


TABLE = Experiment(
    Diabetes(),
    (Dense(6), Tanh(), Dense(1)),
    MSE(),
    Adam(0.01),
    split=Split(0.2, 0.2, scaling="standardised"),
    epochs=3,
)
CASES: dict[str, Experiment] = {
    "stratified": replace(small(optimizer=Adam(0.05)), split=Split(0.2, 0.2, True)),
    "a standardised table": TABLE,
    "a table from 0 to 1": replace(TABLE, split=Split(0.2, 0.0, scaling="0 to 1")),
    "targets as they are": replace(TABLE, split=replace(TABLE.split, target_scaling="none")),
    "targets that need no scaling": replace(
        TABLE, data=Sine(points=90), loss=MAE(), split=Split(0.3), optimizer=SGD(0.1)
    ),
    "bounded outputs": replace(
        TABLE, data=Jump(points=90), network=(Dense(4), Tanh(), Dense(1), Sigmoid())
    ),
    "held out by group": replace(
        TABLE, split=Split(0.2, 0.2, how="by group", group="sex", scaling="standardised")
    ),
    "a classification table": Experiment(
        Iris(),
        (Dense(6), Tanh(), BatchNorm(), Dense(3)),
        CrossEntropy(class_weights="balanced"),
        AdamW(0.01),
        split=Split(0.2, 0.2, scaling="standardised"),
        epochs=3,
    ),
    "a series": Experiment(
        Wave(samples=120), (Conv1d(4), Flatten(), Dense(1)), MSE(), SGD(0.05), split=Split(0.2, 0.2)
    ),
    "counts": replace(TABLE, loss=Poisson(), optimizer=Adam(0.1)),
    "drops by a third": replace(
        TABLE,
        schedule=ReduceOnPlateau(0.3, 0, warmup=2),
        optimizer=SGD(0.5),
        epochs=12,
    ),
    "penalties": small(
        optimizer=SGD(0.3),
        network=(Dense(6, l2=0.01), Tanh(), Dense(5, l1=0.003), Tanh(), Dense(2)),
        regularisation=Regularisation(l1=0.003, l2=0.01, clip="by norm", clip_at=0.05),
    ),
    "a batch of all samples": small(optimizer=RMSprop(0.01), batch_size=1000),
    "gated rows": digits(optimizer=Adam(0.01), network=(PictureRows(), GRU(5), Dense(10))),
    "blocks": digits(
        optimizer=SGD(0.05, momentum=0.9),
        network=(Conv2d(4), BatchNorm(), ReLU(), ResidualBlock(6), GlobalAverage(), Dense(10)),
    ),
    "pooled images": digits(
        optimizer=Adagrad(0.05),
        network=(Conv2d(4), ReLU(), MaxPool2d(), Dropout2d(0.2), Flatten(), Dense(10)),
    ),
    **{
        kind.key: small(optimizer=SGD(0.3), schedule=kind(warmup=1), epochs=7)
        for kind in kinds("schedule").values()
        if not (kind.uses_metric or kind.includes_warmup)
    },
    **{
        f"{kind.key} by step": small(optimizer=SGD(0.3), schedule=kind(by="step"), epochs=3)
        for kind in (Cosine, OneCycle, CosineRestarts, Exponential)
    },
    **FROM_THE_RUNS,
}


@pytest.mark.parametrize("case", CASES)
def test_the_script_prints_the_losses_of_the_eager_run(
    case: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "script.py")])
    experiment = replace(CASES[case], stepper="eager")
    eager = losses_of_run(experiment)
    assert len(eager) or experiment.policy.time_limit
    np.testing.assert_array_equal(losses_here(experiment, tmp_path, capsys), eager)


DATA = [
    *(Line(noise=0.5), Sine(), Jump(), AbsoluteValue(), PolynomialCurve(), Sinc(outliers=0.1)),
    *(Spiral(arms=3, noise=0.1, flips=0.1), Circle(), Xor(noise=0.2), Gauss(), Blobs(), Moons()),
    *(Wave(), Wave(noise=0.0), Parity(), Painted(), PaintedCurve()),
]


@pytest.mark.parametrize("dataset", DATA, ids=lambda one: one.key)
def test_the_script_generates_the_same_samples(dataset: Dataset) -> None:
    assert origin(dataset) == "generated"
    lines = generator_lines(dataset, 3)
    names = {"np": np}
    exec("\n".join(["def load_data():", *(f"    {line}" for line in lines)]), names)
    x, y = names["load_data"]()  # type: ignore[operator]
    samples = load(dataset, 3).samples
    assert x.dtype == samples.raw.dtype and y.dtype == samples.y.dtype
    np.testing.assert_array_equal(x, samples.raw)
    np.testing.assert_array_equal(y, samples.y)


def test_what_has_no_short_code_comes_from_a_file() -> None:
    for dataset in (Spiral(imbalance=0.5), Sine(gap_low=-1.0, gap_high=1.0), Iris(), Formula()):
        assert origin(dataset) == "file"
    assert origin(MNIST()) == origin(CIFAR10()) == "downloaded"
    assert origin(MNIST(side=14)) == "file"


def load_data_of(experiment: Experiment, folder: Path) -> tuple[Any, ...]:
    """Return what the script's function that loads the data returns."""
    names: dict[str, Any] = {}
    exec(pytorch_source(experiment), names)
    return tuple(names["load_data"](folder))


def test_the_script_reads_cifar(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    with tarfile.open(tmp_path / "cifar-10-binary.tar.gz", "w:gz") as tar:
        for name in (*TRAINING, TEST):
            records = rng.integers(0, 256, (7, 3073), dtype=np.uint8)
            records[:, 0] %= 10
            info = tarfile.TarInfo(name)
            info.size = records.size
            tar.addfile(info, BytesIO(records.tobytes()))
    expected = read_cifar(tmp_path, records=7)
    experiment = digits(optimizer=SGD(0.1), data=CIFAR10())
    x, y, x_test, y_test = load_data_of(experiment, tmp_path)
    for found, name in ((x, "train-images"), (x_test, "test-images")):
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, np.divide(expected[name], 255, dtype=np.float32))
    np.testing.assert_array_equal(y, expected["train-labels"])
    np.testing.assert_array_equal(y_test, expected["test-labels"])


def test_the_script_reads_california_housing(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = "\n".join(",".join(map(repr, row)) for row in rng.uniform(1, 9, (30, 9)).tolist())
    with tarfile.open(tmp_path / "cal_housing.tgz", "w:gz") as tar:
        info = tarfile.TarInfo("CaliforniaHousing/cal_housing.data")
        info.size = len(table)
        tar.addfile(info, BytesIO(table.encode()))
    expected = read_california(tmp_path, rows=30)
    x, y = load_data_of(replace(TABLE, data=CaliforniaHousing()), tmp_path)
    np.testing.assert_array_equal(x, expected["x"])
    np.testing.assert_array_equal(y, expected["y"])


def test_the_script_loads_pretrained_weights_without_safetensors(
    mnist_dir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    experiment = replace(preset("transfer").experiment, data=MNIST(samples=300), epochs=2)
    assert_same(experiment, tmp_path, str(mnist_dir))


def test_scripts_name_an_address_that_nnplay_downloads_from() -> None:
    for key, address in URLS.items():
        assert any(address.startswith(one) for one in ARCHIVES[key].mirrors), key
