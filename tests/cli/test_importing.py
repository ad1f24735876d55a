"""`nnplay import` makes an experiment that trains; `nnplay check` names a file that is gone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nnplay.catalog import Series, Table
from nnplay.data.load import forget
from nnplay.experiment import check, open_file
from nnplay.experiment.storage.starter import starter

Call = Callable[..., Any]
ROWS = "a,b,kind\n" + "".join(f"{i % 10},{i % 7},{'xy'[i % 10 > 4]}\n" for i in range(60))


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    forget()
    yield
    forget()


def test_a_table_is_imported_trained_and_missed(call: Call, here: Path) -> None:
    (here / "mine.csv").write_text(ROWS + "1,2\n")
    said = call("import", "mine.csv", "--target", "kind", "--quiet")
    assert said.status == 0, said.err
    assert "60 rows of 2 numbers, 2 classes of kind" in said.out
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
    forget()
    said = call("check", "mine.json")
    assert said.status == 1
    assert "data.file" in said.out and "is not there" in said.out
    assert "is not there" in call("train", "mine.json", "--quiet").err
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
        (("mine.csv", "--as", "numbers"), "holds words"),
    ],
)
def test_what_cannot_be_imported_is_said(
    call: Call, here: Path, args: tuple[str, ...], says: str
) -> None:
    (here / "mine.csv").write_text(ROWS)
    said = call("import", *args, "--quiet")
    assert said.status == 2
    assert says in said.err
    assert not list(here.glob("*.json"))


def test_a_starter_fits_whatever_data_there_are() -> None:
    from nnplay.catalog import Digits, Iris, Parity, Sine, Wave

    for data in (Iris(), Wave(), Parity(), Digits(), Sine()):
        assert check(starter(data)) == ()
