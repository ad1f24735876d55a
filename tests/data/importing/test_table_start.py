"""Headings are found below titles and above units, with whatever names the columns have."""

from pathlib import Path

import pytest

from nnplay.data.importing.preview import preview_table
from nnplay.data.importing.source_file import SourceFile
from nnplay.data.importing.table import import_table
from tests.data.importing.hostile_tables import TABLES, HostileTable


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))


def expected_names(table: HostileTable) -> list[str]:
    """Return the names that the columns get: numbered where they are empty or the same."""
    names = list(table.names)
    while names and not names[-1]:
        names.pop()
    if table.has_row_names:
        names = ["", *names]
    names = [name or f"column {at}" for at, name in enumerate(names, 1)]
    return [
        f"{name} ({at})" if name in names[: at - 1] else name for at, name in enumerate(names, 1)
    ]


@pytest.mark.parametrize("table", TABLES, ids=[one.name for one in TABLES])
def test_tables_are_found_in_their_file(tmp_path: Path, table: HostileTable) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(table.text.encode())
    found = preview_table(SourceFile(path))
    layout = found.layout
    assert (layout.delimiter, layout.comma) == (table.delimiter, table.comma)
    assert (layout.has_header, layout.above, layout.below) == (
        bool(table.names),
        table.above,
        table.below,
    )
    if table.names:
        assert list(layout.columns) == expected_names(table)
    assert (len(found.rows), found.bad_lines) == (table.rows, ())
    assert found.lines[0] == table.first_row + 1
    # What was detected is stored, and read in the same way from then on.
    imported = import_table(path, task="classes" if layout.columns[-1] == "kind" else "auto")
    again = preview_table(SourceFile.of(imported.table))
    assert (again.layout, again.rows) == (layout, found.rows)


def test_what_was_detected_is_said_and_can_be_corrected(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = "".join(f"{n / 7:.3f},{n * 3 % 11},{'ab'[n % 2]}\n" for n in range(20))
    path.write_text("Growth of beans\n\nlen,wid,kind\ncm,mm,\n" + rows)
    found = preview_table(SourceFile(path))
    assert found.notes == (
        "The column names are in line 3; 2 lines above are skipped.",
        "1 line below the column names is skipped.",
    )
    other = preview_table(SourceFile(path, above=3, has_header=False))
    assert other.layout.columns == ("column 1", "column 2", "column 3")
    assert (other.rows[0], other.lines[0]) == (("cm", "mm", ""), 4)
    kept = preview_table(SourceFile(path, below=0))
    assert kept.rows[0] == ("cm", "mm", "")
    named = preview_table(SourceFile(path, above=3, has_header=True))
    assert named.layout.columns == ("cm", "mm", "column 3")
    assert named.lines[0] == 5


def test_a_quotation_mark_above_the_table_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text('"Growth of beans\nlen,kind\n' + "1,a\n2,b\n" * 10)
    found = preview_table(SourceFile(path, above=1))
    assert (found.layout.columns, len(found.rows)) == (("len", "kind"), 20)


def test_rows_of_numbers_between_spaces_are_a_table(tmp_path: Path) -> None:
    path = tmp_path / "mine.dat"
    path.write_text("".join(f"  {n / 7:6.3f}   {n * 3 % 11}  {n % 5}.5\n" for n in range(20)))
    found = import_table(path)
    assert (found.table.samples, found.table.features, found.bad_count) == (20, 2, 0)


def test_a_cell_with_a_line_break_does_not_shift_the_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text('# one\n"len\nin cm",kind\n1,a\n2\n3,b\n4,a\n')
    found = import_table(path)
    assert found.layout.columns == ("lenin cm", "kind")
    assert [bad.number for bad in found.bad_lines] == [5]
    assert found.table.samples == 3


def test_the_first_rows_may_have_fewer_cells_than_the_heading(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    short = "".join(f"{n / 7:.3f},{n}\n" for n in range(5))
    short += "".join(f"{n / 7:.3f},{n},a\n" for n in range(5))
    whole = "".join(f"{n / 7},{n},a,b\n" for n in range(30))
    path.write_text("len,wid,kind,form\n" + short + whole)
    found = preview_table(SourceFile(path))
    assert found.layout.columns == ("len", "wid", "kind", "form")
    assert (found.layout.above, len(found.rows), len(found.bad_lines)) == (0, 30, 10)


def test_a_comment_below_the_heading_is_a_comment(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = "".join(f"{n / 7:.3f},{n * 3 % 11},{'ab'[n % 2]}\n" for n in range(20))
    path.write_text("Growth of beans\nlen,wid,kind\n## small ##\n" + rows)
    found = preview_table(SourceFile(path))
    assert found.layout.columns == ("len", "wid", "kind")
    assert (found.lines[0], len(found.rows), found.bad_lines) == (4, 20, ())
    assert "Lines that begin with # are comments." in found.notes
