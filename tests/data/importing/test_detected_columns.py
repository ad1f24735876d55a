"""What a column holds is detected, said, and can be corrected."""

import datetime
import math
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnplay.data.arrays import DataError
from nnplay.data.importing.preview import preview_table
from nnplay.data.importing.source_file import SourceFile
from nnplay.data.importing.summary import notes, report
from nnplay.data.importing.table import ImportedTable, import_table
from nnplay.data.load import clear_cache, load

Take = Callable[..., ImportedTable]


@pytest.fixture
def take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Take:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))

    def taken(content: str, **options: Any) -> ImportedTable:
        path = tmp_path / "mine.csv"
        path.write_bytes(content.encode())
        return import_table(path, **options)

    return taken


def inputs(found: ImportedTable) -> Any:
    return load(found.table, 0).samples.x


def targets(found: ImportedTable) -> list[Any]:
    return load(found.table, 0).samples.y.tolist()  # type: ignore[no-any-return]


def table(*columns: list[Any], names: str = "") -> str:
    rows = [",".join(map(str, row)) for row in zip(*columns, strict=True)]
    return "\n".join([names or ",".join("abcdefg"[: len(columns)]), *rows]) + "\n"


KINDS = ["x", "y"] * 10
HALVES = [n / 2 + 0.25 for n in range(20)]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("\u22120.8", -0.8),
        ("\u20133.5", -3.5),
        ("27.9%", 27.9),
        ("27.9 %", 27.9),
        ('"$44,031"', 44031),
        ("-$5.25", -5.25),
        ("5.25 €", 5.25),
        ("EUR 5.25", 5.25),
        ('"12,34,567.5"', 1234567.5),
        ('"1,23,456"', 123456),
        ("(12.5)", -12.5),
        ("12.5-", -12.5),
        ("1\u2019234.5", 1234.5),
    ],
)
def test_signs_of_numbers_are_read(take: Take, written: str, number: float) -> None:
    found = take(table([written, *HALVES[1:]], KINDS))
    assert found.table.roles == "nt"
    assert inputs(found)[:2, 0].tolist() == [pytest.approx(number), 0.75]
    assert (found.missing, found.odd_count) == (0, 0)


def test_signs_that_are_dropped_are_said(take: Take) -> None:
    shares = [f"{half}%" for half in HALVES]
    prices = [f"{'$' if n else '€'}{half}" for n, half in enumerate(HALVES)]
    minus = [f"\u2212{half}" for half in HALVES]
    found = take(table(shares, prices, minus, KINDS))
    assert found.notes == (
        "a: % is dropped, the number before or after it is kept.",
        "b: $, € is dropped, the number before or after it is kept.",
        "b mixes currencies; nothing is converted.",
        "c: the typographic minus sign is read as a minus.",
    )


@pytest.mark.parametrize("word", ["none", "None", "NA", "-"])
def test_a_word_among_words_may_be_a_class(take: Take, word: str) -> None:
    damage = [word, "minor", "major"] * 7
    found = take(table(list(range(21)), damage))
    classes = found.table.spec().class_names
    if word == "NA":
        assert classes == ("major", "minor")
        assert "b: “NA” counts as missing." in found.notes
        assert found.without_target == 7
    elif word == "-":
        assert classes == ("major", "minor")
    else:
        assert classes == tuple(sorted(("major", "minor", word)))
        assert f"b: “{word}” counts as a category, not as missing." in found.notes
    other = take(table(list(range(21)), damage), missing_words=word)
    assert other.table.spec().class_names == ("major", "minor")
    kept = take(table(list(range(21)), damage), missing_words="nothing,")
    assert kept.table.spec().outputs == 3
    clear_cache()
    assert targets(kept) == [sorted(set(damage)).index(one) for one in damage]


def test_codes_of_countries_and_signs_of_blood_are_words(take: Take) -> None:
    lands = ["NA", "DE", "FR", "ZA"] * 5
    factor = ["+", "-"] * 10
    assert take(table(HALVES, lands)).table.spec().class_names == ("DE", "FR", "NA", "ZA")
    assert take(table(HALVES, factor)).table.spec().class_names == ("+", "-")


