"""`nnplay import` makes an experiment that trains; `nnplay check` reports a missing file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nnplay.catalog import Series, Table
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
    from nnplay.catalog import Digits, Iris, Parity, Sine, Wave

    for data in (Iris(), Wave(), Parity(), Digits(), Sine()):
        assert check(starter(data)) == ()
