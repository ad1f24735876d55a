"""Drawings that are kept become a data set, and those of several people can be put together."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnplay.data import DataError, load
from nnplay.data.importing.image_folder import import_folder
from nnplay.data.new_samples.kept_drawings import (
    add_drawings,
    drawings_folder,
    keep_drawing,
    kept_drawings,
)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))


def drawing(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)


def test_drawings_are_imported_as_they_were_kept(tmp_path: Path) -> None:
    assert kept_drawings(28) == {}
    for seed, label in enumerate(("7", "7", "1")):
        keep_drawing(drawing(seed), label)
    keep_drawing(np.zeros((8, 8), np.uint8), "1")
    assert kept_drawings(28) == {"1": 1, "7": 2}
    # A pupil's folder is copied into that of another one.
    other = tmp_path / "other" / "1"
    other.mkdir(parents=True)
    Image.fromarray(drawing(9)).save(other / "mine.png")
    shutil.copytree(other.parent, drawings_folder(28), dirs_exist_ok=True)
    assert kept_drawings(28) == {"1": 2, "7": 2}
    data = import_folder(drawings_folder(28), side=28).dataset
    assert data.spec().class_names == ("1", "7")
    samples = load(data, 0).samples
    kept = {samples.rows([n])[0, 0].tobytes(): int(samples.y[n]) for n in range(4)}
    expected = {
        (drawing(seed) / np.float32(255)).astype(np.float32).tobytes(): label
        for seed, label in ((0, 1), (1, 1), (2, 0), (9, 0))
    }
    assert kept == expected


def test_labels_become_names_that_every_system_allows() -> None:
    path = keep_drawing(drawing(0), "../T-shirt / top: <b>")
    assert path.parent.parent == drawings_folder(28)
    assert path.parent.name == "___T-shirt _ top_ _b_"


def test_a_folder_that_cannot_be_written_gives_a_message(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(DataError, match="Cannot write to"):
        keep_drawing(drawing(0), "7")


def test_drawings_of_several_pupils_are_added(tmp_path: Path) -> None:
    keep_drawing(drawing(0), "7")
    for pupil, labels in (("ann", "77"), ("bob", "1")):
        for number, label in enumerate(labels):
            folder = tmp_path / pupil / label
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(drawing(number)).save(folder / f"{number}.png")
    # What is no drawing of that size is left out.
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(tmp_path / "bob" / "1" / "small.png")
    (tmp_path / "bob" / "1" / "broken.png").write_bytes(b"no image")
    (tmp_path / "bob" / "notes.txt").write_text("7")
    assert add_drawings(tmp_path / "ann", 28) == 2
    assert add_drawings(tmp_path / "bob", 28) == 1
    # The same names do not overwrite each other.
    assert kept_drawings(28) == {"1": 1, "7": 3}
    with pytest.raises(DataError, match="no subfolder with PNG images of 8 × 8 pixels"):
        add_drawings(tmp_path / "ann", 8)
