"""`nnplay import` makes an experiment that trains; `nnplay check` reports a missing file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nnplay.catalog import Conv2d, PictureFolder, Series, Table
from nnplay.cli.import_types import types_of
from nnplay.data.folders import data_folder
from nnplay.data.load import clear_cache
from nnplay.experiment import check, open_file
from nnplay.experiment.storage.starter import starter

Call = Callable[..., Any]
ROWS = "a,b,kind\n" + "".join(f"{i % 10},{i % 7},{'xy'[i % 10 > 4]}\n" for i in range(60))


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    clear_cache()
    yield
    clear_cache()


def test_a_table_is_imported_trained_on_and_reported_when_missing(call: Call, here: Path) -> None:
    (here / "mine.csv").write_text(ROWS + "1,2\n")
    said = call("import", "mine.csv", "--target", "kind", "--quiet")
    assert said.status == 0, said.err
    assert "60 rows, 2 inputs, 2 classes of kind" in said.out
    assert "line 62: expected 3 cells, found 2" in said.err
    data = open_file("mine.json").data
    assert isinstance(data, Table)
    assert data.roles == "nnt"
    assert call("check", "mine.json").status == 0
    trained = call("train", "mine.json", "--epochs", "20", "--quiet", "--json")
    assert trained.status == 0, trained.err
    assert trained.table()["train_accuracy"] > 0.9
    again = call("import", "mine.csv")
    assert again.status == 2
    assert "--force" in again.err
    (here / "mine.csv").rename(here / "other.csv")
    clear_cache()
    # The stored copy is used, with a note that it cannot be checked.
    said = call("check", "mine.json")
    assert said.status == 0
    assert "no longer exists" in said.out and "no problems" in said.out
    said = call("train", "mine.json", "--epochs", "1", "--quiet", "--json")
    assert said.status == 0, said.err
    assert "no longer exists" in said.err
    # Without the stored copy the data are lost.
    for stored in (data_folder() / "tables").iterdir():
        stored.unlink()
    clear_cache()
    said = call("check", "mine.json")
    assert said.status == 1
    assert "data.file" in said.out and "does not exist" in said.out
    assert "does not exist" in call("train", "mine.json", "--quiet").err
    (here / "mine.csv").write_text(ROWS)
    assert "has changed" in call("check", "mine.json").out


def test_a_column_is_imported_as_a_series(call: Call, here: Path) -> None:
    (here / "s.csv").write_text("t;v\n" + "".join(f"{i};{i % 5},5\n" for i in range(40)))
    said = call("import", "s.csv", "--series", "5", "--out", "wave.json", "--quiet")
    assert said.status == 0, said.err
    data = open_file("wave.json").data
    assert isinstance(data, Series)
    assert (data.column, data.steps, data.length, data.comma) == ("v", 5, 40, True)
    assert call("train", "wave.json", "--epochs", "1", "--quiet").status == 0


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("nothing.csv",), "is no file"),
        (("mine.csv", "--target", "z"), "no column z"),
        (("mine.csv", "--delimiter", "semicolon"), "only one column"),
        (("mine.csv", "--series", "5"), "fewer than three numbers"),
        (("mine.csv", "--as", "numbers"), "holds text"),
    ],
)
def test_what_cannot_be_imported_is_reported(
    call: Call, here: Path, args: tuple[str, ...], says: str
) -> None:
    (here / "mine.csv").write_text(ROWS)
    said = call("import", *args, "--quiet")
    assert said.status == 2
    assert says in said.err
    assert not list(here.glob("*.json"))


def test_a_starter_experiment_fits_any_data() -> None:
    from nnplay.catalog import MNIST, Digits, Iris, Parity, Sine, Wave

    for data in (Iris(), Wave(), Parity(), Digits(), Sine(), MNIST()):
        assert check(starter(data)) == ()


@pytest.mark.parametrize(("side", "blocks"), [(4, 0), (12, 0), (16, 2), (28, 2), (32, 3), (64, 3)])
def test_images_are_seen_by_convolutions_unless_they_are_tiny(side: int, blocks: int) -> None:
    data = PictureFolder(side=side, digest="a" * 64, pictures=10)
    experiment = starter(data)
    assert check(experiment) == ()
    assert sum(isinstance(layer, Conv2d) for layer in experiment.network) == blocks


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_shapes_are_classified_with_the_settings_of_an_import(call: Call, here: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("circle", "square", "triangle"):
        (here / "shapes" / name).mkdir(parents=True)
        for number in range(80):
            image = Image.new("L", (64, 64), int(rng.integers(180, 255)))
            size = int(rng.integers(10, 22))
            x, y = (int(one) for one in rng.integers(size + 2, 62 - size, 2))
            shade, draw = int(rng.integers(0, 120)), ImageDraw.Draw(image)
            if name == "triangle":
                corners = ((x, y - size), (x - size, y + size), (x + size, y + size))
                draw.polygon(corners, fill=shade)
            else:
                paint = draw.ellipse if name == "circle" else draw.rectangle
                paint((x - size, y - size, x + size, y + size), fill=shade)
            image.save(here / "shapes" / name / f"{number}.png")
    assert call("import", "shapes", "--quiet").status == 0
    trained = call("train", "shapes.json", "--quiet", "--json").table()
    # A dense network comes to about a half, and guessing to a third.
    assert trained["val_accuracy"] >= 0.75


REPORT = "Growth of beans\n\nnr,day,size,kind\n,,cm,\n" + "".join(
    f"{i},{i % 28 + 1}.3.2024,{i * 7 % 13}.5,{'xy'[i % 2]}\n" for i in range(1, 60)
)


def test_what_was_detected_is_said(call: Call, here: Path) -> None:
    (here / "mine.csv").write_text(REPORT)
    said = call("import", "mine.csv", "--quiet")
    assert said.status == 0, said.err
    for line in (
        "The column names are in line 3; 2 lines above are skipped.",
        "1 line below the column names is skipped.",
        "day holds dates, read with the day first",
        "nr is not used: it numbers the rows.",
        "To correct this: --heading, --skip",
    ):
        assert line in said.err
    data = open_file("mine.json").data
    assert isinstance(data, Table)
    assert (data.roles, data.above, data.below) == ("idnt", 2, 1)


@pytest.mark.parametrize(
    ("args", "roles", "above", "below"),
    [
        (("--types", "nr=number,day=category", "--types", "3=category"), "ncct", 2, 1),
        (("--types", "day=target", "--types", "kind=ignore"), "itni", 2, 1),
        (("--heading", "no", "--skip", "4"), "idnt", 4, 0),
        (("--heading", "no"), "ndnt", 2, 0),
        (("--skip-below", "0"), "ndnt", 2, 0),
        (("--skip", "0", "--types", "day=date-month-first"), None, 0, 0),
    ],
)
def test_what_was_detected_can_be_corrected(
    call: Call, here: Path, args: tuple[str, ...], roles: str | None, above: int, below: int
) -> None:
    text = REPORT if roles else REPORT[len("Growth of beans\n\n") :].replace(",,cm,\n", "")
    (here / "mine.csv").write_text(text)
    said = call("import", "mine.csv", "--quiet", *args)
    assert said.status == 0, said.err
    data = open_file("mine.json").data
    assert isinstance(data, Table)
    assert (data.above, data.below) == (above, below)
    assert data.roles == (roles or "imnt")


def test_words_that_are_missing_or_the_same_can_be_corrected(call: Call, here: Path) -> None:
    words = ["none", "Minor", "minor", "major"]
    rows = "".join(f"{i * 7 % 13}.5,{words[i % 4]}\n" for i in range(40))
    (here / "mine.csv").write_text("size,damage\n" + rows)
    for args, names in (
        ((), ("Minor", "major", "none")),
        (("--missing-words", "none"), ("Minor", "major")),
        (("--exact-words",), ("Minor", "major", "minor", "none")),
    ):
        assert call("import", "mine.csv", "--quiet", "--force", *args).status == 0
        assert open_file("mine.json").data.spec().class_names == names


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--types", "a=float"), "Expected COLUMN=TYPE, received a=float"),
        (("--types", "z=number"), "no column z"),
        (("--types", "a=target", "--target", "b"), "Exactly one column"),
    ],
)
def test_wrong_types_are_refused(call: Call, here: Path, args: tuple[str, ...], says: str) -> None:
    (here / "mine.csv").write_text(ROWS)
    said = call("import", "mine.csv", "--quiet", *args)
    assert said.status == 2
    assert says in said.err


def test_names_of_columns_may_hold_commas_and_equals_signs() -> None:
    found = types_of(["a, b=number,c=1=category", "date=date-month-first"])
    assert found == {"a, b": "n", "c=1": "c", "date": "m"}


def test_a_folder_of_images_is_imported(call: Call, here: Path) -> None:
    for name, shade in (("black", 0), ("white", 255)):
        for number in range(20):
            (here / "shapes" / name).mkdir(parents=True, exist_ok=True)
            Image.new("L", (12, 9), shade).save(here / "shapes" / name / f"{number}.png")
    (here / "shapes" / "grey").mkdir()
    said = call("import", "shapes", "--side", "8", "--quiet")
    assert said.status == 0, said.err
    assert "40 images in 2 classes, 8 × 8 pixels, greyscale" in said.out
    assert "grey has no images, so it is not a class." in said.err
    trained = call("train", "shapes.json", "--epochs", "5", "--quiet", "--json")
    assert trained.table()["train_accuracy"] == 1.0
    said = call("import", "shapes", "--side", "2", "--force", "--quiet")
    assert (said.status, "Expected --side from 4" in said.err) == (2, True)
