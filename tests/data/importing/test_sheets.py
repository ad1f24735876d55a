"""Spreadsheets are read as values, in a process of their own; bad ones end in a message."""

import datetime
import os
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import psutil
import pytest

from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.importing import spreadsheet as sheets
from nnplay.data.importing.preview import preview_table
from nnplay.data.importing.source_file import SourceFile
from nnplay.data.importing.table import ImportedTable, import_table
from nnplay.data.load import load
from nnplay.data.split import split
from nnplay.experiment import Split

ROWS: list[list[Any]] = [
    ["length", "day", "fits", "kind"],
    [1.5, datetime.date(2024, 2, 29), True, "x"],
    [2, datetime.datetime(2024, 3, 1, 12, 30), False, "y"],
    [None, datetime.date(2024, 2, 29), True, "=1+1"],
    [4, datetime.date(2024, 2, 29), True, "x"],
]
Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str = "book.xlsx", **others: list[list[Any]]) -> Path:
        book = openpyxl.Workbook()
        first = book.active
        assert first is not None
        first.title = "Notes"
        first["A1"] = "see the next sheet"
        for title, rows in (others or {"Data": ROWS}).items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / name
        book.save(path)
        return path

    return written


def loaded(found: ImportedTable) -> tuple[list[Any], list[Any]]:
    samples = split(load(found.table, 0), Split(), 0).train
    return samples.x.tolist(), samples.y.tolist()


def test_the_first_sheet_with_a_table_is_read_and_another_can_be_chosen(write: Write) -> None:
    path = write(Data=ROWS, 表=[["a", "b"], [1, 0.5], [2, 1.5]])
    found = import_table(path)
    assert found.table.sheet == "Data"
    assert found.features[:2] == ("length", "day: days since 2024-02-29")
    assert found.features[-2:] == ("fits = FALSE", "fits = TRUE")
    # A formula that openpyxl wrote has no value yet: it is missing, and never computed.
    assert found.table.samples == 3
    assert found.without_target == 1
    other = import_table(path, sheet="表")
    assert loaded(other) == ([[1.0], [2.0]], [[0.5], [1.5]])
    assert preview_table(SourceFile(path)).sheets == ("Notes", "Data", "表")
    with pytest.raises(DataError, match="no sheet Nowhere") as caught:
        import_table(path, sheet="Nowhere")
    assert "Notes, Data, 表" in caught.value.hint


def test_a_stored_experiment_reads_its_sheet_again(write: Write, tmp_path: Path) -> None:
    found = import_table(write())
    before = loaded(found)
    for file in (tmp_path / "data" / "tables").iterdir():
        file.unlink()
    from nnplay.data.load import clear_cache

    clear_cache()
    assert loaded(found) == before


def test_errors_of_formulas_are_missing_and_lines_are_rows_of_the_sheet(write: Write) -> None:
    rows = [["a", "y"], [1, 0.5], ["#DIV/0!", 1.5], [], ["oops", 2.5], [3, 3.5]]
    path = write(Data=rows)
    found = import_table(path, roles="nt")
    assert loaded(found)[0] == [[1], [2], [2], [3]]
    assert [(bad.number, bad.why.split(":")[0]) for bad in found.bad_lines] == [(5, "a")]


def test_a_text_file_with_a_spreadsheet_suffix_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "table.xls"
    path.write_text("a\tb\n1\tx\n2\ty\n")
    assert loaded(import_table(path)) == ([[1], [2]], [0, 1])


def _huge_dimension(path: Path) -> None:
    """Put one cell into the last corner of a sheet, so that all before it would be made."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    last = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            sheet = name.startswith("xl/worksheets/sheet")
            archive.writestr(name, data.replace(b"</sheetData>", last) if sheet else data)


def _bomb(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/zeros.bin", "w", force_zip64=True) as member,
    ):
        for _block in range(1100):
            member.write(bytes(2**20))


def _lying(path: Path) -> None:
    """Claim in the directory that every part is a terabyte."""
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(bytes(data))


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _scrambled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(100, len(data) - 200, 7):
        data[at] ^= 0x5A
    path.write_bytes(bytes(data))


def _no_sheets(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")


def _ole(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_huge_dimension, "too many cells"),
        (_lying, "would unpack to|damaged"),
        (_cut, "damaged"),
        (_scrambled, "damaged"),
        (_no_sheets, "damaged|no sheet"),
        (_ole, "damaged"),
        pytest.param(_bomb, "would unpack to", marks=pytest.mark.slow),
    ],
)
def test_a_hostile_spreadsheet_gives_a_message(
    write: Write, harm: Callable[[Path], None], says: str
) -> None:
    path = write(Data=[["a", "b"], [1, 2]])
    harm(path)
    process = psutil.Process(os.getpid())
    before = process.memory_info().rss
    with pytest.raises(DataError, match=says):
        import_table(path)
    assert process.memory_info().rss - before < 200 * 2**20
    assert not process.children()


def test_the_declared_sizes_are_checked_before_unpacking(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write()
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 1000)
    monkeypatch.setattr(sheets, "_run_worker", None)
    with pytest.raises(DataError, match="would unpack to"):
        import_table(path)


def test_reading_a_sheet_can_be_cancelled_and_leaves_nothing(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = write()
    with pytest.raises(Cancelled):
        preview_table(SourceFile(path), lambda: True)
    assert not psutil.Process(os.getpid()).children()
    assert not list(tmp_path.glob("nnplay-*"))


def test_numbers_are_read_exactly(write: Write) -> None:
    numbers = np.random.default_rng(0).normal(size=50).astype(np.float32).tolist()
    rows: list[list[Any]] = [["a", "y"], *([one, 2 * one] for one in numbers)]
    x, y = loaded(import_table(write(Data=rows)))
    assert x == [[one] for one in numbers]
    assert y == [[2 * one] for one in numbers]


def test_a_changed_sheet_is_reported(write: Write) -> None:
    path = write()
    found = import_table(path)
    write(Data=[*ROWS, [5, datetime.date(2024, 1, 1), True, "y"]])
    with pytest.raises(DataError, match="has changed"):
        load(replace(found.table, name="other"), 0)
