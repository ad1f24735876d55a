"""Opening and saving experiments, without losing unsaved changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nnplay.experiment import FileError, chapters, is_page, open_file, preset, save
from nnplay.filesystem import is_file
from nnplay.gui.background.live import LiveRun
from nnplay.gui.shell.run_files import SUFFIX as RUNS_SUFFIX
from nnplay.gui.shell.run_files import DocumentError, RunFiles
from nnplay.gui.style.plain import ask
from nnplay.record.recorded_run import RecordedRun
from nnplay.session import Document, LastWork, Recent, Work, work_title
from nnplay.translation import _, ngettext

SUFFIX = ".json"


class Files(QObject):
    """Opens and saves the document, and asks before changes would be lost."""

    failed = Signal(str)
    """What went wrong."""
    recent_changed = Signal()
    leaving = Signal()
    """Another experiment is about to be opened."""

    def __init__(self, document: Document, recent: Recent, last: LastWork, window: QWidget) -> None:
        super().__init__(window)
        self._document = document
        self._recent = recent
        self._last = last
        self._window = window
        self._run_files: RunFiles | None = None

    def follow(self, live: LiveRun) -> None:
        """Keep the runs in the file as well; to be called once."""
        self._run_files = RunFiles(live, self._window)

    def open_preset(self, key: str) -> None:
        """Open an example; asks only about unsaved changes of a file, as undo restores others."""
        if self._document.path is None or self.may_leave():
            self.leaving.emit()
            self._document.open(preset(key).experiment, None, _("Open example"))

    def open_path(self, path: Path) -> None:
        """Open a file; where it cannot be read, nothing changes."""
        try:
            if self._run_files is not None and path.suffix.lower() == RUNS_SUFFIX:
                self._open_with_runs(path, self._run_files)
                return
            experiment = open_file(path)
        except (FileError, DocumentError) as error:
            self.failed.emit(
                _("{path} could not be opened. {why}").format(path=path.name, why=error)
            )
            return
        self.leaving.emit()
        # Saving must not replace a page by an experiment.
        self._document.open(experiment, None if is_page(path) else path, _("Open file"))
        self._remember(path)

    def _open_with_runs(self, path: Path, run_files: RunFiles) -> None:
        found = run_files.read(path)
        if found is None or not self._may_replace_runs():
            return
        self.leaving.emit()
        self._document.open(found.experiment, path, _("Open file"))
        run_files.show(found)
        self._remember(path)

    def _may_replace_runs(self) -> bool:
        """Ask what to do with runs that no file has; return whether they may be replaced."""
        count = len(self.unsaved_runs)
        if not count:
            return True
        text = ngettext(
            "Save {n} run of “{name}”? The runs of the other file replace it.",
            "Save {n} runs of “{name}”? The runs of the other file replace them.",
            count,
        ).format(n=count, name=self.title())
        return self._saved_or_discarded(_("Unsaved runs"), text, self.save_runs)

    @property
    def unsaved_runs(self) -> tuple[RecordedRun, ...]:
        """The runs that have ended and that no file has."""
        return () if self._run_files is None else self._run_files.unsaved

    def open_after_asking(self, path: Path) -> None:
        """Open a file unless the user cancels because of unsaved changes."""
        if self.may_leave():
            self.open_path(path)

    def last_work(self) -> Work | None:
        """Return what was open when a window was closed last, if it is not what is open now."""
        work = self._last.read()
        if work is None or work == self._document.work:
            return None
        return None if work.path is not None and not is_file(work.path) else work

    @Slot()
    def open_last(self) -> None:
        """Open what was open when a window was closed last."""
        work = self._last.read()
        if work is None or not self.may_leave():
            return
        if work.path is not None:
            self.open_path(work.path)
            return
        self.leaving.emit()
        self._document.open(work.experiment, None, _("Open last experiment"))

    def keep_last(self) -> None:
        """Store what is open, so that it can be offered at the next start."""
        work = self._document.kept_work
        if work is not None and work != Work(chapters()[0].presets[0].experiment, None):
            self._last.keep(work)

    @Slot()
    def ask_open(self) -> None:
        """Let the user choose a file and open it."""
        if not self.may_leave():
            return
        path, _filter = QFileDialog.getOpenFileName(
            self._window, _("Open experiment"), self._folder(), self._filter()
        )
        if path:
            self.open_path(Path(path))

    @Slot()
    def save(self) -> bool:
        """Save to the document's file, or ask for one; return whether it is saved."""
        if self._document.path is None:
            return self.save_as()
        return self.save_to(self._document.path)

    def save_runs(self) -> bool:
        """Save the experiment with its runs; return whether it is saved."""
        path = self._document.path
        if path is not None and path.suffix.lower() == RUNS_SUFFIX:
            return self.save_to(path)
        return self.save_as()

    @Slot()
    def save_as(self) -> bool:
        """Ask for a file and save there; return whether it is saved."""
        has_runs = self._run_files is not None and self._run_files.has_runs
        filters = [_with_runs(), _alone()] if has_runs else [_alone(), _with_runs()]
        suffix = RUNS_SUFFIX if has_runs else SUFFIX
        path, chosen_filter = QFileDialog.getSaveFileName(
            self._window,
            _("Save experiment"),
            self.suggestion(suffix),
            ";;".join([*filters, _("All files (*)")]),
        )
        if not path:
            return False
        suffix = {_with_runs(): RUNS_SUFFIX, _alone(): SUFFIX}.get(chosen_filter, suffix)
        chosen = Path(path)
        return self.save_to(chosen if chosen.suffix else chosen.with_suffix(suffix))

    def save_to(self, path: Path) -> bool:
        """Save to a file, with the runs if its name says so; return whether it is saved."""
        try:
            if self._run_files is not None and path.suffix.lower() == RUNS_SUFFIX:
                if not self._run_files.write(path, self._document.experiment):
                    return False
            else:
                save(path, self._document.experiment)
        except (FileError, DocumentError) as error:
            self.failed.emit(
                _("{path} could not be saved. {why}").format(path=path.name, why=error)
            )
            return False
        self._document.saved(path)
        self._remember(path)
        return True

    def may_leave(self) -> bool:
        """Ask what to do with unsaved changes; return whether the experiment may be closed."""
        if not self._document.is_dirty:
            return True
        text = _("Save the changes to “{name}”?").format(name=self.title())
        return self._saved_or_discarded(_("Unsaved changes"), text, self.save)

    def _saved_or_discarded(self, title: str, text: str, save_it: Callable[[], bool]) -> bool:
        buttons = QMessageBox.StandardButton
        offered = buttons.Save | buttons.Discard | buttons.Cancel
        button = ask(self._window, title, text, offered, buttons.Save)
        if button == buttons.Save:
            return save_it()
        return button == buttons.Discard

    def title(self) -> str:
        """Return the name of the file, or of the experiment, or "untitled"."""
        return work_title(self._document.work)

    def suggestion(self, suffix: str) -> str:
        """Return a path for a new file with that suffix."""
        if self._document.path is not None:
            return str(self._document.path.with_suffix(suffix))
        name = self._document.experiment.name.lower() or "experiment"
        plain = "".join(c if c.isalnum() else "-" for c in name).strip("-")
        return str(Path(self._folder()) / f"{plain}{suffix}")

    def _remember(self, path: Path) -> None:
        self._recent.add(path)
        self.recent_changed.emit()

    def _folder(self) -> str:
        recent = self._recent.paths()
        return str(recent[0].parent) if recent else str(Path.home())

    def _filter(self) -> str:
        both, pages = _("nnplay files (*.json *.nnplay)"), _("Exported web pages (*.html)")
        return f"{both};;{pages};;{_('All files (*)')}"


def _alone() -> str:
    return _("nnplay experiments (*.json)")


def _with_runs() -> str:
    return _("nnplay experiments with runs (*.nnplay)")
