"""`predict`, `train` and `export` with a file that the window saved with its runs."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from nnplay.catalog import MSE, SGD, Dense, Line
from nnplay.experiment import Experiment
from nnplay.record.recorded_run import RecordedRun
from nnplay.record.storage.document import write_document
from tests.record.storage.recording import recorded

EXPERIMENT = Experiment(
    data=Line(points=80), network=(Dense(1),), loss=MSE(), optimizer=SGD(0.1), epochs=3
)


@pytest.fixture
def runs(here: Path) -> tuple[RecordedRun, RecordedRun]:
    """Runs 2 and 5 of a file `lines.nnplay`, with different weights."""
    first = replace(recorded(EXPERIMENT), id="a", number=2)
    second = replace(recorded(replace(EXPERIMENT, seed=7)), id="b", number=5)
    write_document(here / "lines.nnplay", EXPERIMENT, [first, second])
    return first, second


def line(run: RecordedRun, x: float) -> float:
    """Compute the prediction of a run for an input in the units of the data."""
    assert run.result is not None
    weights, scaling = run.result.weights, run.result.scaling
    scaled = x
    if scaling.inputs is not None:
        shift, size = np.ravel(scaling.inputs.shift)[0], np.ravel(scaling.inputs.size)[0]
        scaled = (x - shift) / size
    found = weights["0.weight"].item() * scaled + weights["0.bias"].item()
    if scaling.targets is not None:
        found = found * scaling.targets.std[0] + scaling.targets.mean[0]
    return float(found)


@pytest.mark.parametrize(("options", "chosen"), [((), 1), (("--run", "2"), 0), (("--run", "5"), 1)])
def test_predict_uses_the_newest_run_or_the_chosen_one(
    options: tuple[str, ...],
    chosen: int,
    runs: tuple[RecordedRun, RecordedRun],
    call: Callable[..., Any],
    here: Path,
) -> None:
    (here / "new.csv").write_text("x\n0.25\n-1\n")
    said = call("predict", "lines.nnplay", "new.csv", "--out", "out.csv", *options)
    assert said.status == 0, said.err
    rows = list(csv.reader((here / "out.csv").read_text().splitlines()))
    found = [float(row[-1]) for row in rows[1:]]
    expected = [line(runs[chosen], 0.25), line(runs[chosen], -1.0)]
    assert found == pytest.approx(expected, rel=1e-4)


def test_training_on_is_the_same_as_a_run_that_never_ended(
    runs: tuple[RecordedRun, RecordedRun], call: Callable[..., Any], here: Path
) -> None:
    before = (here / "lines.nnplay").read_bytes()
    said = call("train", "lines.nnplay", "--run", "2", "--epochs", "+2", "--out", "longer")
    assert said.status == 0, said.err
    assert "Continuing after epoch 3 of 5." in said.err
    whole = recorded(replace(EXPERIMENT, epochs=5))
    assert whole.result is not None
    found = load_file(here / "longer" / "weights.safetensors")
    for name, weights in whole.result.weights.items():
        np.testing.assert_array_equal(found[name], weights)
    assert (here / "lines.nnplay").read_bytes() == before
    said = call("train", "lines.nnplay", "--epochs", "+1")
    assert said.status == 0
    assert "lines.nnplay is not changed; --out DIR saves the run." in said.err
    assert sorted(one.name for one in here.iterdir()) == ["lines.nnplay", "longer"]


def test_export_writes_the_weights_of_the_chosen_run(
    runs: tuple[RecordedRun, RecordedRun], call: Callable[..., Any], here: Path
) -> None:
    said = call("export", "lines.nnplay", "--run", "2", "--format", "weights")
    assert said.status == 0, said.err
    assert runs[0].result is not None
    found = load_file(here / "lines.safetensors")
    np.testing.assert_array_equal(found["0.weight"], runs[0].result.weights["0.weight"])


def test_messages(
    runs: tuple[RecordedRun, RecordedRun], call: Callable[..., Any], here: Path
) -> None:
    (here / "new.csv").write_text("x\n1\n")
    write_document(here / "empty.nnplay", EXPERIMENT, [])
    unfinished = replace(runs[0], result=None)
    write_document(here / "going.nnplay", EXPERIMENT, [unfinished])
    (here / "broken.nnplay").write_bytes(b"PK nonsense")
    for args, expected in (
        (("lines.nnplay", "--run", "3"), "lines.nnplay has no run 3. Its runs: 2, 5."),
        (("empty.nnplay",), "empty.nnplay has no runs."),
        (("going.nnplay",), "Run 2 of going.nnplay has not finished."),
        (("broken.nnplay",), "broken.nnplay cannot be opened: "),
        (("none.nnplay",), "There is no file none.nnplay."),
        ((".", "--run", "1"), "--run 1 chooses a run of a .nnplay file"),
    ):
        said = call("predict", args[0], "new.csv", *args[1:])
        assert said.status == 2, args
        assert expected in " ".join(said.err.split()), (args, said.err)
    assert call("train", "spiral", "--run", "1").status == 2
    assert call("export", "spiral", "--run", "1").status == 2
