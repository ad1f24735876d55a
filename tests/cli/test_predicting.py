"""`nnplay predict` on saved runs, against predictions computed here from the saved files."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file

from nnplay.catalog import Digits
from nnplay.data import load
from nnplay.data.load import clear_cache
from nnplay.engine.model.build import build_network
from nnplay.experiment import open_file

Call = Callable[..., Any]
WORDS = ("red", "blue", "green")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    clear_cache()
    yield
    clear_cache()


def rows_of(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(), delimiter=delimiter))


def train(call: Call, name: str, *args: str) -> None:
    said = call("train", name, "--out", "run", "--quiet", *args)
    assert said.status == 0, said.err


def outputs_of(run: Path, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the outputs for scaled inputs, with the saved weights."""
    experiment = open_file(run / "experiment.json")
    model = build_network(experiment.network, experiment.data.spec().in_shape)
    weights = load_file(run / "weights.safetensors")
    model.load_state_dict({name: torch.from_numpy(one) for name, one in weights.items()})
    with torch.no_grad():
        found = model.eval()(torch.from_numpy(x.astype(np.float32)))
    return found.numpy().astype(np.float64)


def scaling_of(run: Path) -> Any:
    return json.loads((run / "metrics.json").read_text("utf-8"))["scaling"]


@pytest.fixture
def prices(call: Call, here: Path) -> Path:
    """A trained network that predicts a price from a colour, a number with gaps and a date."""
    rng = np.random.default_rng(3)
    lines = ["colour,height,day,price"]
    for n in range(60):
        colour, height = WORDS[n % 3], "" if n % 10 == 9 else f"{rng.uniform(1, 9):.2f}"
        day = f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
        lines.append(f"{colour},{height},{day},{1000 + 50 * (n % 3) + 10 * rng.normal():.1f}")
    (here / "prices.csv").write_text("\n".join(lines) + "\n")
    assert call("import", "prices.csv", "--quiet").status == 0
    shares = ("--set", "split.validation=0", "--set", "split.test=0")
    train(call, "prices.json", "--epochs", "3", *shares)
    return here / "run"


def test_a_table_is_predicted_in_the_units_of_the_data(
    call: Call, here: Path, prices: Path
) -> None:
    said = call("predict", "run", "prices.csv")
    assert said.status == 0, said.err
    found = rows_of(said.out)
    given = rows_of((here / "prices.csv").read_text())
    assert [{k: v for k, v in row.items() if k != "prediction"} for row in found] == given
    # The inputs, encoded here by hand: one-hot in alphabetical order, mean for missing heights.
    heights = np.array([float(row["height"] or "nan") for row in given])
    heights = np.where(np.isnan(heights), np.nanmean(heights), heights)
    dates = np.array([row["day"] for row in given], "datetime64[D]")
    days = (dates - dates.min()).astype(np.int64)
    month = 2 * np.pi * (dates.astype("datetime64[M]").astype(np.int64) % 12) / 12
    weekday = 2 * np.pi * ((dates.astype(np.int64) + 3) % 7) / 7
    one_hot = [[row["colour"] == word for row in given] for word in sorted(WORDS)]
    circles = [np.sin(month), np.cos(month), np.sin(weekday), np.cos(weekday)]
    x = np.array([*one_hot, heights, days, *circles], np.float64).T
    scaled = (x - x.mean(0)) / x.std(0)
    targets = scaling_of(prices)["targets"]
    expected = outputs_of(prices, scaled)[:, 0] * targets["std"][0] + targets["mean"][0]
    predicted = [float(row["prediction"]) for row in found]
    np.testing.assert_allclose(predicted, expected, rtol=2e-5)


