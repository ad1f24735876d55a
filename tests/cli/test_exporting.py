"""`nnplay export`: presets, files and runs in other formats."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnplay.experiment import open_file


def test_a_preset_becomes_a_script_that_runs(call: Callable[..., Any], here: Path) -> None:
    said = call("export", "spiral", "--set", "epochs=2")
    assert said.status == 0 and "spiral.py" in said.err
    command = [sys.executable, "-I", str(here / "spiral.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("epoch 1: loss ") and "epoch 2: loss " in done.stdout


def test_an_existing_file_is_kept_unless_forced(call: Callable[..., Any], here: Path) -> None:
    (here / "mine.py").write_text("precious", "utf-8")
    said = call("export", "spiral", "--out", "mine.py")
    assert said.status == 2 and "exists already" in said.err and "--force" in said.err
    assert (here / "mine.py").read_text("utf-8") == "precious"
    assert call("export", "spiral", "--out", "mine.py", "--force", "--quiet").status == 0
    assert "nn.Sequential" in (here / "mine.py").read_text("utf-8")


def test_a_run_is_exported_in_every_format_that_needs_one(
    call: Callable[..., Any], here: Path
) -> None:
    assert call("train", "spiral", "--epochs", "2", "--out", "run", "--quiet").status == 0
    for format_, suffix in (("weights", "safetensors"), ("trace", "csv"), ("confusion", "csv")):
        said = call("export", "run", "--format", format_, "--out", f"{format_}.{suffix}")
        assert said.status == 0, said.err
        assert (here / f"{format_}.{suffix}").stat().st_size > 10
    assert (here / "trace.csv").read_bytes() == (here / "run" / "trace.csv").read_bytes()
    metrics = json.loads((here / "run" / "metrics.json").read_text("utf-8"))
    first = (here / "confusion.csv").read_text("utf-8").splitlines()[1]
    assert first == ",".join(map(str, ["0", *metrics["confusion"][0]]))


def test_the_web_page_of_a_saved_run_opens_as_its_experiment(
    call: Callable[..., Any], here: Path
) -> None:
    assert call("train", "spiral", "--epochs", "2", "--out", "run", "--quiet").status == 0
    assert call("export", "run", "--format", "page").status == 0
    page = here / "run.html"
    assert open_file(page) == open_file(here / "run" / "experiment.json")
    # The folder of a run has no film, and the page says so.
    assert "The weights during training were not saved" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("spiral", "--format", "weights"), "needs a trained network"),
        (("nothing-like-that",), "there is no preset or file"),
        (("spiral", "--format", "nonsense"), "nonsense"),
        (("spiral", "--out", "no/such/folder/a.py"), "cannot write"),
        ((".", "--format", "weights"), "is not the folder of a run"),
    ],
)
def test_what_cannot_be_exported_is_explained(
    call: Callable[..., Any], here: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    said = call("export", *arguments)
    assert said.status == 2 and complaint in said.err
    assert list(here.iterdir()) == []
