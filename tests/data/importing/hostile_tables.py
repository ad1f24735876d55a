"""Text tables with headings and surroundings that are hard to detect, and how to read each."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class HostileTable:
    """A text, and how to read it."""

    name: str
    text: str
    delimiter: str
    names: tuple[str, ...]
    """The column names; empty if there is no heading."""
    above: int = 0
    """Lines above the heading, or above the first row if there is none."""
    below: int = 0
    """Lines between the heading and the first row."""
    rows: int = 40
    comma: bool = False
    has_row_names: bool = False
    """Whether the rows have names, for which the heading has no cell."""

    @property
    def first_row(self) -> int:
        """The index of the line of the first row."""
        return self.above + bool(self.names) + self.below


def _rows(delimiter: str = ",", comma: bool = False, end: str = "", count: int = 40) -> str:
    rng = random.Random(1)
    text = []
    for number in range(count):
        high = number % 2
        cells = [f"{3 * high + rng.random():.2f}", f"{rng.random():.2f}"]
        if comma:
            cells = [cell.replace(".", ",") for cell in cells]
        text.append(delimiter.join([*cells, "ab"[high]]) + end + "\n")
    return "".join(text)


def _numbers(columns: int, count: int = 40) -> str:
    rng = random.Random(2)
    return "".join(
        ",".join(f"{rng.random() * 9:.2f}" for _column in range(columns)) + "\n"
        for _row in range(count)
    )


def _yearly(count: int = 40) -> str:
    rng = random.Random(3)
    return "".join(
        f"land {number}," + ",".join(str(rng.randrange(900, 9000)) for _ in range(4)) + "\n"
        for number in range(count)
    )


def _words(count: int = 40) -> str:
    rng = random.Random(4)
    return "".join(
        f"{rng.choice(['red', 'blue'])},{rng.choice(['round', 'long'])},{rng.choice('xy')}\n"
        for _ in range(count)
    )


KIND = ("len", "wid", "kind")
TABLES = (
    HostileTable("plain", "len,wid,kind\n" + _rows(), ",", KIND),
    HostileTable("no heading", _rows(), ",", ()),
    HostileTable("no heading, numbers only", _numbers(4), ",", ()),
    HostileTable(
        "semicolons, decimal comma", "len;wid;kind\n" + _rows(";", True), ";", KIND, comma=True
    ),
    HostileTable(
        "decimal commas only",
        "".join(f"{n * 3 % 7},{n % 10};{n % 9},5\n" for n in range(40)),
        ";",
        (),
        comma=True,
    ),
    HostileTable("tabs", "len\twid\tkind\n" + _rows("\t"), "\t", KIND),
    HostileTable("bars", "len|wid|kind\n" + _rows("|"), "|", KIND),
    HostileTable(
        "two columns of one name", "temp,temp,kind\n" + _rows(), ",", ("temp", "temp", "kind")
    ),
    HostileTable(
        "empty names and cells", "len,wid,kind,,\n" + _rows(end=",,"), ",", (*KIND, "", "")
    ),
    HostileTable("comma at the end of rows", "len,wid,kind\n" + _rows(end=","), ",", KIND),
    HostileTable(
        "comma at the end of all lines", "len,wid,kind,\n" + _rows(end=","), ",", (*KIND, "")
    ),
    HostileTable(
        "years as names",
        "land,1990,1991,1992,1993\n" + _yearly(),
        ",",
        ("land", "1990", "1991", "1992", "1993"),
    ),
    HostileTable("counted names", "0,1,2,3\n" + _numbers(4), ",", ("0", "1", "2", "3")),
    HostileTable(
        "names of row numbers missing",
        ",len,wid,kind\n" + "".join(f"{n},{row}\n" for n, row in enumerate(_rows().splitlines())),
        ",",
        ("", *KIND),
    ),
    HostileTable(
        "row names without a heading",
        "len wid kind\n".replace(" ", "\t")
        + "".join(f"r{n}\t{row}\n" for n, row in enumerate(_rows("\t").splitlines())),
        "\t",
        KIND,
        has_row_names=True,
    ),
    HostileTable(
        "comments",
        "# made by sensor 7\n# 2024-03-01, lab 2\nlen,wid,kind\n" + _rows(),
        ",",
        KIND,
        2,
    ),
    HostileTable("comments with quotes", '# the "old lab\nlen,wid,kind\n' + _rows(), ",", KIND, 1),
    HostileTable("heading in a comment", "# len,wid,kind\n" + _rows(), ",", KIND),
    HostileTable(
        "comments among the rows",
        "len,wid,kind\n" + _rows(count=20) + "## large ##\n" + _rows(count=20),
        ",",
        KIND,
    ),
    HostileTable(
        "a column called #",
        "#,len,wid,kind\n" + "".join(f"{n},{row}\n" for n, row in enumerate(_rows().splitlines())),
        ",",
        ("#", *KIND),
    ),
    HostileTable(
        "comments and no heading", "# made by sensor 7\n# 2024-03-01\n" + _numbers(3), ",", (), 2
    ),
    HostileTable("separator named", "sep=;\nlen;wid;kind\n" + _rows(";"), ";", KIND, 1),
    HostileTable(
        "separator named, decimal comma",
        "sep=;\nlen;wid;kind\n" + _rows(";", True),
        ";",
        KIND,
        1,
        comma=True,
    ),
    HostileTable("title", "Growth of beans 2024\nlen,wid,kind\n" + _rows(), ",", KIND, 1),
    HostileTable(
        "title and blank line", "Growth of beans 2024\n\nlen,wid,kind\n" + _rows(), ",", KIND, 2
    ),
    HostileTable(
        "title with commas",
        "Growth of beans, peas and corn, 2024\n\nlen,wid,kind\n" + _rows(),
        ",",
        KIND,
        2,
    ),
    HostileTable(
        "title padded with commas",
        "Growth of beans 2024,,\n,,\nlen,wid,kind\n" + _rows(),
        ",",
        KIND,
        2,
    ),
    HostileTable(
        "keys and values above",
        "Device,Logger 7\nStart,2024-03-01\nInterval,10\nlen,wid,kind\n" + _rows(),
        ",",
        KIND,
        3,
    ),
    HostileTable(
        "eight lines above",
        "".join(f"Line {n} of the report: all good.\n" for n in range(8))
        + "len;wid;kind\n"
        + _rows(";", True),
        ";",
        KIND,
        8,
        comma=True,
    ),
    HostileTable("units below", "len,wid,kind\ncm,mm,\n" + _rows(), ",", KIND, 0, 1),
    HostileTable(
        "units in brackets below", "len,wid,kind\n[cm],[mm],[-]\n" + _rows(), ",", KIND, 0, 1
    ),
    HostileTable(
        "title, heading, units",
        "Growth of beans\nlen;wid;kind\n(cm);(mm);()\n" + _rows(";", True),
        ";",
        KIND,
        1,
        1,
        comma=True,
    ),
    HostileTable("blank line below the heading", "len,wid,kind\n\n" + _rows(), ",", KIND, 0, 1),
    HostileTable("groups above the heading", "size,,\nlen,wid,kind\n" + _rows(), ",", KIND, 1),
    HostileTable("words only", "colour,form,kind\n" + _words(), ",", ("colour", "form", "kind")),
    HostileTable("words only, no heading", _words(), ",", ()),
    HostileTable("quoted", '"len","wid","kind"\n' + _rows(), ",", KIND),
    HostileTable(
        "quoted names with commas",
        '"len, mean","wid, mean",kind\n' + _rows(),
        ",",
        ("len, mean", "wid, mean", "kind"),
    ),
    HostileTable(
        "text with commas",
        "note;len;kind\n"
        + "".join(f"one, two, {n};{n * 7 % 13};{'ab'[n % 2]}\n" for n in range(40)),
        ";",
        ("note", "len", "kind"),
    ),
    HostileTable("one odd cell", "len,wid,kind\n" + _rows().replace("0.13", "k. A.", 1), ",", KIND),
    HostileTable(
        "odd cell in the first row", "len,wid,kind\nk. A.,0.5,a\n" + _rows(), ",", KIND, rows=41
    ),
    HostileTable(
        "many missing cells",
        "len,wid,kind\n"
        + "".join(
            f"{'NA' if n % 3 else n},{'' if n % 2 else n / 7:.3},{'ab'[n % 2]}\n"
            if n % 2 == 0
            else f"NA,,{'ab'[n % 2]}\n"
            for n in range(40)
        ),
        ",",
        KIND,
    ),
    HostileTable(
        "times",
        "time;len;kind\n"
        + "".join(f"2024-03-01 12:{n:02}:00;{n * 7 % 13},5;{'ab'[n % 2]}\n" for n in range(40)),
        ";",
        ("time", "len", "kind"),
        comma=True,
    ),
    HostileTable(
        "few rows",
        "rooms,area,price\n5,45,90000\n7,129,258000\n3,142,284000\n",
        ",",
        ("rooms", "area", "price"),
        rows=3,
    ),
    HostileTable("carriage returns", ("len,wid,kind\n" + _rows()).replace("\n", "\r\n"), ",", KIND),
)
