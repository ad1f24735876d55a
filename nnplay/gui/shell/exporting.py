"""File > Export: asks for a file and writes it beside the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QWidget

from nnplay.data import DataError
from nnplay.experiment import WeightsError, check
from nnplay.exports import ExportError, ExportFormat, ExportSource, export_formats
from nnplay.filesystem import reason, replace_file
from nnplay.gui.background.background_task import BackgroundTask
from nnplay.gui.background.live import LiveRun
from nnplay.gui.shell.files import Files
from nnplay.record.recorded_run import RecordedRun
from nnplay.session import Document, problem_text
from nnplay.translation import _

SHOW_PROGRESS_MS = 1000


class _CancelledError(Exception):
    """The user has cancelled the export."""


class Exporting(QObject):
    """Exports the edited experiment, the run shown or a recorded one, one at a time."""

    saved = Signal(str)
    """A message about the files."""
    failed = Signal(str)
    """What went wrong."""

    def __init__(self, document: Document, files: Files, live: LiveRun, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._files, self._live = document, files, live
        self._window = window
        self._task = BackgroundTask(self)
        self._task.ended.connect(self._end)
        self._progress: QProgressDialog | None = None

    @property
    def is_busy(self) -> bool:
        """Whether an export is in progress."""
        return self._task.is_busy

    def formats(self) -> Sequence[ExportFormat]:
        """Return all formats in order."""
        return export_formats()

    def ask_about(self, run: RecordedRun, key: str) -> None:
        """Ask for a file and export a recorded run there, in the format with that key."""
        # Imported late, as the first window need not wait for NumPy's formats.
        from nnplay.record.finished_run import FinishedRun

        (format_,) = (one for one in self.formats() if one.key == key)
        source = ExportSource(run.edited)
        if run.result is not None:
            finished = FinishedRun.of(run.result, run.steps, run.epochs, run.film)
            source = ExportSource(run.result.experiment, finished)
        if refusal := self._busy() or format_.refusal(source):
            self.failed.emit(refusal)
        else:
            self._ask_path(format_, source, f"-run-{run.number}")

    def _busy(self) -> str:
        return _("Another export is in progress.") if self._task.is_busy else ""

    def refusal(self, format_: ExportFormat) -> str:
        """Return why a format is not available now; empty if it is."""
        if busy := self._busy():
            return busy
        if format_.needs_run and self._live.state.result is None:
            return format_.refusal(None)
        return ""

    def ask(self, format_: ExportFormat) -> None:
        """Ask for a file and export there."""
        if refusal := self.refusal(format_):
            self.failed.emit(refusal)
            return
        problems = () if format_.needs_run else check(self._document.experiment)
        if problems:
            self.failed.emit(problem_text(problems[0]))
            return
        self._ask_path(format_, self._source(format_), "")

    def _ask_path(self, format_: ExportFormat, source: ExportSource, ending: str) -> None:
        suggestion = Path(self._files.suggestion(format_.suffix))
        path, _filter = QFileDialog.getSaveFileName(
            self._window,
            _("Export"),
            str(suggestion.with_stem(suggestion.stem + ending)),
            f"{_(format_.label)} (*{format_.suffix});;{_('All files (*)')}",
        )
        if path:
            chosen = Path(path)
            chosen = chosen if chosen.suffix else chosen.with_suffix(format_.suffix)
            self.write(format_, chosen, source)

    def write(self, format_: ExportFormat, path: Path, source: ExportSource | None = None) -> None:
        """Export to a file in the background; the message follows when it is there.

        Without a `source`, it is what the window shows.
        """
        source = source or self._source(format_)
        self._progress = QProgressDialog(
            _("Exporting {name}…").format(name=path.name), _("Cancel"), 0, 0, self._window
        )
        self._progress.setWindowTitle(_("Export"))
        self._progress.setMinimumDuration(SHOW_PROGRESS_MS)
        self._progress.canceled.connect(self._task.cancel)
        self._task.start(partial(self._files_written, format_, source, path))

    def shut_down(self, milliseconds: int) -> bool:
        """Cancel and wait; return whether the thread has ended in time."""
        return self._task.shut_down(milliseconds)

    def _source(self, format_: ExportFormat) -> ExportSource:
        from nnplay.record.finished_run import FinishedRun  # late, for the same reason

        result, link = self._live.state.result, self._live.run.link
        edited = self._document.experiment
        if result is None or link is None:
            return ExportSource(edited)
        if not format_.needs_run and result.experiment != edited:
            return ExportSource(edited)
        run = FinishedRun.of(result, link.steps, link.epochs, link.film)
        return ExportSource(result.experiment, run)

    def _files_written(
        self, format_: ExportFormat, source: ExportSource, path: Path
    ) -> tuple[Path, ...] | None:
        """Write the files and return them, None if it was cancelled; runs in the thread."""
        try:
            files = format_.files(replace(source, poll=self._poll), path.name)
        except _CancelledError:
            return None
        except (ExportError, WeightsError) as error:
            raise DataError(str(error), error.hint) from error
        if self._task.is_cancelled():
            return None
        paths = tuple(path.parent / name for name in files)
        for one, content in zip(paths, files.values(), strict=True):
            try:
                replace_file(one, content)
            except OSError as error:
                text = _("{path} could not be saved: {why}.")
                raise DataError(text.format(path=one.name, why=reason(error))) from error
        return paths

    def _poll(self) -> None:
        if self._task.is_cancelled():
            raise _CancelledError

    @Slot(object)
    def _end(self, result: object) -> None:
        if self._progress is not None:
            self._progress.canceled.disconnect(self._task.cancel)
            self._progress.reset()
            self._progress.deleteLater()
            self._progress = None
        if isinstance(result, tuple):
            names = ", ".join(path.name for path in result)
            self.saved.emit(_("Saved as {files}").format(files=names))
        elif isinstance(result, DataError):
            self.failed.emit(f"{result} {result.hint}".strip())
        elif isinstance(result, Exception):
            self.failed.emit(_("Something went wrong: {error}").format(error=result))
        elif result is None:
            self.saved.emit(_("Export cancelled: nothing was written."))
