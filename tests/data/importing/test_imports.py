"""Tables are imported as intended, or refused with a reason."""

import os
import random
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from nnplay.catalog import SGD, CrossEntropy, Dense, Table
from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.importing.csv_reader import MAX_LISTED
from nnplay.data.importing.inputs import MAX_CATEGORIES
from nnplay.data.importing.table import ImportedTable, import_table
from nnplay.data.load import load
from nnplay.data.split import split
from nnplay.experiment import Experiment, Split, check, dumps, loads

Take = Callable[..., ImportedTable]


@pytest.fixture
def take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Take:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))

    def taken(content: str | bytes, name: str = "mine.csv", **options: Any) -> ImportedTable:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return import_table(path, **options)

    return taken


def arrays(found: ImportedTable) -> tuple[list[Any], list[Any]]:
    samples = split(load(found.table, 0), Split(), 0).train
    return samples.x.tolist(), samples.y.tolist()


def test_a_target_of_words_is_classification_and_the_spec_needs_no_file(take: Take) -> None:
    found = take("length,width,kind\n1,2.5,b\n3,4.5,a\n5,6.5,b\n")
    assert arrays(found) == ([[1, 2.5], [3, 4.5], [5, 6.5]], [1, 0, 1])
    spec = found.table.spec()
    assert (spec.task, spec.in_shape, spec.class_names, spec.samples) == (
        "classification",
        (2,),
        ("a", "b"),
        3,
    )
    assert (found.features, found.target, found.table.name) == (("length", "width"), "kind", "mine")
    experiment = Experiment(found.table, (Dense(2),), CrossEntropy(), SGD())
    assert check(experiment) == ()
    assert loads(dumps(experiment)) == experiment


def test_a_target_of_numbers_is_regression_unless_few_and_whole(take: Take) -> None:
    assert arrays(take("a,b\n1,0.5\n2,1.5\n"))[1] == [[0.5], [1.5]]
    few = take("a,b\n1,10\n2,7\n3,7.0\n")
    assert (few.table.classes, arrays(few)[1]) == ("7␟10", [1, 0, 0])
    assert arrays(take("a,b\n1,10\n2,7\n", task="numbers"))[1] == [[10], [7]]
    many = "a,b\n" + "".join(f"{i},{i}\n" for i in range(30))
    assert take(many).table.spec().task == "regression"
    assert take(many, task="classes").table.spec().outputs == 30


def test_another_target_can_be_chosen(take: Take) -> None:
    found = take("kind,a\nx,1\ny,2\n", target="kind")
    assert (found.features, arrays(found)) == (("a",), ([[1], [2]], [0, 1]))
    with pytest.raises(DataError, match="no column z"):
        take("kind,a\nx,1\ny,2\n", target="z")


def test_categories_are_one_hot_and_identifiers_are_skipped(take: Take) -> None:
    lines = [f"person {i},{'red' if i % 2 else 'blue'},{i}.5" for i in range(MAX_CATEGORIES + 1)]
    found = take("name,colour,y\n" + "\n".join(lines))
    assert found.features == ("colour = blue", "colour = red")
    assert found.skipped_columns == ("name",)
    assert arrays(found)[0][:2] == [[1, 0], [0, 1]]


def test_missing_values_are_filled_and_counted(take: Take) -> None:
    found = take("a,b,y\n1,r,x\n,r,y\n5,?,x\nNaN,s,x\n1,r,\ninf,r,y\n")
    x, y = arrays(found)
    # The row without y is left out of the mean as well.
    mean = pytest.approx(3)
    assert x == [[1, 1, 0], [mean, 1, 0], [5, 0, 0], [mean, 0, 1], [mean, 1, 0]]
    assert y == [0, 1, 0, 0, 1]
    assert (found.missing, found.without_target) == (4, 1)


def test_bad_lines_are_reported_by_number(take: Take) -> None:
    found = take("a,b\n1,x\n2\n\n3,y,z\n4,y\n")
    assert [(one.number, one.why) for one in found.bad_lines] == [
        (3, "expected 2 cells, found 1"),
        (5, "expected 2 cells, found 3"),
    ]
    assert (found.bad_count, found.table.samples) == (2, 2)
    many = take("a,b\n1,x\n2,y\n" + "1\n" * 3000)
    assert (many.bad_count, len(many.bad_lines)) == (3000, MAX_LISTED)