def test_a_word_that_is_missing_among_numbers_is_missing_among_words_too(take: Take) -> None:
    damage = ["none", "minor", "major", "minor"] * 5
    numbers = [*map(str, HALVES[1:]), "none"]
    found = take(table(numbers, damage, KINDS))
    assert found.features == ("a", "b = major", "b = minor")
    assert found.missing == 1 + 5


def test_an_odd_cell_among_numbers_is_missing_and_listed(take: Take) -> None:
    cells = [*map(str, HALVES[:7]), "about 3", *map(str, HALVES[8:])]
    found = take(table(cells, KINDS))
    assert found.table.roles == "nt"
    # Filled in when the training part is known.
    assert np.flatnonzero(np.isnan(inputs(found)[:, 0])).tolist() == [7]
    assert (found.table.samples, found.bad_count, found.odd_count) == (20, 0, 1)
    assert report(found).splitlines() == [
        "1 missing value filled in.",
        "1 cell counts as missing because it is not a number or date.",
        "line 9: a: “about 3” is not a number; counted as missing",
    ]
    words = take(table(cells, KINDS), roles={"a": "c"})
    assert words.table.features == 20


def test_some_odd_cells_of_a_long_column_are_missing(take: Take) -> None:
    numbers = [n / 7 for n in range(96)]
    odd = ["low", "high", "none of these", "see note"]
    found = take(table([*numbers, *odd], ["x", "y"] * 50))
    assert (found.table.roles, found.odd_count) == ("nt", 4)


def test_one_word_for_missing_numbers_may_be_frequent(take: Take) -> None:
    cells = [str(half) if n % 3 else "unknown" for n, half in enumerate(HALVES)]
    found = take(table(cells, KINDS))
    assert (found.table.roles, found.odd_count) == ("nt", 7)
    mixed = [str(half) if n % 3 else f"unknown {n}" for n, half in enumerate(HALVES)]
    assert take(table(mixed, KINDS)).table.roles == "ct"


def test_numbers_that_are_too_large_are_listed(take: Take) -> None:
    found = take(table(["inf", "1e39", "nan", *HALVES[3:]], KINDS))
    assert [(bad.number, bad.why) for bad in found.bad_lines] == [
        (2, "a: “inf” is too large; counted as missing"),
        (3, "a: “1e39” is too large; counted as missing"),
    ]
    assert (found.odd_count, found.missing, found.bad_count) == (2, 3, 0)


def test_a_number_can_denote_a_missing_value(take: Take) -> None:
    cells = [-999, *HALVES[1:]]
    found = take(table(cells, KINDS), missing_words="-999")
    assert np.flatnonzero(np.isnan(inputs(found)[:, 0])).tolist() == [0]
    assert (found.missing, found.odd_count) == (1, 0)


PRICES = [90_000 + 1_000 * n for n in range(12)]


@pytest.mark.parametrize(
    ("values", "is_classes"),
    [
        ([*PRICES, *PRICES[:3]], False),  # few, but hardly repeated
        (PRICES * 4, False),  # repeated, but far from each other
        ([0, 1, 2] * 7, True),
        ([3, 4, 5, 6, 7, 8] * 5, True),
        ([10, 20] * 10, True),
        ([1, 2, 3, 4, 5], False),
    ],
)
def test_whole_numbers_are_classes_only_if_they_look_like_labels(
    take: Take, values: list[int], is_classes: bool
) -> None:
    other = [n / 7 for n in range(len(values))]
    found = take(table(other, values))
    assert bool(found.table.classes) == is_classes
    assert found.notes[-1].startswith("b is predicted" if not is_classes else "b holds few")
    for task, expected in (("classes", True), ("numbers", False)):
        assert bool(take(table(other, values), task=task).table.classes) == expected


def test_leading_zeros_are_codes(take: Take) -> None:
    zips = ["01067", "20095", "80331", "09111"] * 5
    found = take(table(zips, KINDS))
    assert found.features == ("a = 01067", "a = 09111", "a = 20095", "a = 80331")
    assert found.notes[0] == "a holds codes with leading zeros, which are read as categories."
    numbers = take(table(zips, KINDS), roles={"a": "n"})
    assert inputs(numbers)[:2, 0].tolist() == [1067, 20095]
    many = take(table([f"{n:05}" for n in range(60)], [n / 7 for n in range(60)], ["u", "v"] * 30))
    assert notes(many) == ["a is not used: 60 codes with leading zeros; at most 50 become inputs."]
    assert take(table(["0.5", "0", "-0.25", "00.5"] * 5, KINDS)).table.roles == "nt"


