"""Reads spreadsheets (xlsx, xls, ods) as values in a separate process; runs no formula."""

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

from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.importing import spreadsheet_worker
from nnplay.filesystem import look
from nnplay.translation import _

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MAX_UNPACKED = 2**30
"""Bytes of the decompressed file, according to its directory."""
_MAX_PARTS = 10_000
_MAX_BYTES = 2**28
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_POLL_S = 0.05


def is_spreadsheet(path: Path) -> bool:
    """Return whether a file is a spreadsheet by its content, whatever its name."""
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
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Write a sheet to a temporary CSV file; give its path and what the worker found.

    Without a name, the first visible sheet with a table is taken. Raises DataError.
    """
    _check_sizes(path)
    with tempfile.TemporaryDirectory(prefix="nnplay-") as folder:
        out = Path(folder) / f"{path.stem[:100]}.csv"
        found = _run_worker(path, sheet, out, cancelled)
        if error := found.get("error"):
            raise _error(path, str(error), found, sheet)
        yield out, found


def _check_sizes(path: Path) -> None:
    """Raise DataError if a compressed spreadsheet would unpack to too many bytes."""
    size = look(path).size
    if size > _MAX_BYTES:
        raise _too_large(path, size, _MAX_BYTES)
    with path.open("rb") as file:
        if file.read(8) == _OLE:
            return
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise _error(path, "damaged", {"why": str(error)}, "") from error
    total = sum(part.file_size for part in parts)
    # Nothing decompresses to less than its compressed size; a directory that says so is forged.
    total = max(total, sum(part.compress_size for part in parts))
    if total > MAX_UNPACKED or len(parts) > _MAX_PARTS:
        raise _too_large(path, total, MAX_UNPACKED)


def _run_worker(path: Path, sheet: str, out: Path, cancelled: Callable[[], bool]) -> dict[str, Any]:
    command = [sys.executable, "-I", spreadsheet_worker.__file__, str(path), sheet, str(out)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            while True:
                if cancelled():
                    raise Cancelled(_("The import was cancelled."))
                with suppress(subprocess.TimeoutExpired):
                    output, _errors = child.communicate(timeout=_POLL_S)
                    break
        finally:
            if child.poll() is None:
                child.kill()
    try:
        found = json.loads(output)
    except ValueError:  # it crashed, or was killed by its memory or time limit
        return {"error": "large"}
    return found if isinstance(found, dict) else {"error": "damaged"}


def _too_large(path: Path, size: int, most: int) -> DataError:
    text = _("{name} would unpack to {size:,} bytes; the limit is {most:,}.")
    return DataError(
        text.format(name=path.name, size=size, most=most),
        _("Export the sheet as CSV from your spreadsheet program."),
    )


def _error(path: Path, error: str, found: dict[str, Any], sheet: str) -> DataError:
    name = path.name
    if error == "password":
        text = _("{name} is password-protected.")
        return DataError(text.format(name=name), _("Save it without a password."))
    if error == "no sheet":
        names = ", ".join(map(str, found.get("sheets", ())))
        text = _("{name} has no sheet {sheet}.").format(name=name, sheet=sheet)
        return DataError(text, _("Sheets: {names}.").format(names=names))
    if error == "empty":
        return DataError(_("All sheets of {name} are empty.").format(name=name))
    if error == "large":
        text = _("{name} has too many cells: reading it takes too much memory or time.")
        hint = _("Export the sheet as CSV from your spreadsheet program.")
        return DataError(text.format(name=name), hint)
    text = _("{name} is damaged, incomplete, or not a spreadsheet.")
    hint = _("Save it again in your spreadsheet program, or export it as CSV.")
    return DataError(text.format(name=name), hint)
