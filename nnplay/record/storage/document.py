"""Documents as one file: an experiment and its recorded runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from zipfile import ZIP_STORED, LargeZipFile, ZipFile, ZipInfo

from nnplay.experiment import Experiment, FileError, dumps, loads
from nnplay.experiment.storage.relative_paths import with_short_paths, with_whole_paths
from nnplay.filesystem import absolute, reason, replacing
from nnplay.record.recorded_run import RecordedRun
from nnplay.record.storage.archive import LARGEST, MOST_MEMBERS, open_archive
from nnplay.record.storage.errors import DocumentError
from nnplay.record.storage.plain_values import (
    damaged,
    json_bytes,
    parsed,
    read_json,
    refuse_many_parts,
)
from nnplay.record.storage.run_parts import (
    EXPERIMENT_FILE,
    EXPERIMENT_LIMIT,
    JSON_LIMIT,
    Read,
    read_run_parts,
    run_parts,
)
from nnplay.translation import _

SUFFIX = ".nnplay"
FORMAT = 1
"""The format that is written."""
HEAD_FILE = "nnplay.json"
MOST_RUNS = 1_000
_MARK = "document"
Report = Callable[[float], None]
"""Called with the share that is done; may raise to cancel."""


@dataclass(frozen=True)
class StoredDocument:
    """An experiment and its recorded runs."""

    experiment: Experiment
    runs: tuple[RecordedRun, ...] = ()
    compared: tuple[str, ...] = ()
    """The ids of the runs whose curves are compared, by their places; "" for a free place."""


@dataclass(frozen=True)
class Head:
    """What the first part of a document says about the others."""

    runs: int
    compared: tuple[str, ...] = ()


def write_document(
    path: Path,
    experiment: Experiment,
    runs: Sequence[RecordedRun],
    report: Report | None = None,
    compared: tuple[str, ...] = (),
) -> None:
    """Write an experiment and its runs; raises DocumentError, and then keeps an old file."""
    folder = absolute(path).parent
    try:
        text = dumps(_moved(experiment, folder)).encode()
        if len(text) > EXPERIMENT_LIMIT:
            raise DocumentError(_("the experiment is too large"))
        parts: list[tuple[str, Callable[[], bytes]]] = [
            (HEAD_FILE, partial(head_bytes, Head(len(runs), compared))),
            (EXPERIMENT_FILE, partial(bytes, text)),
        ]
        for number, run in enumerate(runs):
            own = run_parts(replace(run, experiment=_moved(run.experiment, folder)))
            parts += [(f"runs/{number}/{part.name}", part.make) for part in own]
        if len(parts) > MOST_MEMBERS:
            raise DocumentError(_("it has too many runs"))
        with replacing(path) as file:
            with ZipFile(file, "w", ZIP_STORED, allowZip64=False) as archive:
                for done, (name, make) in enumerate(parts):
                    # Without the time: the same document, the same bytes.
                    archive.writestr(ZipInfo(name), make())
                    if report is not None:
                        report((done + 1) / len(parts))
            if file.tell() > LARGEST:
                raise LargeZipFile
    except LargeZipFile as error:
        raise DocumentError(_("the runs are too large for one file: delete some")) from error
    except FileError as error:
        raise DocumentError(str(error)) from error
    except (OSError, ValueError) as error:
        raise DocumentError(reason(error)) from error


def read_document(path: Path, report: Report | None = None) -> StoredDocument:
    """Return the document in a file; raises DocumentError.

    Names, sizes, shapes and numbers are checked before anything is allocated for them.
    """
    with open_archive(path) as archive:
        head = read_head(archive.read)
        text = archive.read(EXPERIMENT_FILE, EXPERIMENT_LIMIT)
        refuse_many_parts(text, EXPERIMENT_FILE)
        try:
            experiment = with_whole_paths(loads(text), absolute(path).parent)
        except FileError as error:
            raise DocumentError(str(error)) from error
        runs = []
        for number in range(head.runs):
            run = read_run_parts(partial(_read_below, archive.read, f"runs/{number}/"))
            runs.append(_with_whole_paths(run, absolute(path).parent))
            if report is not None:
                report((number + 1) / head.runs)
    check_identities(runs)
    known = {run.id for run in runs}
    compared = tuple(one if one in known else "" for one in head.compared)
    return StoredDocument(experiment, tuple(runs), compared)


def head_bytes(head: Head) -> bytes:
    """Return the first part of a document."""
    about = {"runs": head.runs, "compared": head.compared}
    return json_bytes({"format": FORMAT, "nnplay": _MARK, **about})


def read_head(read: Read) -> Head:
    """Return what a document has; raises DocumentError."""
    head = read_json(read(HEAD_FILE, JSON_LIMIT), HEAD_FILE)
    number, count = head.get("format"), head.get("runs")
    if head.get("nnplay") != _MARK or type(number) is not int or number < 1:
        raise DocumentError(_("it is truncated, or of another type"))
    if number > FORMAT:
        raise DocumentError(
            _("it was written by a newer version of nnplay (format {number})").format(number=number)
        )
    if type(count) is not int or not 0 <= count <= MOST_RUNS:
        raise damaged(HEAD_FILE)
    try:
        # Older files do not say what was compared.
        compared = parsed(tuple[str, ...], head.get("compared", []))
    except (ValueError, TypeError) as error:
        raise damaged(HEAD_FILE) from error
    # An id twice would have two colours.
    named = [one for one in compared if one]
    if len(compared) > MOST_RUNS or len(set(named)) < len(named):
        raise damaged(HEAD_FILE)
    return Head(count, compared)


def check_identities(runs: Sequence[RecordedRun]) -> None:
    """Raise DocumentError if two runs have the same id or number."""
    if len({run.id for run in runs}) < len(runs) or len({run.number for run in runs}) < len(runs):
        raise DocumentError(_("it contains a run twice"))


def _moved(experiment: Experiment, folder: Path) -> Experiment:
    """Return an experiment with paths relative to the folder of its file."""
    return with_short_paths(with_whole_paths(experiment, Path.cwd()), folder)


def _with_whole_paths(run: RecordedRun, folder: Path) -> RecordedRun:
    experiment = with_whole_paths(run.experiment, folder)
    result = None if run.result is None else replace(run.result, experiment=experiment)
    return replace(run, experiment=experiment, result=result)


def _read_below(read: Read, folder: str, name: str, limit: int) -> bytes:
    return read(folder + name, limit)
