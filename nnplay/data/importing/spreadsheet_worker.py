"""Reads one spreadsheet, in a process of its own; knows nothing of nnplay.

A spreadsheet is parsed by compiled code which, for a file made to harm, takes memory without end
and then ends its process. So this runs alone, with memory and time bounded, and writes what it
found as JSON on its output: the names of the sheets, and one of them as CSV into a file.
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
MOST_CELLS = 20_000_000


def plain(value: Any) -> str:
    """Return what stands in a cell as text, on one line."""
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


def answer(path: str, wanted: str, out: str) -> dict[str, Any]:
    """Write a sheet, the first with anything in it where none is named, and say what there is."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
        kind = calamine.SheetTypeEnum.WorkSheet
        names = [one.name for one in book.sheets_metadata if one.typ == kind]
        if wanted and wanted not in names:
            return {"error": "no sheet", "sheets": names}
        return {**_first(book, [wanted] if wanted else names, out), "sheets": names}
    except calamine.PasswordError:
        return {"error": "password"}
    except MemoryError:
        return {"error": "large"}
    except Exception:
        # Damaged in whichever way; the caller has words for it.
        return {"error": "damaged"}


def _first(book: Any, names: list[str], out: str) -> dict[str, Any]:
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > MOST_CELLS:
            return {"error": "large"}
        if sheet.height > 1 or (sheet.height and len(names) == 1):
            _write(sheet, out)
            return {"sheet": name}
    return {"error": "empty"}


def _write(sheet: Any, out: str) -> None:
    # Empty rows and columns in front are kept, so that a line has the number of its row.
    rows = sheet.to_python(skip_empty_area=False)
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([plain(value) for value in row] for row in rows)


def _bound() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such bounds
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _bound()
    print(json.dumps(answer(*sys.argv[1:4])))  # noqa: T201 - the parent reads it
