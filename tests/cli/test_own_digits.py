"""`nnplay import FOLDER --mnist test`: a network trained with MNIST is tested on own digits."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnplay.data.load import clear_cache


@pytest.fixture
def drawings(tmp_path: Path, mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder with two 3s and one 8, beside the files of MNIST."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "mnist").symlink_to(mnist_dir)
    monkeypatch.setenv("NNPLAY_DATA", str(data))
    clear_cache()
    for number, label in enumerate("338"):
        folder = tmp_path / "ours" / label
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (28, 28), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    yield tmp_path / "ours"
    clear_cache()


def test_command_line_tests_mnist_on_own_digits(
    drawings: Path, call: Callable[..., Any], here: Path
) -> None:
    said = call("import", drawings, "--mnist", "test", "--out", "ours.json")
    assert said.status == 0, said.err
    assert "3 own digits, used with MNIST for test." in said.out
    options = ("--set", "data.samples=200", "--epochs", "1", "--out", "run", "--quiet")
    said = call("train", "ours.json", *options)
    assert said.status == 0, said.err
    found = json.loads((here / "run" / "metrics.json").read_text())
    assert np.sum(found["confusion"]) == 3
    assert np.sum(found["confusion"], axis=1)[[3, 8]].tolist() == [2, 1]
