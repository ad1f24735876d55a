"""No class folder vanishes without a word; split folders and deep images are understood."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnplay.catalog import Adam, CrossEntropy, Dense, Digits, Flatten
from nnplay.data.arrays import DataError
from nnplay.data.importing.image_folder import folder_summary, import_folder
from nnplay.data.load import load
from nnplay.data.split import split
from nnplay.experiment import Experiment, Split, check, dumps, loads, part_sizes

PICTURES = Experiment(Digits(), (Flatten(), Dense(2)), CrossEntropy(), Adam())
SHADES = {"cat": 40, "dog": 90, "fox": 160, "owl": 220}


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))


def paint(path: Path, shade: int, kind: str | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (9, 9), shade).save(path, kind)


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    root = tmp_path / "animals"
    suffixes = {"cat": ".jpg", "dog": ".png", "fox": ".jfif", "owl": ".tif"}
    for name, suffix in suffixes.items():
        for number in range(3):
            kind = "JPEG" if suffix == ".jfif" else None
            paint(root / name / f"{number}{suffix}", SHADES[name], kind)
    (root / "cat" / ".DS_Store").write_bytes(b"x")
    (root / "dog" / "Thumbs.db").write_bytes(b"x")
    return root


def test_every_usual_kind_of_file_is_an_image(animals: Path) -> None:
    found = import_folder(animals, side=4)
    assert found.dataset.spec().class_names == ("cat", "dog", "fox", "owl")
    x = load(found.dataset, 0).samples.x
    expected = np.repeat([SHADES[name] / 255 for name in sorted(SHADES)], 3)
    assert x.mean((1, 2, 3)) == pytest.approx(expected, abs=0.01)
    assert (found.notes, found.skipped) == ((), ())


def test_a_folder_without_readable_images_is_said(animals: Path) -> None:
    for number in range(2):
        (animals / "owl" / f"{number}.heic").write_bytes(b"x")
    (animals / "elk").mkdir()
    (animals / "elk" / "0.heic").write_bytes(b"x")
    (animals / "yak").mkdir()
    found = import_folder(animals, side=4)
    assert len(found.dataset.spec().class_names) == 4
    assert found.notes == (
        "elk has no images that can be read, only .heic, so it is not a class.",
        "yak has no images, so it is not a class.",
        "3 files are not images that can be read: .heic.",
    )
    for name in ("cat", "dog", "fox"):
        for file in (animals / name).iterdir():
            file.unlink()
    with pytest.raises(DataError, match="at least two are needed") as caught:
        import_folder(animals)
    assert "elk has no images that can be read" in str(caught.value)


def test_images_in_deeper_folders_belong_to_their_class(animals: Path) -> None:
    (animals / "owl").rename(animals / "owls")
    (animals / "owl" / "2024").mkdir(parents=True)
    (animals / "owls").rename(animals / "owl" / "2024" / "march")
    found = import_folder(animals, side=4)
    assert np.bincount(load(found.dataset, 0).samples.y).tolist() == [3] * 4


def test_a_single_folder_is_entered(animals: Path) -> None:
    (animals.parent / "archive" / "__MACOSX").mkdir(parents=True)
    animals.rename(animals.parent / "archive" / "animals")
    found = import_folder(animals.parent / "archive", side=4)
    assert found.dataset.pictures == 12
    assert found.notes == ("The classes are in the subfolder animals.",)


@pytest.mark.parametrize(
    ("training", "test"),
    [
        (("train",), "test"),
        (("training",), "validation"),
    ],
)
def test_split_folders_are_parts_and_no_classes(
    tmp_path: Path, training: tuple[str, ...], test: str
) -> None:
    root = tmp_path / "split"
    for part, folder in enumerate((*training, test)):
        for name in ("cat", "dog"):
            for number in range(2 + part):
                paint(root / folder / name / f"{number}.png", SHADES[name] + part)
    found = import_folder(root, side=4)
    samples, held_out = load(found.dataset, 0).samples, load(found.dataset, 0).test
    assert held_out is not None
    count = 2 if len(training) == 1 else 5
    assert np.bincount(samples.y).tolist() == [count, count]
    last = len(training)
    assert np.bincount(held_out.y).tolist() == [2 + last, 2 + last]
    shades = [(SHADES[name] + last) / 255 for name in ("cat", "dog")]
    assert held_out.x.mean((1, 2, 3)) == pytest.approx(np.repeat(shades, 2 + last))
    assert found.notes[0].startswith(f"{', '.join(training)} ")
    assert found.notes[0].endswith(f"{test} is the test set.")
    assert folder_summary(found).startswith(f"{2 * (count + 2 + last)} images in 2 classes")


@pytest.mark.parametrize("name", ["val", "Valid", "dev"])
def test_a_validation_folder_is_the_validation_set(tmp_path: Path, name: str) -> None:
    root = tmp_path / "split"
    shares = {"train": (6, 0), name: (2, 1), "test": (3, 2)}
    for folder, (count, brighter) in shares.items():
        for kind in ("cat", "dog"):
            for number in range(count):
                paint(root / folder / kind / f"{number}.png", SHADES[kind] + brighter)
    found = import_folder(root, side=4)
    spec = found.dataset.spec()
    assert (spec.samples, spec.validation_samples, spec.test_samples) == (12, 4, 6)
    assert found.notes[0] == (
        f"train has the training samples, {name} is the validation set and test the test set."
    )
    assert folder_summary(found).startswith("22 images in 2 classes")
    # The share that was held out of other data is not taken from the training images.
    for shares_ in (Split(), Split(0.5, 0.2), Split(0.99)):
        assert part_sizes(spec, shares_) == (12, 4, 6)
        parts = split(load(found.dataset, 0), shares_, seed=1)
        sizes = [len(one) for one in (parts.train, parts.validation, parts.test)]
        assert sizes == [12, 4, 6]
        for part, brighter in ((parts.train, 0), (parts.validation, 1), (parts.test, 2)):
            shade = [(SHADES[kind] + brighter) / 255 for kind in ("cat", "dog")]
            means = [part.x[part.y == label].mean() for label in range(2)]
            assert means == pytest.approx(shade, abs=1e-6)
    stored = replace(PICTURES, data=found.dataset)
    assert loads(dumps(stored)) == stored
    assert not [problem for problem in check(replace(stored, split=Split(0.5, 0.5)))
                if problem.where.part == "split"]  # fmt: skip


def test_a_class_without_training_images_is_named(tmp_path: Path) -> None:
    root = tmp_path / "split"
    for folder, kinds in (("train", "ab"), ("val", "abc"), ("test", "ab")):
        for kind in kinds:
            paint(root / folder / kind / "0.png", 50)
    notes = import_folder(root, side=4).notes
    assert "Classes without training images are not used: c." in notes


@pytest.mark.parametrize("largest", [255, 1023, 4095, 65_535])
def test_deep_images_are_as_bright_as_their_depth_says(tmp_path: Path, largest: int) -> None:
    for name, share in (("dark", 0.2), ("bright", 1.0)):
        for number in range(2):
            path = tmp_path / "deep" / name / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            shade = np.uint16(round(share * largest))
            Image.fromarray(np.full((30, 20), shade, np.uint16)).save(path)
    found = import_folder(tmp_path / "deep", side=4)
    x = load(found.dataset, 0).samples.x
    assert x.mean((1, 2, 3)) == pytest.approx([1.0, 1.0, 0.2, 0.2], abs=0.003)
    assert f"the value {largest:,} is white, which is a guess" in found.notes[0]
    chosen = import_folder(tmp_path / "deep", side=4, white=2 * largest)
    assert load(chosen.dataset, 0).samples.x.max() == pytest.approx(0.5, abs=0.003)


def test_images_of_fractions_are_read(tmp_path: Path) -> None:
    for name, share in (("dark", 0.25), ("bright", 0.75)):
        path = tmp_path / "deep" / name / "0.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((30, 20), share, np.float32)).save(path)
    x = load(import_folder(tmp_path / "deep", side=4).dataset, 0).samples.x
    assert x.mean((1, 2, 3)) == pytest.approx([0.75, 0.25], abs=0.003)


def test_a_deep_image_is_averaged_over_its_blocks(tmp_path: Path) -> None:
    left = np.zeros((64, 64), np.uint16)
    left[:, :32] = 65_535
    for name, image in (("a", left), ("b", left[:, ::-1])):
        (tmp_path / "deep" / name).mkdir(parents=True)
        Image.fromarray(image).save(tmp_path / "deep" / name / "0.png")
    x = load(import_folder(tmp_path / "deep", side=8).dataset, 0).samples.x
    assert x[0, 0, :, :3].min() == 1.0
    assert x[0, 0, :, 5:].max() == 0.0
    assert x[1, 0] == pytest.approx(x[0, 0, :, ::-1])


READ = """
import sys
from pathlib import Path
from nnplay.data.importing.images.image_file import read_image
print(read_image(Path(sys.argv[1]), 16, False, 65535.0).shape)
"""
MEASURE = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-c", *sys.argv[1:]], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize("kind", ["gif", "webp", "deep.png", "alpha.png"])
def test_a_small_file_with_many_pixels_takes_a_bounded_memory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"wide.{kind}"
    size = (8_000, 3_990) if kind.endswith("png") else (4_000, 3_990)
    if kind == "deep.png":
        Image.fromarray(np.zeros(size[::-1], np.uint16)).save(path)
    elif kind == "gif":
        Image.new("P", size).save(path, transparency=0)
    elif kind == "webp":
        Image.new("RGBA", size, (1, 2, 3, 4)).save(path, method=0)
    else:
        Image.new("RGBA", size, (1, 2, 3, 4)).save(path)
    assert path.stat().st_size < 200_000
    # Measured from a small process, as a child counts the memory of its parent until it starts.
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, READ, str(path)], capture_output=True, text=True, check=True
    )
    shape, kilobytes = done.stdout.splitlines()[-2:]
    assert shape == "(1, 16, 16)"
    assert int(kilobytes) < 420_000
