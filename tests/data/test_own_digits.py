"""Own digits together with MNIST: after its training images, or as the test set."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnplay.catalog import OwnDigits
from nnplay.data import DataError, load
from nnplay.data.importing.image_folder import ImportedFolder, import_folder
from nnplay.data.load import clear_cache
from nnplay.data.own_digits import with_mnist
from nnplay.experiment import check, dumps, loads
from nnplay.experiment.export.source_data import origin
from nnplay.experiment.storage.starter import starter

LABELS = ("3", "3", "8")


def drawing(seed: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)


@pytest.fixture
def drawings(tmp_path: Path, mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder with two 3s and one 8, beside the files of MNIST."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "mnist").symlink_to(mnist_dir)
    monkeypatch.setenv("NNPLAY_DATA", str(data))
    clear_cache()
    for seed, label in enumerate(LABELS):
        folder = tmp_path / "ours" / label
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(drawing(seed)).save(folder / f"{seed}.png")
    yield tmp_path / "ours"
    clear_cache()


def imported(folder: Path, use: str) -> ImportedFolder:
    return with_mnist(import_folder(folder, 28, False), use)


def test_own_digits_follow_the_training_images(drawings: Path) -> None:
    data = imported(drawings, "training").dataset
    assert isinstance(data, OwnDigits)
    source = load(data, 0)
    assert (len(source.samples), data.spec().samples) == (60_003, 60_003)
    for place, (seed, label) in enumerate(zip(range(3), LABELS, strict=True)):
        np.testing.assert_array_equal(source.samples.raw[60_000 + place, 0], drawing(seed))
        assert source.samples.y[60_000 + place] == int(label)
    assert source.test is not None
    assert len(source.test) == 10_000
    few = OwnDigits(use="training", samples=500, digest=data.digest, pictures=3)
    assert np.bincount(load(few, 0).samples.y).tolist() == [50] * 3 + [52] + [50] * 4 + [51, 50]


def test_own_digits_are_the_test_set(drawings: Path) -> None:
    data = imported(drawings, "test").dataset
    source = load(data, 0)
    assert len(source.samples) == 60_000
    assert source.test is not None
    assert source.test.y.tolist() == [3, 3, 8]
    np.testing.assert_array_equal(source.test.raw[2, 0], drawing(2))
    experiment = starter(data)
    assert not check(experiment)
    assert loads(dumps(experiment)) == experiment
    # A script cannot download these images.
    assert origin(data) == "file"


def test_folders_that_are_no_digits_are_refused(drawings: Path) -> None:
    (drawings / "8").rename(drawings / "eight")
    with pytest.raises(DataError, match="named 0 to 9, received eight"):
        imported(drawings, "test")


def test_images_that_are_not_on_this_machine_are_missed(drawings: Path) -> None:
    with pytest.raises(DataError, match="are not on this machine"):
        load(OwnDigits(name="ours", digest="a" * 64, pictures=3), 0)
    assert check(starter(OwnDigits()))
