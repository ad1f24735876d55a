"""Reads one spreadsheet in a separate process; does not import nnplay.

Spreadsheets are parsed by compiled code, which a malicious file can make allocate memory without
limit and crash. The process therefore has limits on memory and time. It writes one sheet to a CSV
file, and the names of all sheets as JSON to its output.
"""

from __future__ import annotations

import csv
import datetime
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEMORY = 2 * 2**30
SECONDS = 120
MAX_CELLS = 20_000_000
_BASE_MEMORY = 2**28
_MEMORY_PER_BYTE = 40
"""Bytes of memory for each byte of the unpacked file; a cell of 25 bytes takes about 100."""
_DENSE_CELLS = 1_000_000
_MOST_PER_CELL = 20
"""How much larger than the number of its cells the rectangle of a large sheet may be."""
_BLOCK = 2**20
_ROW = re.compile(rb'<row\b[^>]{0,200}?\br="(\d{1,9})"')
_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})\d')
_FORMULA = re.compile(
    rb'<c r="([A-Z]+\d+)"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
_ODS_TOKEN = re.compile(
    rb"<table:table-row\b[^>]*>|<table:(?:covered-)?table-cell\b[^>]*>|</table:table-row>"
)


def plain(value: Any) -> str:
    """Return the value of a cell as text on one line."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        day = value.time() == datetime.time()
        return (value.date() if day else value).isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return repr(value.total_seconds())
    return " ".join(str(value).replace("\0", " ").split())


def read_sheet(path: str, sheet: str, out: str) -> dict[str, Any]:
    """Write a sheet, by default the first visible one with a table, and return what was found."""
    import python_calamine as calamine

    try:
        sizes = SheetSizes(path)
        if sizes.is_sparse_document():
            return {"error": "large"}
        book = calamine.CalamineWorkbook.from_path(path)
        found = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
        names = [one.name for one in found]
        visible = calamine.SheetVisibleEnum.Visible
        hidden = [one.name for one in found if one.visible != visible]
        if sheet and sheet not in names:
            return {"error": "no sheet", "sheets": names}
        shown = [name for name in names if name not in hidden]
        order = [sheet] if sheet else [*shown, *hidden]
        chosen = _first(book, order, sizes, out)
        return {**chosen, "sheets": names, "hidden": hidden}
    except calamine.PasswordError:
        return {"error": "password"}
    except MemoryError:
        return {"error": "large"}
    except Exception:
        # However it is damaged, the caller reports it.
        return {"error": "damaged"}


def _first(book: Any, names: list[str], sizes: SheetSizes, out: str) -> dict[str, Any]:
    """Write the first sheet with a table; one with a single row or column if there is no other."""
    other = ""
    for name in names:
        if sizes.is_sparse_sheet(name):
            return {"error": "large"}
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            return {"error": "large"}
        if sheet.height > 1 and sheet.width > 1:
            return _write(sheet, name, sizes, out)
        if sheet.height > 1 or (sheet.height and len(names) == 1):
            other = other or name
    if other:
        return _write(book.get_sheet_by_name(other), other, sizes, out)
    return {"error": "empty"}


def _write(sheet: Any, name: str, sizes: SheetSizes, out: str) -> dict[str, Any]:
    # Leading empty rows are kept, so that line numbers equal row numbers.
    merges = _merged_rows(sheet, sheet.start[1] if sheet.start else 0)
    values: dict[int, tuple[int, str]] = {}
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for number, row in enumerate(sheet.iter_rows()):
            cells = [plain(value) for value in row]
            for column, (last, text) in values.items():
                if number <= last and column < len(cells) and not cells[column]:
                    cells[column] = text
            for column, last in merges.get(number, ()):
                if column < len(cells):
                    values[column] = (last, cells[column])
            writer.writerow(cells)
    formulas, first = sizes.formulas_without_value(name)
    merged = sum(map(len, merges.values()))
    return {"sheet": name, "merged": merged, "formulas": formulas, "first_formula": first}


def _merged_rows(sheet: Any, first_column: int) -> dict[int, list[tuple[int, int]]]:
    """Return the merged cells of several rows: by the first row, the column and the last row."""
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _right) in getattr(sheet, "merged_cell_ranges", None) or ():
        if bottom > top and left >= first_column:
            found.setdefault(top, []).append((left - first_column, bottom))
    return found


class SheetSizes:
    """Reads the XML of a spreadsheet as a stream, before its cells are allocated.

    The parser allocates the whole rectangle of the used cells, which two cells can make huge.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._parts: dict[str, str] = {}
        self._is_document = False
        if not zipfile.is_zipfile(path):
            return
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            self._is_document = "content.xml" in names
            if "xl/workbook.xml" in names:
                self._parts = _sheet_parts(archive, names)

    def is_sparse_document(self) -> bool:
        """Return whether an OpenDocument sheet repeats its cells too often."""
        if not self._is_document:
            return False
        cells = expanded = 0
        repeats, width, last = 1, 0, 0
        for found in self._matches("content.xml", _ODS_TOKEN, b"<"):
            tag = found[0]
            if tag.startswith(b"<table:table-row"):
                repeats, width, last = _repeats(tag, b"rows"), 0, 0
            elif tag.startswith(b"</"):
                expanded += repeats * last
            else:
                width += _repeats(tag, b"columns")
                if b"office:" in tag:
                    cells, last = cells + 1, width
        return _is_sparse(expanded, cells)

    def is_sparse_sheet(self, name: str) -> bool:
        """Return whether the rectangle of an Excel sheet is far larger than its cells."""
        rows: set[bytes] = set()
        columns: set[bytes] = set()
        cells = 0
        for text in self._blocks(self._parts.get(name, ""), b"<row"):
            rows.update(_ROW.findall(text))
            columns.update(_COLUMN.findall(text))
            cells += text.count(b"<c ")
        if not rows or not columns:
            return False
        height = max(map(int, rows)) - min(map(int, rows)) + 1
        numbers = [_column_number(one) for one in columns]
        return _is_sparse(height * (max(numbers) - min(numbers) + 1), cells)

    def formulas_without_value(self, name: str) -> tuple[int, str]:
        """Return how many formulas have no stored value, and the first of those cells."""
        count, first = 0, ""
        for found in self._matches(self._parts.get(name, ""), _FORMULA, b"<c "):
            count += 1
            first = first or found[1].decode()
        return count, first

    def _matches(
        self, part: str, pattern: re.Pattern[bytes], border: bytes
    ) -> Iterator[re.Match[bytes]]:
        for text in self._blocks(part, border):
            yield from pattern.finditer(text)

    def _blocks(self, part: str, border: bytes) -> Iterator[bytes]:
        """Yield the text of a part in pieces that end in front of a border."""
        if not part:
            return
        with zipfile.ZipFile(self._path) as archive, archive.open(part) as file:
            rest = b""
            while block := file.read(_BLOCK):
                text = rest + block
                end = text.rfind(border)
                end = end if end > 0 else len(text)
                yield text[:end]
                rest = text[end:]
            yield rest


def _sheet_parts(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Return the part of the archive that holds each sheet."""
    from xml.etree import ElementTree

    targets = {}
    relations = "xl/_rels/workbook.xml.rels"
    if relations in names:
        for one in ElementTree.fromstring(archive.read(relations)):
            target = one.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            targets[one.get("Id", "")] = path
    found = {}
    for one in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if one.tag.endswith("}sheet"):
            keys = [value for key, value in one.attrib.items() if key.endswith("}id")]
            part = targets.get(keys[0], "") if keys else ""
            if part in names:
                found[one.get("name", "")] = part
    return found


def _is_sparse(rectangle: int, cells: int) -> bool:
    return rectangle > min(MAX_CELLS, max(_DENSE_CELLS, _MOST_PER_CELL * cells))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _repeats(tag: bytes, what: bytes) -> int:
    found = re.search(rb'number-%s-repeated="(\d{1,9})"' % what, tag)
    return int(found[1]) if found else 1


def _unpacked_bytes(path: str) -> int:
    """Return the bytes of all parts of an archive, or of another file; raises OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(part.file_size for part in archive.infolist())
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return Path(path).stat().st_size


def _limit_resources(path: str) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    memory = min(MEMORY, _BASE_MEMORY + _MEMORY_PER_BYTE * _unpacked_bytes(path))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit_resources(sys.argv[1])
    print(json.dumps(read_sheet(*sys.argv[1:4])))  # noqa: T201 - the parent reads it
