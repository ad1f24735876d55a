"""Documents with runs: read from and written to .nnplay files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from nnplay.experiment import Experiment
from nnplay.filesystem import look
from nnplay.gui.background.live import LiveRun
from nnplay.gui.shell.with_progress import CancelledError, Report, Work, run_with_progress
from nnplay.record.recorded_run import RecordedRun
from nnplay.record.storage.errors import DocumentError
from nnplay.translation import _, ngettext

if TYPE_CHECKING:
    from nnplay.record.storage.document import StoredDocument

SUFFIX = ".nnplay"
SMALL_BYTES = 20_000_000
"""What is written and read within a moment, without a thread of its own."""


class RunFiles:
    """The runs of a window as part of a file."""

    def __init__(self, live: LiveRun, window: QWidget) -> None:
        self._live, self._window = live, window

    @property
    def has_runs(self) -> bool:
        """Whether there is any run to save."""
        return bool(self._live.run.runs)

    @property
    def unsaved(self) -> tuple[RecordedRun, ...]:
        """The runs that have ended and that no file has."""
        return self._live.shelf.unsaved

    def write(self, path: Path, experiment: Experiment) -> bool:
        """Write a document; return False if the user cancels. Raises DocumentError."""
        runs, shelf = self._live.run.runs, self._live.shelf
        kept = shelf.runs
        size = sum(run.size for run in runs)
        label = ngettext("Saving {n} run …", "Saving {n} runs …", len(runs)).format(n=len(runs))
        work = partial(_write, path, experiment, runs, shelf.compared)
        if self._wait_for(work, size, label) is None:
            return False
        shelf.mark_saved(kept)
        return True

    def read(self, path: Path) -> StoredDocument | None:
        """Return the document in a file, None if the user cancels. Raises DocumentError."""
        label = _("Opening {path} …").format(path=path.name)
        found = self._wait_for(partial(_read, path), look(path).size, label)
        return found  # type: ignore[return-value]

    def show(self, found: StoredDocument) -> None:
        """Put the runs of a file on the shelf, and compare those that were compared."""
        self._live.shelf.replace_all(found.runs, compared=found.compared)

    def _wait_for(self, work: Work, size: int, label: str) -> object:
        if size <= SMALL_BYTES:
            return work(_ignore)
        try:
            return run_with_progress(self._window, label, work)
        except CancelledError:
            return None


def _write(
    path: Path,
    experiment: Experiment,
    runs: tuple[RecordedRun, ...],
    compared: tuple[str, ...],
    report: Report,
) -> bool:
    # Late, as the window reads this module before it is shown.
    from nnplay.record.storage.document import write_document

    write_document(path, experiment, runs, report, compared)
    return True


def _read(path: Path, report: Report) -> StoredDocument:
    from nnplay.record.storage.document import read_document

    return read_document(path, report)


def _ignore(_share: float) -> None:
    """Show no progress."""


__all__ = ["SUFFIX", "DocumentError", "RunFiles"]
