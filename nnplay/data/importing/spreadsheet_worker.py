"""Reads one spreadsheet in a separate process; does not import nnplay.

Spreadsheets are parsed by compiled code, which a malicious file can make allocate memory without
limit and crash. The process therefore has limits on memory and time. It writes one sheet to a CSV
file, and the names of all sheets as JSON to its output.
"""

from __future__ import annotations

import csv
import datetime
import json
import sys
from pathlib import Path
from typing import Any

MEMORY = 2 * 2**30
SECONDS = 120
MAX_CELLS = 20_000_000


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
    """Write a sheet, by default the first non-empty one, and return what was found."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
        kind = calamine.SheetTypeEnum.WorkSheet
        names = [one.name for one in book.sheets_metadata if one.typ == kind]
        if sheet and sheet not in names:
            return {"error": "no sheet", "sheets": names}
        return {**_first(book, [sheet] if sheet else names, out), "sheets": names}
    except calamine.PasswordError:
        return {"error": "password"}
    except MemoryError:
        return {"error": "large"}
    except Exception:
        # However it is damaged, the caller reports it.
        return {"error": "damaged"}


def _first(book: Any, names: list[str], out: str) -> dict[str, Any]:
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            return {"error": "large"}
        if sheet.height > 1 or (sheet.height and len(names) == 1):
            _write(sheet, out)
            return {"sheet": name}
    return {"error": "empty"}


def _write(sheet: Any, out: str) -> None:
    # Leading empty rows and columns are kept, so that line numbers equal row numbers.
    rows = sheet.to_python(skip_empty_area=False)
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([plain(value) for value in row] for row in rows)


def _limit_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit_resources()
    print(json.dumps(read_sheet(*sys.argv[1:4])))  # noqa: T201 - the parent reads it
