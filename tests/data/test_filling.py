"""Missing cells are filled in from the training part alone, and large numbers keep their digits."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from nnplay.data import load, split
from nnplay.data.importing.series import import_series
from nnplay.data.importing.source_file import SourceFile
from nnplay.data.importing.table import import_table
from nnplay.data.synthetic.windows import end_of_series
from nnplay.experiment import Split

PARTS = ("train", "validation", "test")


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.mark.parametrize(("by", "strategy"), [("mean", "mean"), ("most frequent", "most_frequent")])
@pytest.mark.parametrize("scaling", ["none", "standardised"])
def test_numbers_are_filled_as_scikit_learn_does_it_on_the_training_part(
    tmp_path: Path, by: str, strategy: str, scaling: str
) -> None:
    rng = np.random.default_rng(0)
    # A trend, so that the parts differ; few different values, so that one is the most frequent.
    x = np.round(np.linspace(0, 9, 200)[:, None] + rng.normal(size=(200, 2)))
    x[rng.random((200, 2)) < 0.2] = np.nan
    cells = [["" if np.isnan(n) else f"{n:g}" for n in row] for row in x]
    lines = [",".join([*row, f"{number}.5"]) for number, row in enumerate(cells)]
    file = tmp_path / "gaps.csv"
    file.write_text("\n".join(["a,b,y", *lines]), "utf-8")
    table = import_table(file, missing=by).table  # type: ignore[arg-type]
    shares = Split(0.2, 0.2, scaling=scaling)
    source = load(table, 3)
    assert np.isnan(source.samples.raw).sum() == np.isnan(x).sum()
    parts = split(source, shares, 3)
    # The target is the number of the row.
    rows = {part: x[getattr(parts, part).y[:, 0].astype(int)] for part in PARTS}
    imputer = SimpleImputer(strategy=strategy).fit(rows["train"])
    scaler = StandardScaler().fit(imputer.transform(rows["train"]))
    for part in PARTS:
        expected = imputer.transform(rows[part])
        if scaling == "standardised":
            expected = scaler.transform(expected)
        np.testing.assert_allclose(getattr(parts, part).x, expected, atol=1e-5)
    whole = SimpleImputer(strategy=strategy).fit(x)
    assert (whole.statistics_ != imputer.statistics_).any() or by == "most frequent"


def test_a_missing_category_is_the_most_frequent_one_of_the_training_part(tmp_path: Path) -> None:
    words = ["red"] * 30 + ["blue"] * 28 + [""] * 12
    file = tmp_path / "colours.csv"
    lines = [f"{word},{number}" for number, word in enumerate(words)]
    file.write_text("\n".join(["colour,y", *lines]), "utf-8")
    table = import_table(file, missing="most frequent", task="numbers").table
    source = load(table, 0)
    for seed in range(20):
        parts = split(source, Split(0.3), seed)
        known = [words[round(float(y))] for y in parts.train.y[:, 0]]
        frequent = max(("blue", "red"), key=known.count)
        for part in (parts.train, parts.validation):
            for x, y in zip(part.x, part.y[:, 0], strict=True):
                word = words[round(float(y))] or frequent
                assert x.tolist() == [word == "blue", word == "red"]


def test_milliseconds_since_1970_are_scaled_without_losing_digits(tmp_path: Path) -> None:
    ms = 1_718_000_000_000 + 1000 * np.arange(300)
    watt = np.sin(np.arange(300) / 20)
    file = tmp_path / "sensor.csv"
    lines = [f"{m},{w:.3f},{w * 2:.3f}" for m, w in zip(ms, watt, strict=True)]
    file.write_text("\n".join(["ms,volt,watt", *lines]), "utf-8")
    table = import_table(file, roles="nnt").table
    parts = split(load(table, 0), Split(scaling="standardised"), 0)
    expected = (np.arange(300) - 149.5) / np.arange(300).std()
    np.testing.assert_allclose(parts.train.x[:, 0], expected, atol=1e-6)
    np.testing.assert_allclose(parts.train.x.std(0), [1, 1], atol=1e-5)
    assert parts.train.x.dtype == np.float32


@pytest.mark.parametrize("scaling", ["0 to 1", "standardised"])
@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6, 1.7e12])
def test_every_column_that_changes_has_the_same_size(
    tmp_path: Path, scaling: str, offset: float
) -> None:
    numbers = offset + np.random.default_rng(1).normal(0, 3, 80).round(2)
    file = tmp_path / "far.csv"
    file.write_text("\n".join(["a,y", *(f"{n:.2f},{n}" for n in numbers)]), "utf-8")
    table = import_table(file, roles="nt", task="numbers").table
    parts = split(load(table, 0), Split(scaling=scaling), 0)
    exact = numbers - numbers.mean()
    expected = exact / exact.std()
    if scaling == "0 to 1":
        expected = (exact - exact.min()) / np.ptp(exact)
    np.testing.assert_allclose(parts.train.x[:, 0], expected, atol=2e-3)
    assert parts.train.y.dtype == (np.float64 if offset >= 1e6 else np.float32)


def test_a_series_of_large_numbers_keeps_its_digits(tmp_path: Path) -> None:
    values = 1e9 + np.arange(60) % 7
    file = tmp_path / "series.csv"
    file.write_text("\n".join(["v", *(f"{n:.0f}" for n in values)]), "utf-8")
    series = import_series(SourceFile(file), "v", 5).series
    source = load(series, 0)
    parts = split(source, Split(scaling="standardised"), 0)
    windows = np.lib.stride_tricks.sliding_window_view(values - 1e9, 5)[:-1]
    expected = (windows - windows.mean()) / windows.std()
    np.testing.assert_allclose(parts.train.x[:, :, 0], expected, atol=1e-6)
    tail = end_of_series(series.spec(), source.samples)
    assert tail is not None
    np.testing.assert_array_equal(tail, values[-len(tail) :])
