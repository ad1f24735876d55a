"""Sheets that are hidden, cells that are merged, formulas without values, and sparse sheets."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from nnplay.data.arrays import DataError
from nnplay.data.importing import spreadsheet_worker
from nnplay.data.importing.preview import preview_table
from nnplay.data.importing.source_file import SourceFile
from nnplay.data.importing.table import import_table
from nnplay.data.load import load

Save = Callable[[Callable[[openpyxl.Workbook], None]], Path]
ROWS = [[n / 7, n * 3 % 11, "ab"[n % 2]] for n in range(12)]


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def saved(write: Callable[[openpyxl.Workbook], None]) -> Path:
        book = openpyxl.Workbook()
        write(book)
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return saved


def fill(sheet: Any, rows: list[list[Any]], top: int = 1, left: int = 1) -> None:
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            sheet.cell(top + down, left + right, value)


def test_a_hidden_sheet_is_not_read_unless_it_is_chosen(save: Save) -> None:
    def write(book: openpyxl.Workbook) -> None:
        fill(book.active, [["code", "text"], *([n, f"w{n}"] for n in range(5))])
        book.active.title = "lookup"
        book.active.sheet_state = "hidden"
        fill(book.create_sheet("data"), [["len", "wid", "kind"], *ROWS])

    path = save(write)
    found = import_table(path)
    assert (found.table.sheet, found.features) == ("data", ("len", "wid"))
    assert found.notes == ("The sheet data is read, one of 2.", "Hidden sheets: lookup.")
    preview = preview_table(SourceFile(path, "lookup"))
    assert preview.layout.columns == ("code", "text")
    assert preview.hidden == ("lookup",)


def test_a_sheet_with_one_column_is_read_only_if_there_is_no_table(save: Save) -> None:
    def write(book: openpyxl.Workbook) -> None:
        fill(book.active, [["Beans"], ["grown in 2024"], ["by the school"]])
        fill(book.create_sheet("data"), [["len", "wid", "kind"], *ROWS])

    assert preview_table(SourceFile(save(write))).sheet == "data"


def test_merged_cells_hold_for_all_their_rows(save: Save) -> None:
    def write(book: openpyxl.Workbook) -> None:
        sheet = book.active
        groups = [["red"] if n in (0, 6) else [None] for n in range(12)]
        groups[3], groups[9] = ["blue"], ["blue"]
        fill(sheet, [["Growth of beans"], ["colour", "len", "wid", "kind"]])
        fill(sheet, [group + row for group, row in zip(groups, ROWS, strict=True)], top=3)
        sheet.merge_cells("A1:D1")
        for top in (3, 6, 9, 12):
            sheet.merge_cells(f"A{top}:A{top + 2}")

    found = import_table(save(write))
    assert found.features == ("colour = blue", "colour = red", "len", "wid")
    x = load(found.table, 0).samples.x
    assert x[:, 1].tolist() == [1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0]
    assert (found.missing, found.layout.above) == (0, 1)
    assert "4 merged cells are filled into their rows." in found.notes


def test_a_heading_of_two_rows_takes_its_names_from_the_lower(save: Save) -> None:
    def write(book: openpyxl.Workbook) -> None:
        sheet = book.active
        fill(sheet, [["size", None, "kind"], ["len", "wid", None], *ROWS])
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("C1:C2")

    found = preview_table(SourceFile(save(write)))
    assert found.layout.columns == ("len", "wid", "kind")
    assert (found.layout.above, len(found.rows)) == (1, 12)


def test_formulas_without_a_value_are_said(save: Save) -> None:
    def write(book: openpyxl.Workbook) -> None:
        fill(book.active, [["len", "sum", "kind"], *ROWS])
        book.active["B4"] = "=A4+1"
        book.active["B6"] = "=A6+1"

    found = import_table(save(write))
    assert found.missing == 2
    assert found.notes[0] == (
        "2 formulas have no stored value and count as missing, the first at B4. "
        "Open the file in a spreadsheet program and save it again."
    )


def test_a_table_may_begin_anywhere_in_its_sheet(save: Save) -> None:
    def write(book: openpyxl.Workbook) -> None:
        rows = [["len", None if n % 2 else n, row[2]] for n, row in enumerate(ROWS)]
        fill(book.active, [["what", "wid", "kind"], *rows], top=4, left=3)
        for top in range(5, 17, 2):
            book.active.merge_cells(f"D{top}:D{top + 1}")

    found = import_table(save(write))
    assert (found.features, found.ignored) == (("what = len", "wid"), ())
    assert load(found.table, 0).samples.x[:, 1].tolist() == [n // 2 * 2 for n in range(12)]
    assert (found.layout.above, found.table.samples) == (3, 12)
    assert preview_table(SourceFile(save(write))).lines[0] == 5


CELL = '<table:table-cell office:value-type="float" office:value="1"{repeats}/>'


def document(path: Path, rows: str) -> None:
    """Write an OpenDocument spreadsheet with the given rows."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{manifest}"><m:file-entry m:media-type="{kind}" '
            'm:full-path="/"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )


MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def peak_of_worker(path: Path, out: Path) -> int:
    """Return the largest memory of the process that reads a sheet, in bytes."""
    worker = [sys.executable, "-I", spreadsheet_worker.__file__, str(path), "", str(out)]
    # Measured from a small process, as a child counts the memory of its parent until it starts.
    command = [sys.executable, "-I", "-c", MEASURE, *worker]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


def test_a_document_that_repeats_a_cell_too_often_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.ods"
    repeated = CELL.format(repeats=' table:number-columns-repeated="4000"')
    document(
        path,
        f'<table:table-row table:number-rows-repeated="20000">{repeated}</table:table-row>',
    )
    assert path.stat().st_size < 1000
    with pytest.raises(DataError, match="too many cells"):
        import_table(path)
    assert peak_of_worker(path, tmp_path / "out.csv") < 2**27


def test_a_document_may_repeat_empty_cells_and_some_values(tmp_path: Path) -> None:
    path = tmp_path / "mine.ods"
    end = '<table:table-cell table:number-columns-repeated="16382"/>'
    rows = "".join(
        f'<table:table-row><table:table-cell office:value-type="float" office:value="{n}.5"/>'
        + CELL.format(repeats=f' table:number-columns-repeated="{1 + n % 2}"')
        + end
        + "</table:table-row>"
        for n in range(10)
    )
    document(
        path, rows + f'<table:table-row table:number-rows-repeated="999">{end}</table:table-row>'
    )
    found = preview_table(SourceFile(path))
    assert [row[0] for row in found.rows] == [f"{n}.5" for n in range(10)]


def test_two_cells_far_apart_do_not_fill_the_memory(tmp_path: Path, save: Save) -> None:
    def write(book: openpyxl.Workbook) -> None:
        fill(book.active, [["a", "b"], [1, 2]])
        book.active["ZZ30000"] = 1  # 21 million cells with those between

    path = save(write)
    # Found out before the cells are allocated, as not every system limits the memory.
    assert spreadsheet_worker.SheetSizes(str(path)).is_sparse_sheet("Sheet")
    with pytest.raises(DataError, match="too many cells"):
        import_table(path)
    assert peak_of_worker(path, tmp_path / "out.csv") < 2**27
