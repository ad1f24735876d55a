"""Folders of images: files written by Pillow are read, broken ones reported and skipped."""

import os
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnplay.catalog import PictureFolder
from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.importing import image_folder as folders
from nnplay.data.importing.image_folder import import_folder
from nnplay.data.importing.images.image_file import MAX_FILE_BYTES
from nnplay.data.load import load
from nnplay.experiment import Experiment, check, dumps, loads
from nnplay.experiment.storage.presets import preset


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NNPLAY_DATA", raising=False)


def paint(path: Path, colour: object, mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)  # type: ignore[arg-type]
    return path


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Four red cats and two green dogs, in every supported file format."""
    root = tmp_path / "my pets"
    for number, suffix in enumerate(("png", "jpg", "bmp", "webp")):
        paint(root / "cat" / f"{number}.{suffix}", (250, 0, 0))
    paint(root / "dog" / "0.GIF", (0, 250, 0))
    paint(root / "dog" / "1.jpeg", (0, 250, 0), size=(7, 90))
    (root / "dog" / "notes.txt").write_text("no picture")
    (root / "empty").mkdir()
    (root / "readme.md").write_text("no folder")
    return root


def test_a_folder_becomes_data(pets: Path) -> None:
    reported: list[tuple[int, int]] = []
    imported = import_folder(pets, side=16, progress=lambda *now: reported.append(now))
    data = imported.dataset
    assert (data.name, data.colour, data.side, data.pictures) == ("my pets", True, 16, 6)
    assert data.spec().class_names == ("cat", "dog")
    assert imported.skipped == ()
    assert imported.beyond == 0
    assert reported == [(n, 6) for n in range(7)]
    samples = load(data, 0).samples
    assert samples.x.shape == (6, 3, 16, 16)
    assert samples.y.tolist() == [0, 0, 0, 0, 1, 1]
    # Lossy kinds of files change a colour a little.
    assert samples.x[:4].mean((0, 2, 3)) == pytest.approx([250 / 255, 0, 0], abs=0.02)
    assert samples.x[4:].mean((0, 2, 3)) == pytest.approx([0, 250 / 255, 0], abs=0.02)
    smaller = load(data.changed(side=8, samples=4), 0).samples
    assert smaller.x.shape == (4, 3, 8, 8)
    assert np.bincount(smaller.y).tolist() == [2, 2]


def test_the_experiment_keeps_it_and_runs(pets: Path) -> None:
    data = import_folder(pets, side=8).dataset
    experiment = Experiment(data, *_of_digits())
    assert loads(dumps(experiment)) == experiment
    assert [str(p.where) for p in check(experiment)] == ["network[3].units"]
    assert any(
        str(p.where) == "data.name" for p in check(Experiment(PictureFolder(), *_of_digits()))
    )


def _of_digits() -> tuple[object, ...]:
    digits = preset("digits-offline").experiment
    return digits.network, digits.loss, digits.optimizer


def test_images_without_colour_are_grey(tmp_path: Path) -> None:
    for name, shade in (("a", 51), ("b", 204)):
        paint(tmp_path / name / "0.png", shade, "L")
        deep = np.full((5, 5), shade * 257, np.uint16)
        Image.fromarray(deep).save(tmp_path / name / "1.png")
        paint(tmp_path / name / "2.png", (shade, 255), "LA")
    samples = load(import_folder(tmp_path, side=4).dataset, 0).samples
    assert samples.x.shape == (6, 1, 4, 4)
    assert samples.x.mean((1, 2, 3)) == pytest.approx([0.2] * 3 + [0.8] * 3, abs=0.003)
    assert import_folder(tmp_path, side=4, colour=True).dataset.spec().in_shape == (3, 4, 4)


def test_transparency_becomes_white_and_exif_rotation_is_applied(tmp_path: Path) -> None:
    paint(tmp_path / "a" / "0.png", (0, 0, 0, 0), "RGBA")
    photo = Image.new("RGB", (20, 10), "black")
    photo.paste("white", (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # the right-hand side of the photograph is at the bottom
    (tmp_path / "b").mkdir()
    photo.save(tmp_path / "b" / "0.jpg", exif=exif, quality=100)
    x = load(import_folder(tmp_path, side=8).dataset, 0).samples.x
    assert x[0].min() == 1.0
    assert x[1, :, :3].min() > 0.95
    assert x[1, :, 5:].max() < 0.05


def png_claiming(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header claims that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_broken_files_are_reported_and_skipped(pets: Path) -> None:
    whole = (pets / "cat" / "0.png").read_bytes()
    dog = pets / "dog"
    (dog / "cut.png").write_bytes(whole[: len(whole) // 2])
    (dog / "empty.jpg").write_bytes(b"")
    (dog / "text.bmp").write_text("hello")
    (dog / "huge.png").write_bytes(png_claiming(10_000, 10_000))
    (dog / "bomb.png").write_bytes(png_claiming(100_000, 100_000))
    (dog / "script.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
    os.truncate(paint(dog / "vast.png", 1), MAX_FILE_BYTES + 1)
    tracemalloc.start()
    try:
        imported = import_folder(pets, side=16)
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()
    assert imported.dataset.pictures == 6
    assert imported.skipped_count == 7
    why = dict(imported.skipped)
    assert set(why) == {
        f"dog/{name}"
        for name in (
            "cut.png",
            "empty.jpg",
            "text.bmp",
            "huge.png",
            "bomb.png",
            "script.png",
            "vast.png",
        )
    }
    assert why["dog/huge.png"] == "10,000 × 10,000 pixels are too many"
    assert why["dog/bomb.png"] == "it has too many pixels"
    assert "too large" in why["dog/vast.png"]
    assert "damaged" in why["dog/cut.png"]


def test_too_many_images_are_thinned_evenly(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_PICTURES", 4)
    imported = import_folder(pets, side=8)
    assert imported.beyond == 2
    assert np.bincount(load(imported.dataset, 0).samples.y).tolist() == [2, 2]
    monkeypatch.setattr(folders, "MAX_BYTES", 3 * 8 * 8 * 3)
    assert import_folder(pets, side=8).beyond == 3


def test_it_can_be_cancelled(pets: Path) -> None:
    with pytest.raises(Cancelled):
        import_folder(pets, cancelled=lambda: True)
    seen: list[int] = []
    with pytest.raises(Cancelled):
        import_folder(
            pets, progress=lambda done, _total: seen.append(done), cancelled=lambda: 2 in seen
        )
    assert max(seen) == 2


def test_unsuitable_folders(tmp_path: Path, pets: Path) -> None:
    for path, says in (
        (tmp_path / "nowhere", "There is no folder"),
        (pets / "cat", "0 subfolders with images"),
        (pets / "readme.md", "There is no folder"),
    ):
        with pytest.raises(DataError, match=says) as caught:
            import_folder(path)
        assert "one subfolder of images" in caught.value.hint
    for file in (pets / "dog").iterdir():
        file.write_bytes(b"nothing")
    with pytest.raises(DataError, match="No image of dog") as caught:
        import_folder(pets)
    assert "dog/1.jpeg: damaged" in str(caught.value)


def test_images_missing_on_this_machine_are_requested_again(pets: Path) -> None:
    data = import_folder(pets, side=8).dataset
    (stored,) = Path(os.environ["NNPLAY_HOME"]).rglob(f"{data.digest}.npz")
    stored.write_bytes(stored.read_bytes()[:100])
    with pytest.raises(DataError, match="damaged"):
        load(data, 0)
    stored.unlink()
    with pytest.raises(DataError, match="not on this machine") as caught:
        load(data, 0)
    assert "Import the folder my pets again" in caught.value.hint
    with pytest.raises(DataError, match="not on this machine"):
        load(data.changed(digest="../../etc/passwd"), 0)