@pytest.mark.parametrize(
    ("content", "x"),
    [
        ("a;b;y\n1,5;2;u\n3,5;4;v\n", [[1.5, 2], [3.5, 4]]),
        ("a\tb\ty\n1\t2\tu\n3\t4\tv\n", [[1, 2], [3, 4]]),
        ("1|2|u\n3|4|v\n", [[1, 2], [3, 4]]),
        ("1,2,u\r\n3,4,v\r\n", [[1, 2], [3, 4]]),
        ("a,b,y\r1,2,u\r3,4,v", [[1, 2], [3, 4]]),
        ("\ufeffa,b,y\n1,2,u\n3,4,v\n", [[1, 2], [3, 4]]),
        ('"a","b","y"\n"1","2","u"\n"3","4","v"\n', [[1, 2], [3, 4]]),
        ('a,b,y\n 1, 2, "u, or\n w"\n3,4,v\n', [[1, 2], [3, 4]]),
        ("größe,b,y\n1,2,ü\n3,4,ß\n".encode("cp1252"), [[1, 2], [3, 4]]),
        ("a,b,y\n1,2,日本\n3,4,語\n".encode(), [[1, 2], [3, 4]]),
        ("a,b,y\n1,2,ü\n3,4,ß\n".encode("utf-16"), [[1, 2], [3, 4]]),
        ("a,b,y\n-1e3,+.5,u\n 3.,4e-1 ,v\n", [[-1000, 0.5], [3, 0.4]]),
    ],
)
def test_layouts_are_guessed(take: Take, content: Any, x: Any) -> None:
    found = take(content)
    assert arrays(found)[0] == [pytest.approx(row) for row in x]
    assert found.table.spec().outputs == 2


