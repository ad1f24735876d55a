"""Every user error gives a message and the right exit status, never a traceback."""

import ast
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from nnplay.catalog import Dense, Sigmoid
from nnplay.experiment import dumps, presets

SPIRAL = next(one.experiment for one in presets() if one.key == "spiral")


def document(**changes: Any) -> str:
    return json.dumps(json.loads(dumps(SPIRAL)) | changes)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["train"], "PRESET|FILE"),
        (["train", "spirl"], "Did you mean spiral?"),
        (["train", "nosuch.json"], "no preset or file called nosuch.json"),
        (["train", "."], "folder"),
        (["train", "spiral", "--epochs", "0"], "at least 1, received 0"),
        (["train", "spiral", "--epochs", "many"], "received many"),
        (["train", "spiral", "--epochs", "1.5"], "received 1.5"),
        (["train", "spiral", "--epochs"], "--epochs"),
        (["train", "spiral", "--device", "tpu"], "expected auto, cpu, cuda or cuda:N"),
        (["train", "spiral", "--seed", "-1"], "received -1"),
        (["train", "spiral", "--threads", "0"], "at least 1, received 0"),
        (["train", "spiral", "--set", "optimizer.lr"], "optimizer.lr=0.1"),
        (["train", "spiral", "--set", "optimizer.lr=fast"], "number"),
        (["train", "spiral", "--set", "optimizer.lr=nan"], "finite"),
        (["train", "spiral", "--set", "optimizer.rate=1"], "rate"),
        (["train", "spiral", "--set", "network[99].units=1"], "[99]"),
        (["train", "spiral", "--set", "loss=Anger"], "Anger"),
        (["train", "spiral", "--set", "network=Dense"], "network"),
        (["train", "spiral", "--nonsense"], "--nonsense"),
        (["list", "nonsense"], "nonsense"),
        (["check"], "FILE"),
        (["check", "nosuch.json"], "nosuch.json"),
        (["check", "."], "folder"),
        (["download"], "data"),
        (["download", "cifar"], "cifar-10"),
        (["fetch", "mnist", "--from", "nosuch"], "no file or folder nosuch"),
        (["trian"], "Did you mean nnplay train?"),
        (["nosuch.json"], "no file called nosuch.json"),
        (["spiral"], "Did you mean nnplay --preset spiral?"),
        (["--preset", "spirl"], "Did you mean spiral?"),
        (["--preset", "spiral", "x.json"], "not both"),
        (["--size", "12x9"], "such as 1280x720, received 12x9"),
        (["--size", "big"], "received big"),
        (["--theme", "pink"], "pink"),
        (["--screenshot", "out.doc"], ".png"),
        (["--screenshot"], "--screenshot"),
        (["--nonsense"], "--nonsense"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_usage_ends_with_2(call: Callable[..., Any], args: list[str], words: str) -> None:
    said = call(*args)
    assert said.status == 2
    assert not said.out
    assert words in said.err


FILES = {
    "empty": ("", 2, "empty"),
    "cut": (document()[:-20], 2, "truncated"),
    "not JSON": ("units: 3", 2, "JSON: line"),
    "a list": ("[]", 2, "object"),
    "of a future format": (document(format=99), 2, "Update nnplay"),
    "without a format": ("{}", 2, "format"),
    "with an unknown layer": (document(network=[{"kind": "Dens"}]), 1, "Did you mean Dense?"),
    "with an unknown field": (document(split={"colour": 1}), 1, "colour"),
    "with a wrong type": (document(epochs="ten"), 1, "ten"),
    "with NaN": (document(optimizer={"kind": "SGD", "lr": float("nan")}), 1, "NaN"),
    "with a stack that does not fit": (
        document(network=[{"kind": "Conv2d"}, {"kind": "Dense", "units": 2}]),
        1,
        "network[0]",
    ),
    "with a value out of range": (document(epochs=0), 1, "epochs"),
}


@pytest.mark.parametrize("name", FILES)
def test_check_distinguishes_problems_from_unreadable_files(
    call: Callable[..., Any], here: Path, name: str
) -> None:
    text, status, words = FILES[name]
    (here / "x.json").write_text(text, "utf-8")
    said = call("check", "x.json")
    assert said.status == status
    assert words in (said.out if status == 1 else said.err)


@pytest.mark.parametrize("name", FILES)
def test_train_refuses_such_a_file(call: Callable[..., Any], here: Path, name: str) -> None:
    text, _status, words = FILES[name]
    (here / "x.json").write_text(text, "utf-8")
    said = call("train", "x.json", "--out", "run")
    assert said.status in {1, 2}
    assert not said.out
    assert words in said.err
    assert not (here / "run").exists()


def test_check_reads_the_pretrained_weights(call: Callable[..., Any], here: Path) -> None:
    experiment = replace(presets()[0].experiment, start="nowhere.safetensors")
    (here / "x.json").write_text(dumps(experiment), "utf-8")
    said = call("check", "x.json")
    assert said.status == 1
    # The path is that of the file beside the experiment, cut off at its front if it is long.
    first = said.out.splitlines()[0]
    assert first.startswith("start: There is no weights file ")
    assert first.endswith("nowhere.safetensors.")


def test_check_accepts_every_preset(call: Callable[..., Any], here: Path) -> None:
    for one in presets():
        (here / "x.json").write_text(dumps(one.experiment), "utf-8")
        said = call("check", "x.json")
        assert said.status == 0, said.out
        assert said.out == "x.json: no problems.\n"


def test_a_problem_says_what_to_do(call: Callable[..., Any]) -> None:
    said = call("train", "digits-offline", "--set", "network[0]=Identity")
    assert said.status == 1
    assert "network[1]" in said.err
    assert "Flatten" in said.err


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.binary(max_size=200) | st.text(max_size=50).map(lambda text: document(name=text).encode())
)
def test_check_survives_any_file(call: Callable[..., Any], here: Path, content: bytes) -> None:
    (here / "x.json").write_bytes(content)
    assert call("check", "x.json").status in {0, 1, 2}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.sampled_from(
        ["optimizer.lr", "epochs", "batch_size", "network[0].units", "loss", "data", ""]
    ),
    st.text(max_size=8),
)
def test_set_survives_any_text(call: Callable[..., Any], path: str, value: str) -> None:
    # A folder that cannot take a run stops the command before it would train.
    said = call("train", "spiral", f"--set={path}={value}", "--out", "/dev/null")
    assert said.status in {1, 2}
    assert not said.out


