"""`nnplay train` in real runs: what it prints, what it saves, how it ends."""

import csv
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from sklearn.metrics import precision_recall_fscore_support

from nnplay.catalog import Blobs, Diabetes, Digits, Hills, Line, Spiral
from nnplay.cli.runner import payload_of
from nnplay.cli.training import TrainOptions, train
from nnplay.engine.probes.decision import DecisionMap
from nnplay.engine.probes.fit import FitCurve
from nnplay.experiment import dumps, open_file, presets
from nnplay.link import ClassPredictions, FrameHistory
from nnplay.record import RunRecord

PROMISED = {
    "experiment",
    "device",
    "stepper",
    "steps",
    "epochs",
    "seconds",
    "samples_per_second",
    "train_loss",
    "val_loss",
    "test_loss",
    "train_accuracy",
    "val_accuracy",
    "test_accuracy",
    "confusion",
    "precision",
    "recall",
    "f1",
    "weights_sha256",
}


def preset(key: str) -> Any:
    return next(one.experiment for one in presets() if one.key == key)


def test_json_is_one_line_with_all_promised_keys(call: Callable[..., Any]) -> None:
    said = call("train", "linear-regression", "--epochs", "100", "--json", "--device", "cpu")
    assert said.status == 0
    table = said.table()
    assert set(table) >= PROMISED
    assert table["experiment"] == "linear-regression"
    assert (table["steps"], table["epochs"], table["device"]) == (100, 100, "cpu")
    assert table["train_loss"] > 0
    assert table["test_loss"] is None
    assert table["confusion"] is None
    assert "100%" in said.err


def test_quiet_prints_only_the_result(call: Callable[..., Any]) -> None:
    said = call("train", "spiral", "--epochs", "2", "--quiet")
    assert said.status == 0
    assert not said.err
    assert "accuracy" in said.out


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(
    call: Callable[..., Any],
) -> None:
    def digest(*args: str) -> str:
        said = call("train", "spiral", "--epochs", "3", "--threads", "1", "--json", *args)
        return str(said.table()["weights_sha256"])

    first = digest()
    assert digest() == first
    # Showing progress does not change the training.
    assert digest("--out", "run") == first
    assert digest("--seed", "9") != first


def test_options_and_settings_reach_the_run(call: Callable[..., Any], here: Path) -> None:
    said = call(
        "train", "spiral", "--epochs", "3", "--seed", "7", "--threads", "1", "--device", "cpu",
        "--set", "optimizer=Adam", "--set", "optimizer.lr=0.25", "--set", "batch_size=50",
        "--out", "run", "--quiet",
    )  # fmt: skip
    assert said.status == 0
    trained = open_file(here / "run" / "experiment.json")
    assert (trained.epochs, trained.seed, trained.device) == (3, 7, "cpu")
    assert (trained.optimizer.key, trained.optimizer.lr) == ("Adam", 0.25)
    assert trained.batch_size == 50
    environment = json.loads((here / "run" / "environment.json").read_text())
    assert (environment["threads"], environment["device"]) == (1, "cpu")


