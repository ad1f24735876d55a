"""One run of a .nnplay file, as the command line uses it."""

from __future__ import annotations

from pathlib import Path

from nnplay.filesystem import is_absent
from nnplay.record.continuable import ContinuableRun
from nnplay.record.finished_run import FinishedRun
from nnplay.record.recorded_run import RecordedRun
from nnplay.record.saved_run import SavedRunError
from nnplay.record.storage.document import read_document
from nnplay.record.storage.errors import DocumentError
from nnplay.translation import _


def run_of(path: Path, number: int | None) -> RecordedRun:
    """Return the run with that number, or the newest one; raises SavedRunError."""
    if is_absent(path):
        raise SavedRunError(_("There is no file {path}.").format(path=path))
    try:
        runs = {run.number: run for run in read_document(path).runs}
    except DocumentError as error:
        text = _("{path} cannot be opened: {why}.").format(path=path, why=error)
        raise SavedRunError(text) from error
    if not runs:
        raise SavedRunError(
            _("{path} has no runs.").format(path=path),
            _("Train the network in the window and save it, or export the experiment."),
        )
    chosen = max(runs) if number is None else number
    if chosen not in runs:
        raise SavedRunError(
            _("{path} has no run {number}.").format(path=path, number=number),
            _("Its runs: {numbers}.").format(numbers=", ".join(map(str, sorted(runs)))),
        )
    return runs[chosen]


def finished_run(path: Path, number: int | None = None) -> FinishedRun:
    """Return a run of a .nnplay file that has a result; raises SavedRunError."""
    run = run_of(path, number)
    if run.result is None:
        raise SavedRunError(
            _("Run {number} of {path} has not finished.").format(number=run.number, path=path),
            _("Continue it to its end, or choose another one with --run."),
        )
    return FinishedRun.of(run.result, run.steps, run.epochs, run.film)


def continuable_run(path: Path, number: int | None = None) -> ContinuableRun:
    """Return a run of a .nnplay file that can be continued; raises SavedRunError."""
    run = run_of(path, number)
    point = run.points.newest
    if point is None:
        text = _("Run {number} of {path} has no step to continue from.")
        raise SavedRunError(text.format(number=run.number, path=path))
    return ContinuableRun(
        path.stem,
        run.edited,
        point,
        run.steps,
        run.epochs,
        run.edits,
        None if run.started is None else run.started.threads,
        run.result is not None and bool(run.result.divergence),
        run.film,
        run.points,
    )
