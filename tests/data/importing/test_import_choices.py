"""The options of an import: types, gaps, encodings; and reading the file again."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnplay.catalog import SGD, CrossEntropy, Dense, Series
from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.importing.clipboard import save_pasted
from nnplay.data.importing.preview import preview_table
from nnplay.data.importing.series import import_series
from nnplay.data.importing.source_file import SourceFile
from nnplay.data.importing.table import ImportedTable, import_table
from nnplay.data.load import clear_cache, load
from nnplay.data.split import split
from nnplay.experiment import Experiment, Split, check, open_file, save

Write = Callable[..., Path]
GAPS = "a,b,y\n1,r,x\n,s,y\n5,?,x\n1,s,y\n9,s,\n"


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes, name: str = "mine.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def arrays(found: ImportedTable) -> tuple[list[Any], list[Any]]:
    samples = split(load(found.table, 0), Split(), 0).train
    return samples.x.tolist(), samples.y.tolist()


def test_gaps_take_the_mean_or_most_frequent_value_or_drop_the_row(write: Write) -> None:
    path = write(GAPS)
    third = pytest.approx(7 / 3)
    assert arrays(import_table(path))[0] == [[1, 1, 0], [third, 0, 1], [5, 0, 0], [1, 0, 1]]
    most = import_table(path, missing="most frequent")
    assert arrays(most)[0] == [[1, 1, 0], [1, 0, 1], [5, 0, 1], [1, 0, 1]]
    assert (most.missing, most.without_target, most.dropped) == (2, 1, 0)
    drop = import_table(path, missing="drop rows")
    assert arrays(drop) == ([[1, 1, 0], [1, 0, 1]], [0, 1])
    assert (drop.dropped, drop.without_target) == (2, 1)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["", "1", "2", "2.5", "-7"]), min_size=3, max_size=30))
def test_the_most_frequent_number_is_found(write: Write, cells: list[str]) -> None:
    known = Counter(float(cell) for cell in cells if cell)
    rows = "".join(f"{cell},{i % 2}.5\n" for i, cell in enumerate(cells))
    path = write("a,y\n" + rows)
    if not known:
        return
    column = [row[0] for row in arrays(import_table(path, missing="most frequent"))[0]]
    highest = max(known.values())
    for cell, value in zip(cells, column, strict=True):
        assert value == float(cell) if cell else known[value] == highest


def test_types_are_as_chosen(write: Write) -> None:
    path = write("a,b,c,y\n1,7,x,u\nfive,8,x,v\n3,7,x,u\n")
    found = import_table(path, roles="ncit")
    assert found.features == ("a", "b = 7", "b = 8")
    assert arrays(found)[0] == [[1, 1, 0], [2, 0, 1], [3, 1, 0]]
    (bad,) = found.bad_lines
    assert (bad.number, bad.why) == (3, "a: “five” is not a number; counted as missing")
    assert found.table.roles == "ncit"
    for roles in ("nnt", "nnnn", "ttnn", "nxnt"):
        with pytest.raises(DataError):
            import_table(path, roles=roles)


def test_a_target_that_is_not_a_number_drops_its_row(write: Write) -> None:
    found = import_table(write("a,y\n1,0.5\n2,oops\n3,1.5\n"), task="numbers")
    assert arrays(found) == ([[1], [3]], [[0.5], [1.5]])
    assert (found.without_target, [bad.number for bad in found.bad_lines]) == (1, [3])


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", "城市,价格\n北京,1.5\n上海,2.5\n"),
        ("utf-16-le", "a,b\n1,1.5\n2,2.5\n"),
        ("shift_jis", "都市,価格\n東京,1.5\n大阪,2.5\n"),
        ("cp1251", "город,цена\nМосква,1.5\nКазань,2.5\n"),
        ("euc_kr", "도시,값\n서울,1.5\n부산,2.5\n"),
    ],
)
def test_an_encoding_can_be_named(write: Write, encoding: str, text: str) -> None:
    found = import_table(write(text.encode(encoding)), encoding=encoding)
    heading = text.splitlines()[0].split(",")
    assert list(found.layout.columns) == heading
    assert found.table.encoding == encoding


def test_chinese_without_a_bom_is_detected_and_not_confused_with_german(write: Write) -> None:
    chinese = "城市,面积,价格\n北京,1,1.5\n上海,2,2.5\n广州,3,3.5\n"
    assert preview_table(SourceFile(write(chinese.encode("gb18030")))).layout.columns[0] == "城市"
    german = "Größe,Übergewicht,y\nMüßig,1,1.5\nDäne,2,2.5\nFüße,3,3.5\n"
    assert preview_table(SourceFile(write(german.encode("cp1252")))).layout.columns[0] == "Größe"


@pytest.mark.parametrize("encoding", ["zip", "rot13", "idna", "punycode", "hex", "nonsense"])
def test_only_encodings_of_text_are_used(write: Write, encoding: str) -> None:
    with pytest.raises(DataError, match="unknown encoding"):
        import_table(write("a,b\n1,2\n"), encoding=encoding)


def test_an_experiment_and_its_table_move_together(write: Write, tmp_path: Path) -> None:
    table = import_table(write("a,y\n1,u\n2,v\n")).table
    home = tmp_path / "exp.json"
    experiment = Experiment(table, (Dense(2),), CrossEntropy(), SGD())
    save(home, experiment)
    assert open_file(home) == experiment
    moved = tmp_path / "far" / "away"
    moved.mkdir(parents=True)
    for name in ("exp.json", "mine.csv"):
        (tmp_path / name).rename(moved / name)
    opened = open_file(moved / "exp.json")
    assert check(opened) == ()
    assert load(opened.data, 0).samples.x.tolist() == [[1], [2]]
    # A file in another folder keeps its full path.
    save(tmp_path / "other" / ".." / "elsewhere.json", opened)
    other = tmp_path / "third"
    other.mkdir()
    save(other / "exp.json", opened)
    assert open_file(other / "exp.json") == opened


def test_imported_data_are_read_again_from_their_file(write: Write, tmp_path: Path) -> None:
    text = "a;b;y\n1,5;r;0,5\n;s;1,5\n2,5;s;\n3,5;r;2,5\n"
    found = import_table(write(text), roles="nct", missing="most frequent")
    before = arrays(found)
    for damage in (Path.unlink, lambda one: one.write_bytes(b"PK")):
        (stored,) = (tmp_path / "data" / "tables").glob("*.npz")
        damage(stored)
        clear_cache()
        assert arrays(found) == before


def test_a_column_becomes_windows_with_the_next_value(write: Write) -> None:
    path = write("t,v\n0,\n1,1.5\n2,\n3,3.5\n4,x\n5\n6,6.5\n7,7.5\n")
    found = import_series(SourceFile(path), "v", 2)
    # Nothing precedes the first value; an empty one takes the one before it.
    assert found.values.tolist() == [1.5, 1.5, 3.5, 3.5, 6.5, 7.5]
    assert (found.missing, [bad.number for bad in found.bad_lines]) == (2, [6, 7])
    samples = load(found.series, 0).samples
    assert samples.x[:, :, 0].tolist() == [[1.5, 1.5], [1.5, 3.5], [3.5, 3.5], [3.5, 6.5]]
    assert samples.y[:, 0].tolist() == [3.5, 3.5, 6.5, 7.5]
    longer = load(replace(found.series, steps=4), 0).samples
    assert longer.x.shape == (2, 4, 1)
    with pytest.raises(DataError, match="Expected a series of 9 values"):
        load(replace(found.series, length=9), 0)


def test_a_series_too_short_for_its_window_has_a_fix(write: Write) -> None:
    found = import_series(SourceFile(write("v\n" + "".join(f"{i}.5\n" for i in range(9)))), "v", 20)
    assert (found.series.steps, found.series.length) == (4, 9)
    broken = Experiment(replace(found.series, steps=9), (), CrossEntropy(), SGD())
    problem = next(one for one in check(broken) if str(one.where) == "data.steps")
    assert problem.fix is not None
    assert not list(problem.fix.experiment.data.faults())
    assert list(Series().faults())


def test_the_beginning_is_previewed_and_truncated(write: Write) -> None:
    text = "a,b,c,y\n" + "".join(f"{i},{'w' * 500},,{i % 3}\n" for i in range(500))
    preview = preview_table(SourceFile(write(text)))
    assert (len(preview.rows), preview.lines[0], preview.lines[-1]) == (200, 2, 201)
    assert max(len(cell) for row in preview.rows for cell in row) == 200
    assert preview.kinds == ("n", "c", "?", "n")
    assert preview.tasks[3] == "classes"
    # Only the whole file shows what a column is.
    assert preview.roles(3) == "???t"


def test_a_pasted_table_is_stored_once(tmp_path: Path) -> None:
    first, is_new = save_pasted("a\tb\n1\tx\n2\ty\n")
    assert is_new
    assert save_pasted("a\tb\n1\tx\n2\ty\n") == (first, False)
    assert import_table(first).table.samples == 2
    for text in ("", "one line", "\n\n"):
        with pytest.raises(DataError, match="not hold a table"):
            save_pasted(text)


def test_reading_a_series_can_be_cancelled(write: Write) -> None:
    path = write("v\n" + "1.5\n" * 30_000)
    with pytest.raises(Cancelled):
        import_series(SourceFile(path), "v", cancelled=lambda: True)


def test_late_words_make_a_column_categorical(write: Write) -> None:
    rows = [f"{i % 3},{i % 2},{i % 2}.5" for i in range(25_000)]
    rows[20_000:22_000] = ["late,1,0.5"] * 2_000
    found = import_table(write("a,b,y\n" + "\n".join(rows) + "\n"))
    assert found.features == ("a = 0", "a = 1", "a = 2", "a = late", "b")
    x = np.array(arrays(found)[0])
    assert x[:, :4].sum(1).tolist() == [1.0] * 25_000
    assert x[20_000].tolist() == [0, 0, 0, 1, 1]
    assert x[0].tolist() == [1, 0, 0, 0, 0]


def test_lines_are_counted_through_blank_ones_and_breaks_in_cells(write: Write) -> None:
    text = 'a,y\n1,u\n\n2,"v\nw"\r\nbad\n3,"x\r\n\n"\n4\n' + "5,u\n" * 3 + 'z\n"' + "q" * 140_000
    found = import_table(write(text + '"\n6\n7,u\n'))
    assert [bad.number for bad in found.bad_lines] == [6, 10, 14, 15, 16]
    assert "a cell of more than" in found.bad_lines[3].why
    assert found.table.samples == 7


def test_large_numbers_do_not_overflow(write: Write) -> None:
    found = import_table(write("a,y\n1e308,1\n-1e308,2\n5,3\nnan,4\n"), task="numbers")
    x, _y = arrays(found)
    assert x == [[5]] * 4
    assert np.isfinite(np.array(x, np.float32)).all()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(alphabet="ab1.,;\t|\"\n\r'=-e \ufeff京\x00\x1c\x85\u2028", max_size=60)
    | st.binary(max_size=60)
)
def test_any_bytes_give_data_or_a_message(write: Write, content: str | bytes) -> None:
    path = write(content)
    try:
        preview = preview_table(SourceFile(path))
        found = import_table(path)
    except DataError as error:
        assert str(error)
    else:
        x, y = arrays(found)
        assert np.isfinite(np.array(x)).all() and np.isfinite(np.array(y)).all()
        assert found.table.roles.count("t") == 1
        assert len(preview.kinds) == len(found.layout.columns)
        assert not list(found.table.faults())
