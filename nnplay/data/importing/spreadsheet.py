"""Spreadsheets: xlsx, xls and ods, read as values in a process of their own; no formula is run."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from nnplay.data.arrays import DataError
from nnplay.data.importing import spreadsheet_worker as sheet_child
from nnplay.data.importing.reader import ImportCancelled
from nnplay.translation import _

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MOST_UNPACKED = 2**30
"""Bytes that a spreadsheet may say it unpacks to."""
_MOST_PARTS = 10_000
_LARGEST = 2**28
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_POLL_S = 0.05


def is_spreadsheet(path: Path) -> bool:
    """Return whether a file is a spreadsheet by what is in it; a text by that name is a text."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(8)
        packed = head.startswith(b"PK\x03\x04")
        if not packed or path.suffix.lower() in SUFFIXES:
            return packed or head == _OLE
        with zipfile.ZipFile(path) as archive:
            return any(mark in archive.namelist() for mark in _MARKS)
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


@contextmanager
def as_text(
    path: Path, sheet: str = "", cancelled: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    """Give a sheet as a CSV file that is gone at the end, its name, and the names of all sheets.

    Without a name it is the first with more than one row. Raises DataError.
    """
    _check_sizes(path)
    with tempfile.TemporaryDirectory(prefix="nnplay-") as folder:
        out = Path(folder) / f"{path.stem[:100]}.csv"
        found = _asked(path, sheet, out, cancelled)
        if error := found.get("error"):
            raise _trouble(path, str(error), found, sheet)
        yield out, found["sheet"], tuple(found["sheets"])


def _check_sizes(path: Path) -> None:
    """Raise DataError where a packed spreadsheet would unpack to more than is sensible."""
    size = path.stat().st_size
    if size > _LARGEST:
        raise _too_large(path, size, _LARGEST)
    with path.open("rb") as file:
        if file.read(8) == _OLE:
            return
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise _trouble(path, "damaged", {"why": str(error)}, "") from error
    total = sum(part.file_size for part in parts)
    # No packing of a spreadsheet does better than this; one that says less is lying.
    total = max(total, sum(part.compress_size for part in parts))
    if total > MOST_UNPACKED or len(parts) > _MOST_PARTS:
        raise _too_large(path, total, MOST_UNPACKED)


def _asked(path: Path, sheet: str, out: Path, cancelled: Callable[[], bool]) -> dict[str, Any]:
    command = [sys.executable, "-I", sheet_child.__file__, str(path), sheet, str(out)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            while True:
                if cancelled():
                    raise ImportCancelled(_("The import was stopped."))
                with suppress(subprocess.TimeoutExpired):
                    said, _nothing = child.communicate(timeout=_POLL_S)
                    break
        finally:
            if child.poll() is None:
                child.kill()
    try:
        found = json.loads(said)
    except ValueError:  # it was ended, by itself or by its bounds
        return {"error": "large"}
    return found if isinstance(found, dict) else {"error": "damaged"}


def _too_large(path: Path, size: int, most: int) -> DataError:
    text = _("{name} would unpack to {size:,} bytes; at most {most:,} can be read.")
    return DataError(
        text.format(name=path.name, size=size, most=most),
        _("Save the sheet as CSV in the program that it comes from."),
    )


def _trouble(path: Path, error: str, found: dict[str, Any], sheet: str) -> DataError:
    name = path.name
    if error == "password":
        text = _("{name} is protected by a password.")
        return DataError(text.format(name=name), _("Save it without one."))
    if error == "no sheet":
        names = ", ".join(map(str, found.get("sheets", ())))
        text = _("{name} has no sheet {sheet}.").format(name=name, sheet=sheet)
        return DataError(text, _("Sheets: {names}.").format(names=names))
    if error == "empty":
        return DataError(_("{name} has no sheet with anything in it.").format(name=name))
    if error == "large":
        text = _("{name} takes too much memory or time to read: it has too many cells.")
        hint = _("Save the sheet as CSV in the program that it comes from.")
        return DataError(text.format(name=name), hint)
    text = _("{name} is damaged, cut short, or no spreadsheet.")
    hint = _("Save it again in the program that it comes from, or as CSV.")
    return DataError(text.format(name=name), hint)