def test_out_contains_the_whole_run(call: Callable[..., Any], here: Path) -> None:
    said = call("train", "digits-offline", "--epochs", "2", "--json", "--quiet", "--out", "a/run")
    assert said.status == 0
    table = said.table()
    run = here / "a" / "run"
    assert json.loads((run / "metrics.json").read_text()) == table
    assert open_file(run / "experiment.json") == replace(preset("digits-offline"), epochs=2)
    with (run / "trace.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == table["steps"]
    assert [int(row["step"]) for row in rows] == list(range(1, table["steps"] + 1))
    with (run / "epochs.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 2
    assert table["weights_sha256"] == digest_of(load_file(run / "weights.safetensors"))
    confusion = np.array(table["confusion"])
    pairs = [(t, p) for (t, p), count in np.ndenumerate(confusion) for _ in range(count)]
    expected = precision_recall_fscore_support(*zip(*pairs, strict=True), zero_division=0)
    assert table["precision"] == pytest.approx(expected[0].tolist())
    assert table["recall"] == pytest.approx(expected[1].tolist())
    assert table["f1"] == pytest.approx(expected[2].tolist())
    assert table["test_accuracy"] == pytest.approx(np.trace(confusion) / confusion.sum())
    assert not [one.name for one in run.iterdir() if one.name.startswith(".")]


def digest_of(weights: dict[str, np.ndarray]) -> str:
    text = b""
    for name, array in sorted(weights.items()):
        text += f"{name} {array.dtype} {array.shape}\n".encode() + array.tobytes()
    return hashlib.sha256(text).hexdigest()


def test_the_script_in_the_folder_runs_by_itself_and_prints_the_losses(
    call: Callable[..., Any], here: Path
) -> None:
    said = call(
        "train", "digits-offline", "--epochs", "2", "--threads", "1", "--set", "stepper=eager",
        "--set", "split.scaling=standardised", "--out", "run", "--quiet",
    )  # fmt: skip
    assert said.status == 0
    # Isolated, so that nothing but the installed packages can be imported.
    command = [sys.executable, "-I", str(here / "run" / "source.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    with (here / "run" / "epochs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert done.stdout.splitlines()[:2] == [
        f"epoch {n}: loss {row['train_loss']}, validation loss {row['val_loss']}"
        for n, row in enumerate(rows, 1)
    ]


def test_a_saved_run_trains_again_to_the_same_weights(call: Callable[..., Any]) -> None:
    first = call("train", "spiral", "--epochs", "2", "--json", "--threads", "1", "--out", "run")
    again = call("train", "run/experiment.json", "--json", "--threads", "1")
    assert again.table()["experiment"] == "experiment"
    assert again.table()["weights_sha256"] == first.table()["weights_sha256"]


def test_a_run_that_diverges_keeps_its_last_finite_weights(
    call: Callable[..., Any], here: Path
) -> None:
    said = call("train", "linear-regression", "--set", "optimizer.lr=1e9", "--json", "--out", "run")
    assert said.status == 1
    table = said.table()
    assert table["stopped"]
    assert table["trouble"]
    assert table["trouble"] in said.err
    weights = load_file(here / "run" / "weights.safetensors")
    assert all(np.isfinite(one).all() for one in weights.values())
    assert digest_of(weights) == table["weights_sha256"]


def test_a_missing_gpu_is_reported(call: Callable[..., Any], here: Path) -> None:
    said = call("train", "spiral", "--device", "cuda:99", "--out", "run")
    assert said.status == 1
    assert "cuda:99" in said.err
    assert not said.out
    assert not (here / "run").exists()


def test_a_network_too_large_for_memory_is_refused(call: Callable[..., Any]) -> None:
    stack = ["--set", "network[0].units=100000", "--set", "network[2].units=100000"]
    said = call("train", "spiral", *stack)
    assert said.status == 1
    assert "memory" in said.err


def test_missing_mnist_gives_no_traceback(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, here: Path
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(here / "nothing"))
    said = call("train", "mnist-mlp", "--epochs", "1")
    assert said.status == 1
    assert "nnplay download mnist" in said.err


def test_trains_without_loading_qt(spawn: Callable[..., Any]) -> None:
    code = (
        "from nnplay.start import main; import sys; status = main();"
        "assert not {'PySide6', 'shiboken6', 'pyqtgraph'} & set(sys.modules); sys.exit(status)"
    )
    said = spawn("train", "spiral", "--epochs", "2", "--json", code=code)
    assert said.status == 0, said.err
    assert spawn("list", code=code).status == 0
    assert spawn("check", "nosuch.json", code=code).status == 2


def test_listing_does_not_load_torch(spawn: Callable[..., Any]) -> None:
    code = (
        "from nnplay.start import main; import sys; status = main();"
        "assert not {'torch', 'numpy'} & set(sys.modules); sys.exit(status)"
    )
    assert spawn("list", code=code).status == 0
    # What cannot run is refused before anything heavy is loaded.
    said = spawn(
        "train", "spiral", "--set", "network[0]=Conv2d", code=code.replace(", 'numpy'", "")
    )
    assert said.status == 1
    assert "network[0]" in said.err


@pytest.mark.skipif(os.name != "posix", reason="sends a signal as Ctrl+C does")
def test_ctrl_c_ends_the_run_and_keeps_it(here: Path) -> None:
    long = replace(preset("spiral"), epochs=1_000_000, stepper="eager")
    (here / "long.json").write_text(dumps(long), "utf-8")
    # A terminal, as anything else gets a line of the bar every ten seconds only.
    screen, end = os.openpty()
    termios = pytest.importorskip("termios")
    termios.tcsetwinsize(end, (24, 100))
    with subprocess.Popen(
        [sys.executable, "-m", "nnplay", "train", "long.json", "--json", "--out", "run"],
        stdout=subprocess.PIPE,
        stderr=end,
        cwd=here,
    ) as nnplay:
        os.close(end)
        seen = rest = b""
        # The bar appears with the first frame, before the first step.
        while not re.search(rb"\| [1-9]\d*/", seen):
            seen += os.read(screen, 4096)
        nnplay.send_signal(signal.SIGINT)
        said, _nothing = nnplay.communicate(timeout=60)
    with suppress(OSError):  # nobody is left who could write
        while piece := os.read(screen, 4096):
            rest += piece
    os.close(screen)
    assert nnplay.returncode == 1
    assert b"Ctrl+C" in rest
    assert b"Traceback" not in rest
    table = json.loads(said)
    assert table["stopped"]
    assert 0 < table["steps"] < 1_000_000
    with (here / "run" / "trace.csv").open() as file:
        assert sum(1 for _ in file) == table["steps"] + 1


def test_the_metrics_are_printed_even_if_the_disk_is_full(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(record: RunRecord, folder: Path, *others: object) -> None:
        raise OSError(28, "No space left on device", str(folder / "trace.csv"))

    monkeypatch.setattr("nnplay.cli.training.write_files", full)
    experiment = replace(preset("spiral"), epochs=1)
    with pytest.raises(Exception, match=r"trace\.csv: the disk is full") as caught:
        train(TrainOptions("spiral", experiment, out=here / "run", as_json=True), None)
    assert caught.value.status == 1
    assert json.loads(capsys.readouterr().out)["steps"] > 0
    assert not (here / "run").exists()


def test_the_most_instructive_payload_is_requested() -> None:
    kinds = (Line(), Spiral(), Blobs(classes=5), Hills(), Digits(), Diabetes())
    shown = [payload_of(data.spec()) for data in kinds]
    assert shown == [FitCurve, DecisionMap, DecisionMap, DecisionMap, ClassPredictions, None]


def test_images_are_drawn_from_the_run_and_its_frames(here: Path) -> None:
    got: list[tuple[RunRecord, FrameHistory]] = []

    def keep(record: RunRecord, history: FrameHistory, out: Path, /) -> list[Path]:
        got.append((record, history))
        (out / "curves.png").write_bytes(b"x")
        return [out / "curves.png"]

    experiment = replace(preset("spiral"), epochs=40)
    assert train(TrainOptions("spiral", experiment, out=here / "run", quiet=True), keep) == 0
    [(record, history)] = got
    frames = list(history)
    assert frames[0].step == 0
    assert frames[-1].step == record.result.steps
    assert all(DecisionMap in frame.payloads for frame in frames)
    assert (here / "run" / "curves.png").exists()


def test_the_summary_says_that_targets_were_standardised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spiral = {one.key: one.experiment for one in presets()}["linear-regression"]
    far = replace(spiral, data=Line(points=60, offset=90.0), epochs=2)
    assert train(TrainOptions("far", far, out=tmp_path, quiet=True), None) == 0
    out = capsys.readouterr().out
    assert "Targets were standardised for learning" in out
    assert "in data units" in out
    table = json.loads((tmp_path / "metrics.json").read_text("utf-8"))
    assert table["scaling"]["targets"]["mean"][0] == pytest.approx(90.6, abs=0.2)
    assert f"{table['train_loss_in_units']:.6g}" in out


@pytest.mark.parametrize("both", [False, True], ids=["stdout", "stdout and stderr"])
def test_a_reader_that_closes_early_loses_nothing(here: Path, both: bool) -> None:
    command = [sys.executable, "-m", "nnplay", "train", "digits-offline", "--epochs", "2"]
    command += ["--set", "stepper=eager", "--out", "run"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if both else subprocess.PIPE,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    ) as nnplay:
        assert nnplay.stdout is not None
        if both:
            assert nnplay.stdout.readline()
        # Closed before the first result.
        nnplay.stdout.close()
        said = b"" if nnplay.stderr is None else nnplay.stderr.read()
    assert nnplay.returncode == 0
    assert b"Traceback" not in said
    assert b"Broken" not in said
    table = json.loads((here / "run" / "metrics.json").read_text("utf-8"))
    assert table["epochs"] == 2
    assert (here / "run" / "weights.safetensors").exists()


@pytest.mark.parametrize(("epochs", "status"), [(1, 0), (2, 1), (3, 1), (9, 1)])
def test_a_run_that_diverged_says_so_and_has_finite_losses(
    call: Callable[..., Any], epochs: int, status: int
) -> None:
    # The loss grows by a factor of about 1e20 in each step: after the second it is infinite.
    said = call(
        "train", "linear-regression", "--set", "optimizer.lr=1e9", "--epochs", str(epochs),
        "--set", "data.points=64", "--json", "--quiet",
    )  # fmt: skip
    assert said.status == status
    assert ("diverged" in said.err) == bool(status)
    table = said.table()
    assert table["train_loss"] is not None
    assert bool(table["trouble"]) == bool(status)
