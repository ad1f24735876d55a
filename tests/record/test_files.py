"""The files of a run, read back by other means than those that wrote them."""

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from sklearn.metrics import precision_recall_fscore_support

from nnplay.catalog import SGD, CrossEntropy, Dense, Spiral
from nnplay.experiment import Experiment, dumps, loads, open_file
from nnplay.link import (
    EPOCH_COLUMNS,
    STEP_COLUMNS,
    ClassPredictions,
    RegressionMetrics,
    Result,
    Scores,
    Trace,
    frozen_array,
)
from nnplay.record import RunRecord, weights_sha256
from nnplay.record.files import write_files
from nnplay.record.metrics_json import json_line, metrics

NAN = math.nan
TARGET = np.array([0, 0, 0, 1, 1])
PREDICTED = np.array([0, 0, 1, 1, 0])


def record() -> RunRecord:
    experiment = Experiment(Spiral(), (Dense(2),), CrossEntropy(), SGD(), name="Größe")
    weights = {
        "0.weight": np.asfortranarray(np.arange(4, dtype=np.float32).reshape(2, 2)),
        "1.num_batches_tracked": np.array(7, dtype=np.int64),
    }
    confusion = np.array([[2, 1], [1, 1]])
    probabilities = np.zeros((5, 2), np.float32)
    predictions = ClassPredictions("test", TARGET, probabilities, confusion, step=3)
    steps, epochs = Trace(STEP_COLUMNS), Trace(EPOCH_COLUMNS)
    steps.extend(np.array([[n, n / 4, 1 / n, NAN, 0.1, NAN] for n in range(1, 25_001)]))
    epochs.extend(
        np.array([[1, 4, 0.5, 0.25, NAN, NAN, NAN, NAN], [2, 8, 0.0, 1.0, NAN, NAN, 0.5, 1.0]])
    )
    result = Result(
        experiment, "cpu", 3, "eager", 25_000, 2.0, 1.5, 1e6, False,
        Scores(NAN, 0.5), Scores(), Scores(0.25, 0.6),
        predictions, {k: frozen_array(v) for k, v in weights.items()}, weights_sha256(weights),
    )  # fmt: skip
    return RunRecord("spiral", experiment, result, steps, epochs)


def strict(text: str) -> dict[str, object]:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_metrics_are_one_line_of_strict_json_without_nan() -> None:
    line = json_line(metrics(record()))
    assert "\n" not in line
    table = strict(line)
    assert table["experiment"] == "spiral"
    assert table["train_loss"] is None
    assert table["val_loss"] is None
    assert table["test_accuracy"] == 0.6
    assert table["confusion"] == [[2, 1], [1, 1]]
    assert table["threads"] == 3


def test_precision_recall_and_f1_match_scikit_learn() -> None:
    table = metrics(record())
    expected = precision_recall_fscore_support(TARGET, PREDICTED)
    for name, values in zip(("precision", "recall", "f1"), expected, strict=False):
        assert table[name] == pytest.approx(values.tolist())

    for name in ("macro", "weighted"):
        means = precision_recall_fscore_support(TARGET, PREDICTED, average=name)
        assert list(table[name].values()) == pytest.approx(means[:3])


def test_a_regression_has_no_classes() -> None:
    plain = record()
    off = Scores(0.5, regression=RegressionMetrics(0.5, 0.7, 0.4, NAN, -0.1, 0.9))
    table = metrics(replace(plain, result=replace(plain.result, class_predictions=None, test=off)))
    expected = {"mse": 0.5, "rmse": 0.7, "mae": 0.4, "r2": None, "bias": -0.1, "largest": 0.9}
    assert table["test_errors"] == expected
    assert table["val_errors"] is table["macro"] is None
    assert [table[name] for name in ("confusion", "precision", "recall", "f1")] == [None] * 4


def test_files_contain_the_whole_run(tmp_path: Path) -> None:
    saved = record()
    write_files(saved, tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == {
        "experiment.json",
        "source.py",
        "trace.csv",
        "epochs.csv",
        "metrics.json",
        "environment.json",
        "inputs.json",
        "weights.safetensors",
    }
    assert loads((tmp_path / "experiment.json").read_bytes()) == saved.experiment
    assert strict((tmp_path / "metrics.json").read_text("utf-8")) == metrics(saved)
    compile((tmp_path / "source.py").read_text("utf-8"), "source.py", "exec")
    environment = strict((tmp_path / "environment.json").read_text("utf-8"))
    assert environment["numpy"] == np.__version__
    assert environment["threads"] == 3
    assert {"nnplay", "python", "torch", "os", "cpu_count", "device"} <= set(environment)


@pytest.mark.parametrize(
    ("place", "stored"),
    [
        ("project/run/digits.safetensors", "digits.safetensors"),
        ("project/run/deep/digits.safetensors", "deep/digits.safetensors"),
        ("project/digits.safetensors", "../digits.safetensors"),
    ],
)
def test_a_run_that_is_moved_with_its_files_finds_them(
    tmp_path: Path, place: str, stored: str
) -> None:
    home = tmp_path / "project" / "run"
    stage = home / ".stage"
    stage.mkdir(parents=True)
    file = tmp_path / place
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"weights")
    saved = record()
    write_files(replace(saved, experiment=replace(saved.experiment, start=str(file))), stage, home)
    assert strict((stage / "experiment.json").read_text("utf-8"))["start"] == stored
    (stage / "experiment.json").replace(home / "experiment.json")
    assert open_file(home / "experiment.json").start == str(file)
    (tmp_path / "project").rename(tmp_path / "moved")
    found = open_file(tmp_path / "moved" / "run" / "experiment.json").start
    assert Path(found).read_bytes() == b"weights"
    assert ".." not in found


def test_files_elsewhere_are_found_where_they_were_and_so_are_those_of_old_runs(
    tmp_path: Path,
) -> None:
    home, elsewhere = tmp_path / "run", tmp_path / "weights" / "digits.safetensors"
    home.mkdir()
    saved = record()
    write_files(replace(saved, experiment=replace(saved.experiment, start=str(elsewhere))), home)
    assert strict((home / "experiment.json").read_text("utf-8"))["start"] == str(elsewhere)
    # As earlier versions stored every path.
    old = home / "old.json"
    old.write_text(dumps(replace(saved.experiment, start=str(home / "w.safetensors"))), "utf-8")
    assert open_file(old).start == str(home / "w.safetensors")


def test_tables_have_every_row_and_lose_no_digit(tmp_path: Path) -> None:
    saved = record()
    write_files(saved, tmp_path)
    for name, trace in (("trace.csv", saved.steps), ("epochs.csv", saved.epochs)):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        assert tuple(head) == trace.columns
        numbers = np.array([[float(cell) if cell else NAN for cell in row] for row in rows])
        np.testing.assert_array_equal(numbers, trace.read())
    first = (tmp_path / "trace.csv").read_bytes().split(b"\n")[1]
    assert first == b"1,0.25,1.0,,0.1,"


def test_weights_are_loaded_bit_for_bit(tmp_path: Path) -> None:
    saved = record()
    write_files(saved, tmp_path)
    with safe_open(tmp_path / "weights.safetensors", "np") as file:
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    assert set(weights) == set(saved.result.weights)
    # Readable for everybody who may read its neighbours.
    modes = {one.stat().st_mode for one in tmp_path.iterdir()}
    assert len(modes) == 1
    assert weights["1.num_batches_tracked"].shape == ()
    np.testing.assert_array_equal(weights["0.weight"], [[0, 1], [2, 3]])
    assert weights_sha256(weights) == saved.result.weights_sha256
