"""Runs kept in a folder, where only what has changed is written again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nnplay.filesystem import is_file, listed, read_limited, reason
from nnplay.record.recorded_run import RecordedRun
from nnplay.record.storage.archive import LARGEST, MOST_MEMBERS, is_member_name
from nnplay.record.storage.document import MOST_RUNS
from nnplay.record.storage.errors import DocumentError
from nnplay.record.storage.plain_values import damaged, json_bytes, read_json
from nnplay.record.storage.run_parts import read_run_parts, run_parts

_LIST, _NEW_LIST, _SUFFIX = "list.json", "list.new", ".part"
_LIST_LIMIT = 4 * 2**20
_MARK, _FORMAT = "kept runs", 1


@dataclass(frozen=True)
class _Written:
    """A part on disk."""

    source: tuple[object, ...]
    file: str
    size: int


class KeptRuns:
    """A folder with the parts of some runs, and a list that says which part is in which file.

    The list is replaced as a whole, after the parts that it names are written. So a process that is
    killed leaves the runs as they were at this or the last call of `write`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: dict[str, _Written] = {}
        self._next = 0

    def write(self, runs: Sequence[RecordedRun]) -> None:
        """Keep these runs and no others; raises OSError, and then keeps the earlier ones.

        They may be runs in progress, of another thread.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._next:
            numbers = [int(f.stem) for f in listed(self.folder) if f.stem.isdecimal()]
            self._next = 1 + max(numbers, default=0)
        if self._written and not is_file(self.folder / _LIST):
            # Someone has deleted the folder.
            self._written = {}
        written: dict[str, _Written] = {}
        for run in runs:
            for part in run_parts(run):
                name = f"runs/{run.number}/{part.name}"
                earlier = self._written.get(name)
                if earlier is None or not part.is_same(earlier.source):
                    earlier = self._write(part.make(), part.source)
                written[name] = earlier
        if {name: one.file for name, one in written.items()} != {
            name: one.file for name, one in self._written.items()
        }:
            self._write_list([run.number for run in runs], written)
            self._written = written
            self._drop_others({one.file for one in written.values()})

    def drop(self) -> None:
        """Delete the folder."""
        self._written = {}
        drop_kept_runs(self.folder)

    def _write(self, content: bytes, source: tuple[object, ...]) -> _Written:
        file = f"{self._next}{_SUFFIX}"
        self._next += 1
        path = self.folder / file
        try:
            path.write_bytes(content)
        except OSError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        return _Written(source, file, len(content))

    def _write_list(self, numbers: list[int], written: dict[str, _Written]) -> None:
        files = {name: [one.file, one.size] for name, one in written.items()}
        text = json_bytes({"nnplay": _MARK, "format": _FORMAT, "runs": numbers, "files": files})
        new = self.folder / _NEW_LIST
        new.write_bytes(text)
        new.replace(self.folder / _LIST)

    def _drop_others(self, kept: set[str]) -> None:
        for file in listed(self.folder):
            if file.suffix == _SUFFIX and file.name not in kept:
                with suppress(OSError):
                    file.unlink(missing_ok=True)


def drop_kept_runs(folder: Path) -> None:
    """Delete a folder of kept runs; a file that cannot be deleted stays."""
    for file in listed(folder):
        if file.suffix == _SUFFIX or file.name in (_LIST, _NEW_LIST):
            with suppress(OSError):
                file.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def read_kept_runs(folder: Path) -> tuple[RecordedRun, ...]:
    """Return the runs in a folder, without those that are damaged."""
    try:
        numbers, files = _read_list(folder)
    except DocumentError:
        return ()
    found: dict[str, RecordedRun] = {}
    for number in numbers:
        with suppress(DocumentError):
            run = read_run_parts(partial(_read_part, folder, files, f"runs/{number}/"))
            if run.number == number:
                found[run.id] = run
    return tuple(found.values())


def _read_list(folder: Path) -> tuple[list[int], dict[str, Any]]:
    try:
        content = read_limited(folder / _LIST, _LIST_LIMIT)
    except (OSError, ValueError) as error:
        raise DocumentError(reason(error)) from error
    value = read_json(content, _LIST)
    numbers, files = value.get("runs"), value.get("files")
    if value.get("nnplay") != _MARK or value.get("format") != _FORMAT:
        raise damaged(_LIST)
    if not isinstance(numbers, list) or len(numbers) > MOST_RUNS or not isinstance(files, dict):
        raise damaged(_LIST)
    if not all(type(one) is int for one in numbers) or len(files) > MOST_MEMBERS:
        raise damaged(_LIST)
    return sorted(set(numbers)), files


def _read_part(folder: Path, files: dict[str, Any], place: str, name: str, limit: int) -> bytes:
    entry = files.get(place + name)
    if not (is_member_name(place + name) and isinstance(entry, list) and len(entry) == 2):
        raise damaged(name)
    file, size = entry
    is_own = isinstance(file, str) and file.endswith(_SUFFIX) and file[: -len(_SUFFIX)].isdecimal()
    if not is_own or type(size) is not int or not 0 <= size <= LARGEST or 0 <= limit < size:
        raise damaged(name)
    try:
        content = read_limited(folder / file, size + 1)
    except (OSError, ValueError) as error:
        raise damaged(name) from error
    if len(content) != size:
        raise damaged(name)
    return content