@pytest.mark.parametrize("out", ["full", "file", "file/run", "/proc/run"])
def test_a_folder_that_cannot_take_a_run_is_refused_before_training(
    call: Callable[..., Any], here: Path, out: str
) -> None:
    (here / "full").mkdir()
    (here / "full" / "thesis.tex").write_text("text")
    (here / "file").write_text("text")
    said = call("train", "spiral", "--out", out)
    assert said.status == 2
    assert "--out" in said.err
    assert "Training" not in said.err
    assert (here / "full" / "thesis.tex").read_text() == (here / "file").read_text() == "text"


CONTROLS = "\x1b[31mred\x1b]0;title\x07\x9b2J\r\u202e"


@pytest.mark.parametrize("command", ["check", "train"])
def test_no_text_of_a_file_controls_the_terminal(
    command: str, call: Callable[..., Any], here: Path
) -> None:
    files = {
        "unknown field.json": document(**{CONTROLS: 1}),
        "bad kind.json": document(loss={"kind": CONTROLS}),
        "bad value.json": document(device=CONTROLS, start=CONTROLS, stepper=CONTROLS),
        f"name {CONTROLS}.json": document(epochs=-1, name=CONTROLS),
    }
    printed = ""
    for name, text in files.items():
        (here / name).write_text(text)
        said = call(command, here / name)
        assert said.status != 0
        printed += said.out + said.err
    assert not set("\x1b\x07\x9b\r\u202e") & set(printed)
    assert "\\u001b[31mred" in printed


def test_the_command_line_prints_in_one_place() -> None:
    package = Path(__file__).parent.parent.parent / "nnplay" / "cli"
    printing = [
        path.name
        for path in sorted(package.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write")
    ]
    assert printing == ["errors.py", "errors.py"]


def test_check_and_train_print_remarks_and_go_on(call: Callable[..., Any], here: Path) -> None:
    line = {one.key: one.experiment for one in presets()}["linear-regression"]
    bounded = replace(line, network=(Dense(1), Sigmoid()), epochs=1)
    (here / "x.json").write_text(dumps(bounded), "utf-8")
    said = call("check", "x.json")
    assert said.status == 0
    assert "Sigmoid limits the outputs to 0 to 1, but the targets are learned as -" in said.out
    assert "no problems" in said.out
    said = call("train", "x.json")
    assert said.status == 0
    assert "Sigmoid limits the outputs" in said.err
    assert "Sigmoid" not in call("train", "x.json", "--quiet").err


def test_check_refuses_weights_that_are_not_finite(call: Callable[..., Any], here: Path) -> None:
    spiral = replace(SPIRAL, epochs=1)
    (here / "x.json").write_text(dumps(spiral), "utf-8")
    assert call("train", "x.json", "--out", "run", "--quiet").status == 0
    path = here / "run" / "weights.safetensors"
    weights = {name: np.array(one) for name, one in load_file(path).items()}
    started = replace(spiral, start=str(path))
    (here / "y.json").write_text(dumps(started), "utf-8")
    assert call("check", "y.json").status == 0
    next(iter(weights.values())).flat[0] = np.inf
    save_file(weights, path)
    said = call("check", "y.json")
    assert said.status == 1
    assert "not finite" in said.out
    assert "diverged" in said.out