def test_guesses_can_be_corrected(take: Take) -> None:
    assert take("1,2\n3,4\n5,6\n", has_header=True).features == ("1",)
    assert take("a,b\nc,d\ne,d\n", has_header=False, target="column 1").table.samples == 3
    assert take("1;2,3\n4;5,6\n", delimiter=",", target="column 2").features == (
        "column 1 = 1;2",
        "column 1 = 4;5",
    )


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    # Content, and the message; empty where it is valid.
    "empty": ("", "is empty"),
    "blank": (" \n\n \n", "is empty"),
    "only a mark": (b"\xef\xbb\xbf", "are blank"),
    "commas": (",,,\n,,,\n,,,\n", "are blank"),
    "zeros": (b"\0" * 1000, "not a text file"),
    "binary": (bytes(range(256)) * 50, "not a text file"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text file"),
    "zip": (b"PK\x03\x04\x14\0\x06\0", "not a text file"),
    "gzip": (b"\x1f\x8b\x08\0\0\0\0\0", "not a text file"),
    "zero in the middle": ("a,b\n" + "1,x\n2,y\n" * 20_000 + "1,\0\n", "not a text file"),
    "half a pair in utf-16": (b"\xff\xfea\0,\0b\0\n\0\x00\xd8,\0", "not a text file"),
    "utf-16 cut off": ("a,b\n1,x\n2,y\n".encode("utf-16")[:-1], "not a text file"),
    "utf-16 without a mark": ("a,b\n1,x\n".encode("utf-16-le"), "not a text file"),
    "late bad byte": (b"a,b\n" + b"1,x\n2,y\n" * 20_000 + b"3,\xff\n", ""),
    "unknown byte": (b"a,b\n1,\x81\n2,\x8d\n3,x\n", ""),
    "one column": ("a\n1\n2\n", "only one column"),
    "one cell": ("a", "only one column"),
    "one line": ("1,2\n", "fewer than two|same value in every"),
    "heading only": ("a,b\n", "No row|same value in every"),
    "one row": ("a,b\n1,2\n", "fewer than two"),
    "ragged": ("a,b\n1\n1,2,3\n1,x\n2,y\n", ""),
    "all ragged": ("a,b,c\n1\n1,2\n1,2,3,4\n", "No row"),
    "wider heading": ("a,b,c,d\n1,x\n2,y\n", ""),
    "quote open": ('a,b\n1,x\n2,y\n"3,z\n4,x\n', ""),
    "quote open at once": ('"a,b\n1,x\n2,y\n', "(n|N)o |only one"),
    "quotes in cells": ('a,b\n1,x"y"z\n2,"x""y"\n', ""),
    "only quotes": ('"",""\n"",""\n', "are blank"),
    "line breaks in cells": ('a,b\n1,"x\n\n\ny"\n2,"z\r\nw"\n', ""),
    "huge number": ("a,b\n1e308,x\n2,y\n", ""),
    "number without end": ("a,b\n1e999,x\n-inf,y\n3,y\n", ""),
    "only huge numbers": ("a,b\n1e308,x\n1e308,y\n", "No column is left"),
    "sums that overflow": ("a,b\n" + "1e30,x\n1e30,y\n" * 100, ""),
    "tiny number": ("a,b\n1e-320,x\n2,y\n", ""),
    "long number": ("a,b\n" + "9" * 5000 + ",x\n2,y\n", ""),
    "underscores": ("a,b\n1_0,x\n2_0,y\n", ""),
    "digits of the east": ("a,b\n١,x\n٢,y\n", ""),
    "hex": ("a,b\n0x10,x\n0x11,y\n", ""),
    "all missing": ("a,b\n,x\nNA,y\n", "No column is left"),
    "target missing": ("a,b\n1,\n2,NA\n", "is empty, so"),
    "target in one row": ("a,b\n1,x\n2,\n", "same value in every row"),
    "target the same": ("a,b\n1,x\n2,x\n", "same value in every row"),
    "target of one number": ("a,b\n1,7\n2,7\n", ""),
    "too many words": ("a,b\n" + "".join(f"{i},w{i}\n" for i in range(2000)), "too many"),
    "command": ("a,b\n=cmd|' /C calc'!A0,x\n@SUM(1),y\n+1+1,x\n", ""),
    "script": ("a,b\n<script>alert(1)</script>,x\n$(reboot),y\n", ""),
    "sql": ("a,b\n'; DROP TABLE x; --,x\n1,y\n", ""),
    "path": ("a,b\n../../etc/passwd,x\nC:\\con,y\n", ""),
    "format": ("a,b\n{0.__class__},x\n%s%n,y\n", ""),
    "names twice": ("a,a,a,y\n1,2,3,u\n4,5,6,v\n", ""),
    "names empty": (",,y\n1,2,u\n3,4,v\n", ""),
    "names odd": ("\x07\x1b[31m,\u202e,y\n1,2,u\n3,4,v\n", ""),
    "separator of classes": ("a,b\n1,x␟y\n2,z\n", ""),
    "class of controls": ("a,b\n1,\x01\n2,\x02\n", ""),
    "long class": ("a,b\n1," + "x" * 50_000 + "\n2,y\n", ""),
    "long cell": ("a,b\n1,x\n2,y\n" + "3," + "x" * 200_000 + "\n", ""),
    "long line": ("a,b\n" + "x" * 3_000_000 + "\n1,x\n", "a line of more than"),
    "no line ends": ("x" * 3_000_000, "a line of more than"),
    "5,000 columns": (",".join(["1"] * 5000) + "\n" + ",".join(["2"] * 5000) + "\n", ""),
    "5,001 columns": (",".join(["1"] * 5001) + "\n", "limit is 5,000"),
    "a million commas": ("1," * 500_000 + "\n", "limit is 5,000"),
    "json": ('{"a": [1, 2], "b": {"c": 3}}', ""),
    "html": ("<html><body><table><tr><td>1</td></tr></table></body></html>", "only one"),
    "prose": ("It was a dark night.\nThe wind, of course, blew.\nNobody spoke.\n", ""),
    "mixed delimiters": ("a,b;c\n1;2,x\n3;4,y\n", ""),
    "mixed line ends": ("a,b\r1,x\n2,y\r\n3,x\n\r4,y", ""),
    "comments": ("# made by hand\n# twice\na,b\n1,x\n2,y\n", ""),
    "spaces": ("  a  ,  b  \n  1  ,  x  \n  2  ,  y  \n", ""),
    "form feeds": ("a,b\n1,x\f\n2,y\v\n", ""),
    "words then numbers": ("a,b\n" + "1,x\n" * 12_000 + "w,y\n", ""),
    "decimals of both kinds": ("a;b\n1,5;x\n2.5;y\n", ""),
    "thousands": ('a,b\n"1,000",x\n"2,000",y\n', ""),
    "dates": ("a,b\n2024-01-01,x\n2024-01-02,y\n", ""),
    "chinese of old": ("城市,价格\n北京,1\n上海,2\n广州,3\n".encode("gb18030"), ""),
    "japanese of old": ("都市,価格\n東京,1\n大阪,2\n".encode("shift_jis"), ""),
    "utf-16 the other way round": (b"\xfe\xff" + "a,b\n1,x\n2,y\n".encode("utf-16-be"), ""),
    "utf-32": ("a,b\n1,x\n2,y\n".encode("utf-32"), "not a text file"),
    "a mark in the middle": ("a,b\n1,x\n\ufeff2,y\n", ""),
    "only a heading with a mark": (b"\xef\xbb\xbfa,b\n", "No row|same value in every"),
    "spellings of nothing": ("a,b\nNaN,x\nnan,y\nN/A,x\nnull,y\n#N/A,x\n1,y\n", ""),
    "spellings of infinity": ("a,b\ninf,x\n-Infinity,y\n+INF,x\n1,y\n", ""),
    "errors of a spreadsheet": ("a,b\n#DIV/0!,x\n#REF!,y\n1,x\n2,y\n", ""),
    "thousands by points": ("a;b\n1.234,5;x\n2.345.678,9;y\n", ""),
    "thousands by spaces": ("a;b\n1\u202f234,5;x\n2 345,9;y\n", ""),
    "lone signs": ("a,b\n+,x\n--1,y\n1e,x\n.e5,y\n", ""),
    "formula in the heading": ("=cmd|' /C calc'!A0,y\n1,2\n3,4\n", ""),
    "html in the heading": ("<img src=x onerror=alert(1)>,y\n1,<b>u\n3,<i>v\n", ""),
    "a quote in every cell": ('a,b\n"1,"x\n"2,"y\n', ""),
    "a quote to the end": ('a,b\n1,x\n2,"' + "y\n" * 200_000, ""),
    "a record of many lines": ('a,b\n1,"' + "z\n" * 5_000 + '"\n2,y\n', ""),
    "names that collide": ("a,a (2),a,a\n1,2,3,u\n4,5,6,v\n", ""),
    "a name of 50,000 signs": ("a" * 50_000 + ",b\n1,x\n2,y\n", ""),
    "separator given in the first line": ("sep=;\na;b\n1;x\n2;y\n", ""),
    "1,000 classes": ("a,b\n" + "".join(f"{i},k{i}\n" for i in range(1000)), ""),
    "2,000 columns of words": (
        "\n".join(",".join(f"w{r % 3}" for _c in range(2000)) for r in range(9)) + "\n",
        "",
    ),
    "words by the ten thousand": (
        ",".join(f"c{c}" for c in range(400))
        + ",y\n"
        + "".join(",".join([f"w{r}"] * 400) + f",{r}\n" for r in range(50)),
        "too many",
    ),
    "bells and escapes": ("a,b\n\x07\x1b[2J,x\n1,y\n", ""),
    "right to left": ("a,b\n\u202e1,x\n2,y\n", ""),
    "booleans": ("a,b\nTrue,x\nFalse,y\n", ""),
}