def test_columns_are_matched_by_name_and_others_are_kept(
    call: Call, here: Path, prices: Path
) -> None:
    rows = rows_of((here / "prices.csv").read_text())[:3]
    lines = ["day;note;HEIGHT;colour;prediction"]
    lines += [f"{r['day']};a,b;{r['height'].replace('.', ',')};{r['colour']};old" for r in rows]
    (here / "new.csv").write_text("\n".join(lines) + "\n", "utf-8-sig")
    plain = rows_of(call("predict", "run", "prices.csv").out)[:3]
    said = call("predict", "run", "new.csv", "--out", "out.csv")
    assert said.status == 0, said.err
    assert said.out == ""
    assert "3 predictions." in said.err
    text = (here / "out.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    found = rows_of(text.decode("utf-8-sig"), ";")
    assert list(found[0]) == ["day", "note", "HEIGHT", "colour", "prediction", "prediction (2)"]
    assert [row["note"] for row in found] == ["a,b"] * 3
    assert [row["prediction"] for row in found] == ["old"] * 3
    assert [row["prediction (2)"].replace(",", ".") for row in found] == [
        row["prediction"] for row in plain
    ]


def test_fill_values_come_from_the_run_and_never_from_the_new_file(
    call: Call, here: Path, prices: Path
) -> None:
    heights = [row["height"] for row in rows_of((here / "prices.csv").read_text())]
    mean = np.mean([np.float64(one) for one in heights if one])
    (here / "new.csv").write_text(
        f"colour,height,day\nred,,2024-03-01\nred,{mean:.12f},2024-03-01\nred,9e5,2024-03-01\n"
    )
    found = [float(row["prediction"]) for row in rows_of(call("predict", "run", "new.csv").out)]
    assert found[0] == pytest.approx(found[1], rel=1e-6)
    assert found[2] != pytest.approx(found[1], rel=1e-3)


def test_rows_that_cannot_be_predicted_say_why(call: Call, here: Path, prices: Path) -> None:
    (here / "new.csv").write_text(
        "colour,height,day\nred,2,2024-03-01\npurple,tall,2024-03-01\nred,2\nblue,2,2024-03-01\n"
    )
    said = call("predict", "run", "new.csv")
    assert said.status == 1
    assert [bool(row["prediction"]) for row in rows_of(said.out)] == [True, False, True]
    assert (
        "Line 3, column colour: “purple” is unknown; expected one of: blue, green, red." in said.err
    )
    assert "Line 3, column height: expected a number, received “tall”." in said.err
    assert "Line 4: expected 3 cells, found 2." in said.err
    assert "2 predictions." in said.err and "2 without a prediction" in said.err


def test_a_missing_column_is_named(call: Call, here: Path, prices: Path) -> None:
    (here / "new.csv").write_text("colour,day,size\nred,2024-03-01,2\n")
    said = call("predict", "run", "new.csv", "--out", "out.csv")
    assert said.status == 2
    assert "new.csv lacks the column height" in said.err
    assert "Columns found: colour, day, size. Columns needed: colour, height, day." in said.err
    assert not (here / "out.csv").exists()


def test_the_data_set_need_not_be_there_any_more(call: Call, here: Path, prices: Path) -> None:
    (here / "new.csv").write_text("colour,height,day\nred,2,2024-03-01\n")
    before = call("predict", "run", "new.csv").out
    (here / "prices.csv").unlink()
    for stored in (here.parent / "data" / "tables").iterdir():
        stored.unlink()
    clear_cache()
    assert call("predict", "run", "new.csv").out == before


def test_classes_get_names_and_probabilities(call: Call, here: Path) -> None:
    train(call, "spiral", "--epochs", "2")
    points = np.random.default_rng(0).uniform(-3, 3, (20, 2)).round(3)
    text = "".join(f"{y},{x}\n" for x, y in points.tolist())
    (here / "points.csv").write_text("y,x\n" + text)
    said = call("predict", "run", "points.csv")
    assert said.status == 0, said.err
    names = open_file("run/experiment.json").data.spec().class_names
    assert scaling_of(here / "run")["inputs"] is None
    # One output with the binary cross-entropy: the probability of the second class.
    second = 1 / (1 + np.exp(-outputs_of(here / "run", points)))
    odds = np.concatenate([1 - second, second], 1)
    found = rows_of(said.out)
    shown = [[float(row[f"P({name})"]) for name in names] for row in found]
    np.testing.assert_allclose(shown, odds, rtol=1e-4, atol=1e-6)
    assert [row["prediction"] for row in found] == [names[n] for n in odds.argmax(1)]


def test_one_point_of_a_curve_is_enough(call: Call, here: Path) -> None:
    train(call, "linear-regression", "--epochs", "1", "--set", "data.points=500")
    (here / "one.csv").write_text("x\n0.5\n")
    said = call("predict", "run", "one.csv")
    assert said.status == 0, said.err
    assert list(rows_of(said.out)[0]) == ["x", "prediction"]


def test_images_are_predicted_as_the_data_set_has_them(call: Call, here: Path) -> None:
    train(call, "digits-offline", "--epochs", "3")
    samples = load(Digits(), 0).samples
    (here / "images").mkdir()
    for n in range(30):
        pixels = np.rint(samples.x[n, 0] * 255).astype(np.uint8)
        Image.fromarray(pixels).save(here / "images" / f"{n:02d}.png")
    (here / "images" / "torn.png").write_bytes(b"\x89PNG\r\n")
    said = call("predict", "run", "images", "--out", "out.csv")
    assert said.status == 1
    assert "torn.png: damaged, or not an image." in said.err
    found = rows_of((here / "out.csv").read_text())
    assert [Path(row["file"]).name for row in found] == [f"{n:02d}.png" for n in range(30)]
    x = np.stack([np.rint(samples.x[n] * 255) / 255 for n in range(30)])
    inputs = scaling_of(here / "run")["inputs"]
    if inputs is not None:
        x = (x - np.array(inputs["shift"])) / np.array(inputs["size"])
    logits = outputs_of(here / "run", x)
    assert [int(row["prediction"]) for row in found] == logits.argmax(1).tolist()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda run: (run / "inputs.json").unlink(), "saved by an earlier version"),
        (lambda run: (run / "inputs.json").write_text("{"), "is damaged"),
        (lambda run: (run / "inputs.json").write_text('{"inputs": {"columns": [{"name": "x"}]}}'),
         "1 inputs, not 2"),
        (lambda run: (run / "weights.safetensors").unlink(), "it has no weights.safetensors"),
        (lambda run: (run / "weights.safetensors").write_bytes(b"x" * 40), "weights"),
        (lambda run: (run / "experiment.json").write_text("[]"), "experiment"),
    ],
)  # fmt: skip
def test_a_damaged_run_gives_a_message(
    call: Call, here: Path, damage: Callable[[Path], None], words: str
) -> None:
    train(call, "spiral", "--epochs", "1")
    (here / "points.csv").write_text("x,y\n1,2\n")
    damage(here / "run")
    said = call("predict", "run", "points.csv")
    assert said.status == 2
    assert words in said.err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["predict"], "RUNDIR"),
        (["predict", "nowhere", "points.csv"], "There is no folder nowhere"),
        (["predict", "points.csv", "points.csv"], "points.csv is a file"),
        (["predict", ".", "points.csv"], "it has no experiment.json"),
        (["predict", "run", "nosuch.csv"], "There is no file"),
        (["predict", "run", "points.csv", "points.csv"], "Expected one table, received 2 files"),
        (["predict", "run", "photo.png"], "trained on a table"),
        (["predict", "run", "points.csv", "--out", "points.csv"], "is the file to predict"),
        (["predict", "run", "points.csv", "--out", "no/such/out.csv"], "cannot write there"),
        (["predict", "run", "only.csv"], "no rows below its column names"),
    ],
)
def test_other_mistakes_give_a_message(call: Call, here: Path, args: list[str], words: str) -> None:
    if "run" in args:
        train(call, "spiral", "--epochs", "1")
    (here / "points.csv").write_text("x,y\n1,2\n")
    (here / "only.csv").write_text("x,y\n")
    (here / "photo.png").write_bytes(b"")
    said = call(*args)
    assert said.status == 2
    assert words in said.err
