"""`nnplay train RUNDIR`: a saved run goes on, with the same bytes as one that never ended."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SAME = ("trace.csv", "epochs.csv", "weights.safetensors", "experiment.json", "source.py")
VARYING = {"seconds", "samples_per_second"}
CHANGED = ("--set", "optimizer=NAdam", "--set", "schedule=ReduceOnPlateau")


def metrics(folder: Path) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((folder / "metrics.json").read_text())
    return {name: one for name, one in table.items() if name not in VARYING}


@pytest.mark.parametrize("epochs", ["+2", "5"])
@pytest.mark.parametrize("stepper", ["auto", "eager"])
@pytest.mark.parametrize("changes", [(), CHANGED])
def test_continued_run_has_the_same_files_as_an_uninterrupted_one(
    changes: tuple[str, ...], stepper: str, epochs: str, call: Callable[..., Any], here: Path
) -> None:
    options = ("--threads", "1", "--set", f"stepper={stepper}", "--quiet", *changes)
    assert call("train", "spiral", "--epochs", "5", "--out", "whole", *options).status == 0
    assert call("train", "spiral", "--epochs", "3", "--out", "run", *options).status == 0
    said = call("train", "run", "--epochs", epochs)
    assert said.status == 0
    assert "Continuing after epoch 3 of 5." in said.err
    for name in SAME:
        assert (here / "run" / name).read_bytes() == (here / "whole" / name).read_bytes(), name
    assert metrics(here / "run") == metrics(here / "whole")


def test_run_is_continued_again_and_again(call: Callable[..., Any], here: Path) -> None:
    options = ("--threads", "1", "--quiet")
    call("train", "spiral", "--epochs", "4", "--out", "whole", *options)
    call("train", "spiral", "--epochs", "1", "--out", "run", *options)
    for _ in range(3):
        assert call("train", "run", "--epochs", "+1", "--quiet").status == 0
    assert metrics(here / "run") == metrics(here / "whole")


def test_out_leaves_the_earlier_run_alone(call: Callable[..., Any], here: Path) -> None:
    call("train", "spiral", "--epochs", "2", "--out", "run", "--quiet")
    before = {one.name: one.read_bytes() for one in (here / "run").iterdir()}
    assert call("train", "run", "--epochs", "+1", "--out", "longer", "--quiet").status == 0
    assert {one.name: one.read_bytes() for one in (here / "run").iterdir()} == before
    assert metrics(here / "longer")["epochs"] == 3


def test_another_learning_rate_holds_for_the_rest(call: Callable[..., Any], here: Path) -> None:
    call("train", "spiral", "--epochs", "2", "--out", "run", "--quiet")
    steps = len((here / "run" / "trace.csv").read_text().splitlines()) - 1
    said = call("train", "run", "--epochs", "+1", "--set", "optimizer.lr=0.005", "--quiet")
    assert said.status == 0
    lines = (here / "run" / "trace.csv").read_text().splitlines()
    column = lines[0].split(",").index("lr")
    rates = [float(line.split(",")[column]) for line in lines[1:]]
    assert set(rates[steps:]) == {0.005}
    assert 0.005 not in rates[:steps]
    assert call("train", "run", "--epochs", "+1", "--quiet").status == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "trained 2 epochs already"),
        (("--epochs", "2"), "trained 2 epochs already"),
        (("--epochs", "1"), "trained 2 epochs already"),
        (("--epochs", "+0"), "at least 1"),
        (("--epochs", "+1", "--seed", "3"), "--seed cannot be changed"),
        (("--epochs", "+1", "--device", "cpu"), "--device cannot be changed"),
        (("--epochs", "+1", "--set", "batch_size=5"), "Only optimizer.lr"),
    ],
)
def test_what_a_continued_run_cannot_do_is_refused(
    arguments: tuple[str, ...], message: str, call: Callable[..., Any], here: Path
) -> None:
    call("train", "spiral", "--epochs", "2", "--out", "run", "--quiet")
    before = (here / "run" / "metrics.json").read_bytes()
    said = call("train", "run", *arguments)
    assert said.status == 2
    assert message in said.err
    assert (here / "run" / "metrics.json").read_bytes() == before


def test_more_epochs_need_a_saved_run(call: Callable[..., Any], here: Path) -> None:
    said = call("train", "spiral", "--epochs", "+2")
    assert said.status == 2
    assert "continues a saved run" in said.err
    (here / "empty").mkdir()
    said = call("train", "empty", "--epochs", "+2")
    assert said.status == 2
    assert "is not the folder of a run" in said.err


def test_run_of_an_earlier_version_cannot_be_continued(
    call: Callable[..., Any], here: Path
) -> None:
    call("train", "spiral", "--epochs", "2", "--out", "run", "--quiet")
    (here / "run" / "resume.safetensors").unlink()
    said = call("train", "run", "--epochs", "+1")
    assert said.status == 2
    assert "earlier version" in said.err


def test_another_network_cannot_be_continued(call: Callable[..., Any], here: Path) -> None:
    call("train", "spiral", "--epochs", "2", "--out", "run", "--quiet")
    path = here / "run" / "experiment.json"
    text = path.read_text()
    assert '"units": 8' in text
    path.write_text(text.replace('"units": 8', '"units": 9'))
    said = call("train", "run", "--epochs", "+1")
    assert said.status == 1
    assert "the network or the data have changed" in said.err


def test_diverged_run_is_continued_only_with_another_rate(
    call: Callable[..., Any], here: Path
) -> None:
    options = ("--set", "optimizer.lr=1e9", "--epochs", "5", "--out", "run", "--quiet")
    assert call("train", "linear-regression", *options).status == 1
    said = call("train", "run", "--epochs", "6")
    assert said.status == 2
    assert "diverged" in said.err
    assert "--set optimizer.lr=1e+08" in said.err
    said = call("train", "run", "--epochs", "6", "--set", "optimizer.lr=0.01", "--quiet")
    assert said.status == 0
    assert metrics(here / "run")["epochs"] == 6


@pytest.mark.parametrize("name", ["resume.safetensors", "trace.csv", "epochs.csv"])
@pytest.mark.parametrize("content", [b"", b"step,epoch\n1,2\n", b"\xff" * 100, b"[" * 5000])
def test_damaged_run_is_refused(
    name: str, content: bytes, call: Callable[..., Any], here: Path
) -> None:
    call("train", "spiral", "--epochs", "1", "--out", "run", "--quiet")
    (here / "run" / name).write_bytes(content)
    said = call("train", "run", "--epochs", "+1")
    assert said.status == 2
    assert "damaged" in said.err