@pytest.mark.parametrize(("content", "says"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_data_or_a_message(take: Take, content: Any, says: str) -> None:
    process = psutil.Process(os.getpid())
    before = process.memory_info().rss
    try:
        found = take(content)
    except DataError as error:
        # Where the result may differ, a message is enough.
        assert not says or re.search(says, str(error)), str(error)
        assert "Traceback" not in str(error)
    else:
        assert not says, found
        x, y = (np.asarray(one) for one in arrays(found))
        assert np.isfinite(x).all()
        assert np.isfinite(y).all()
        table = replace(found.table)
        assert loads(dumps(Experiment(table, (), CrossEntropy(), SGD()))).data == table
        assert not list(table.faults())
        assert all(p.problem(getattr(table, p.name)) is None for p in table.params())
    assert process.memory_info().rss - before < 200 * 2**20


def test_there_are_enough_hostile_files() -> None:
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("name", ["nothing.csv", ".", "/dev/zero"])
def test_a_path_that_is_not_a_file_is_reported(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"There is no file|is a folder"):
        import_table(tmp_path / name)


def test_an_import_reports_progress_and_can_be_cancelled(take: Take) -> None:
    content = "a,b\n" + "".join(f"{i},{i % 2}\n" for i in range(60_000))
    shares: list[float] = []
    found = take(content, progress=shares.append)
    assert found.table.samples == 60_000
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 6
    shares.clear()
    with pytest.raises(Cancelled):
        take(content, progress=shares.append, cancelled=lambda: len(shares) >= 2)
    assert len(shares) == 2


def test_a_missing_or_damaged_table_is_reported(take: Take, tmp_path: Path) -> None:
    found = take("a,b\n1,x\n2,y\n")
    found = replace(found, table=replace(found.table, file=""))
    (stored,) = (tmp_path / "data" / "tables").glob("*.npz")
    for content in (b"", b"PK", stored.read_bytes()[:-40], b"\x93NUMPY"):
        stored.write_bytes(content)
        with pytest.raises(DataError, match=r"damaged|cannot be loaded"):
            load(found.table, 0)
    stored.unlink()
    with pytest.raises(DataError, match="not on this machine") as caught:
        load(found.table, 0)
    assert "Import the file mine again" in caught.value.hint
    for digest in ("", "../../etc/passwd", "x" * 64, "A" * 64):
        with pytest.raises(DataError, match=r"No table has been imported|not on this machine"):
            load(replace(found.table, digest=digest), 0)


def test_a_summary_that_does_not_fit_the_arrays_is_refused(take: Take) -> None:
    found = take("a,b\n1,x\n2,y\n")
    for wrong in ({"samples": 3}, {"features": 2}, {"classes": ""}, {"classes": "x"}):
        with pytest.raises(DataError, match="cannot be loaded"):
            load(replace(found.table, **wrong), 0)  # type: ignore[arg-type]


def test_a_missing_table_is_a_problem_before_loading() -> None:
    (problem,) = check(Experiment(Table(), (Dense(2),), CrossEntropy(), SGD()))[:1]
    assert str(problem.where) == "data.name"
    assert "Import table" in problem.hint


@pytest.mark.slow
def test_a_million_rows_need_little_more_memory_than_their_numbers(take: Take) -> None:
    rng = random.Random(0)
    rows = [",".join(f"{rng.random():.5f}" for _ in range(10)) for _ in range(1000)]
    content = ("\n".join(rows) + "\n") * 1000
    process = psutil.Process(os.getpid())
    before = process.memory_info().rss
    found = take(content)
    assert (found.table.samples, found.table.features) == (1_000_000, 9)
    assert process.memory_info().rss - before < 400 * 2**20


@pytest.mark.slow
@pytest.mark.timeout(20)
@pytest.mark.parametrize("content", [one for one, _says in HOSTILE.values()], ids=HOSTILE)
def test_a_hostile_file_is_read_quickly(take: Take, content: Any) -> None:
    before = time.process_time()
    with suppress(DataError):
        take(content)
    assert time.process_time() - before < 2.0


@pytest.mark.parametrize(
    ("delimiter", "value"),
    [(";", 12.345), ("|", 12345), ("\t", 12345)],
    ids=["semicolon", "bar", "tab"],
)
def test_an_ambiguous_comma_is_a_decimal_comma_only_between_semicolons(
    take: Take, delimiter: str, value: float
) -> None:
    # German spreadsheets write 12,345;1 and English ones 12,345|1 for another number.
    found = take(f"a{delimiter}b\n12,345{delimiter}1\n23,456{delimiter}2\n")
    assert arrays(found)[0][0] == pytest.approx([value])
    assert found.table.comma == (delimiter == ";")