@pytest.mark.parametrize("name", ["Nr", "id", "", "Unnamed: 0", "row_id", "#"])
@pytest.mark.parametrize("start", [0, 1])
def test_row_numbers_are_not_an_input(take: Take, name: str, start: int) -> None:
    numbers = [start + n for n in range(20)]
    text = table(numbers, HALVES, KINDS, names=f"{name},len,kind")
    found = take(text)
    assert found.features == ("len",)
    shown = name or "column 1"
    assert notes(found)[-1] == f"{shown} is not used: it numbers the rows."
    assert take(text, roles={shown: "n"}).features == (shown, "len")


def test_numbers_that_only_look_like_row_numbers_are_used(take: Take) -> None:
    counted = list(range(20))
    # Another name: it may be an age or a time, so it is used, and said.
    found = take(table(counted, HALVES, KINDS))
    assert found.features == ("a", "b")
    assert found.notes == ("a counts the rows: ignore it if it is only a row number.",)
    # The only input.
    assert take(table(counted, KINDS, names="nr,kind")).features == ("nr",)
    # Not in the order of the rows.
    others = [n * 7 % 20 for n in counted]
    assert take(table(others, HALVES, KINDS, names="nr,b,kind")).features == ("nr", "b")


def test_identifiers_are_not_an_input(take: Take) -> None:
    numbers = [10_000 + 37 * n * n for n in range(20)]
    found = take(table(numbers, HALVES, KINDS, names="customer id,b,kind"))
    assert found.features == ("b",)
    assert notes(found) == ["customer id is not used: an identifier, different in every row."]
    twice = [number // 2 * 2 for number in [*numbers[:10], *numbers[:10]]]
    assert len(take(table(twice, HALVES, KINDS, names="customer id,b,kind")).features) == 2


def test_words_that_differ_by_case_or_composition_are_one(take: Take) -> None:
    wine = "rosé"
    spelled = [wine, unicodedata.normalize("NFD", wine), "Rosé", "white", " white", "WHITE"] * 4
    numbers = [n / 7 for n in range(24)]
    found = take(table(numbers, spelled))
    assert found.table.spec().class_names == ("rosé", "white")
    assert targets(found) == [0, 0, 0, 1, 1, 1] * 4
    decomposed = unicodedata.normalize("NFD", wine)
    assert found.notes[0] == f"b: “Rosé”, “{decomposed}” are read as “rosé”."
    exact = take(table(numbers, spelled), exact_words=True)
    assert exact.table.spec().class_names == ("Rosé", "WHITE", "rosé", "white")
    genes = ["AA", "Aa", "aa"] * 8
    assert take(table(numbers, genes)).table.spec().class_names == ("AA", "Aa", "aa")


def test_the_most_frequent_spelling_is_kept(take: Take) -> None:
    words = ["YES", "yes", "Yes", "Yes", "no", "no", "no", "NO"] * 3
    found = take(table([n / 7 for n in range(24)], words))
    assert found.table.spec().class_names == ("Yes", "no")


DAYS = [datetime.date(2024, 1, 31) + datetime.timedelta(13 * n) for n in range(20)]


def expected_date(day: datetime.date) -> list[float]:
    """Return the five inputs of a date, computed with the calendar of the standard library."""
    month = 2 * math.pi * (day.month - 1) / 12
    weekday = 2 * math.pi * day.weekday() / 7
    circles = [math.sin(month), math.cos(month), math.sin(weekday), math.cos(weekday)]
    return [(day - DAYS[0]).days, *circles]


@pytest.mark.parametrize(
    "pattern",
    [
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%d.%m.%Y",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%d %b %Y",
        "%b %d %Y",
        "%d.%m.%y",
    ],
)
def test_dates_are_days_months_and_weekdays(take: Take, pattern: str) -> None:
    found = take(table([day.strftime(pattern) for day in DAYS], KINDS, names="day,kind"))
    assert found.features == (
        "day: days since 2024-01-31",
        "day: month, sine",
        "day: month, cosine",
        "day: weekday, sine",
        "day: weekday, cosine",
    )
    assert inputs(found) == pytest.approx(np.array([*map(expected_date, DAYS)]), abs=1e-6)
    assert "day holds dates" in found.notes[0]
    assert ("month first" in found.notes[0]) == (pattern == "%m/%d/%Y")
    words = take(table([day.strftime(pattern) for day in DAYS], KINDS), roles={"a": "c"})
    assert words.table.features == 20


def test_the_order_of_day_and_month_may_show_late_and_can_be_chosen(take: Take) -> None:
    ambiguous = [f"{n % 12 + 1}/{n % 7 + 1}/2024" for n in range(10_500)]
    kinds = ["x", "y"] * 5_250
    assert take(table(ambiguous, kinds)).table.roles == "mt"
    late = [*ambiguous[:-1], "31/12/2024"]
    found = take(table(late, kinds))
    assert (found.table.roles, found.odd_count) == ("dt", 0)
    first = datetime.date(2024, 1, 1)
    # 8/1/2024 is the eighth of January, also in the rows before the order showed.
    assert inputs(found)[7, 0] == (datetime.date(2024, 1, 8) - first).days
    assert inputs(take(table(ambiguous, kinds), roles={"a": "d"}))[7, 0] == 7


def test_a_time_of_day_is_on_a_circle_and_months_have_no_weekday(take: Take) -> None:
    times = [f"2024-03-0{1 + n // 12} {n % 12 * 2:02}:30" for n in range(20)]
    found = take(table(times, KINDS))
    assert found.features[-2:] == ("a: time of day, sine", "a: time of day, cosine")
    turn = 2 * math.pi * 2.5 / 24
    assert inputs(found)[1, -2:] == pytest.approx([math.sin(turn), math.cos(turn)], abs=1e-6)
    assert inputs(found)[12, 0] == pytest.approx(1 + 0.5 / 24)
    months = take(table([f"20{n:02}-0{1 + n % 9}" for n in range(20)], KINDS))
    assert [name.split(": ")[1] for name in months.features] == [
        "days since 2000-01-01",
        "month, sine",
        "month, cosine",
    ]


def test_a_date_can_be_the_target_and_can_be_missing(take: Take) -> None:
    days: list[Any] = [*DAYS[:19], "NA"]
    found = take(table(HALVES, days))
    assert found.without_target == 1
    assert [y for (y,) in targets(found)] == [13 * n for n in range(19)]
    filled = take(table(days, KINDS))
    assert np.isnan(inputs(filled)).sum(1).tolist() == [0] * 19 + [5]
    assert filled.missing == 1


def test_the_preview_says_what_was_detected_in_each_column(take: Take, tmp_path: Path) -> None:
    columns: list[list[Any]] = [list(range(20)), ["01", "02"] * 10, DAYS, ["yes", "Yes"] * 10]
    take(table(*columns, KINDS, names="nr,b,c,d,e"))
    preview = preview_table(SourceFile(tmp_path / "mine.csv"))
    assert preview.kinds == ("i", "c", "d", "c", "c")
    assert [one.name for one in preview.ignored] == ["nr"]
    assert [len(notes) for notes in preview.column_notes] == [0, 1, 1, 1, 0]


def test_columns_are_named_or_numbered(take: Take) -> None:
    text = table([1, 2] * 10, HALVES, KINDS)
    assert take(text, roles={"1": "c", "b": "i"}).features == ("a = 1", "a = 2")
    assert take(text, target="2").target == "b"
    with pytest.raises(DataError, match="no column 4"):
        take(text, roles={"4": "c"})
    with pytest.raises(DataError, match="Exactly one"):
        take(text, roles={"a": "t", "b": "t"})
    with pytest.raises(DataError, match="Exactly one"):
        take(text, roles={"a": "t"}, target="b")


def test_a_table_is_imported_again_as_it_was(take: Take, tmp_path: Path) -> None:
    words = ["none", "Minor", "minor", "major"] * 5
    text = table(DAYS, [f"{half}%" for half in HALVES], words, [3, 4] * 10)
    found = take(text, missing_words="none", exact_words=True)
    before = inputs(found).tolist()
    for stored in (tmp_path / "data" / "tables").iterdir():
        stored.unlink()
    clear_cache()
    assert inputs(found).tolist() == before
    assert found.features[-3:] == ("c = Minor", "c = major", "c = minor")
