"""The trained network of the window: saving its weights, and asking before it would be lost."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nnplay.filesystem import reason
from nnplay.gui.background.live import LiveRun
from nnplay.gui.shell.exporting import Exporting
from nnplay.gui.shell.files import Files
from nnplay.gui.style.plain import ask
from nnplay.link import Result
from nnplay.session import Document
from nnplay.translation import _, ngettext

SUFFIX = ".safetensors"


class TrainedNetwork(QObject):
    """Saves the weights of the finished run."""

    saved = Signal(str)
    """A message about the file."""
    failed = Signal(str)
    """What went wrong."""

    def __init__(self, document: Document, files: Files, live: LiveRun, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._files, self._live = document, files, live
        self._window = window
        self.exports = Exporting(document, files, live, window)
        self.exports.saved.connect(self.saved)
        self.exports.failed.connect(self.failed)
        self._kept: Result | None = None
        """The result whose weights have been saved."""

    def shut_down(self, milliseconds: int) -> bool:
        """Cancel an export and wait; return whether it has ended in time."""
        return self.exports.shut_down(milliseconds)

    def can_be_saved(self) -> bool:
        """Whether a run has finished."""
        return self._live.state.result is not None

    @Slot()
    def save(self) -> bool:
        """Ask for a file and save the weights there; return whether they are saved."""
        if self._live.state.result is None:
            return False
        path, _filter = QFileDialog.getSaveFileName(
            self._window,
            _("Save weights"),
            self._files.suggestion(SUFFIX),
            _("Weights (*.safetensors)") + ";;" + _("All files (*)"),
        )
        if not path:
            return False
        chosen = Path(path)
        return self.save_to(chosen if chosen.suffix else chosen.with_suffix(SUFFIX))

    def save_to(self, path: Path) -> bool:
        """Save the weights to a file; return whether they are saved."""
        # Not imported with the window, which need not wait for NumPy's formats.
        from nnplay.record.weights_file import save_weights

        result = self._live.state.result
        assert result is not None
        try:
            save_weights(result, path)
        except (OSError, ValueError) as error:
            text = _("{path} could not be saved: {why}.")
            self.failed.emit(text.format(path=path.name, why=reason(error)))
            return False
        self._kept = result
        text = _("The weights are saved as {path}. Another network can start from them: {button}.")
        self.saved.emit(text.format(path=path.name, button=_("Load pretrained weights")))
        return True

    @property
    def _unsaved_count(self) -> int:
        """How many runs no file has, neither as a run nor as weights."""
        runs = self._files.unsaved_runs
        return sum(run.result is None or run.result is not self._kept for run in runs)

    def may_close(self) -> bool:
        """Ask once what to do with unsaved changes and the network; return whether to close."""
        state = self._live.state
        is_lost = state.is_alive and state.phase != "starting"
        unsaved = self._unsaved_count
        if not is_lost and not unsaved:
            return self._files.may_leave()
        name = self._files.title()
        text = ngettext(
            "Keep the trained network of “{name}”? {n} run has not been saved.",
            "Keep the trained networks of “{name}”? {n} runs have not been saved.",
            unsaved,
        ).format(name=name, n=unsaved)
        if is_lost:
            text = _(
                "“{name}” is still being trained, and its network will be lost. To keep it, press "
                "Cancel, then Stop."
            ).format(name=name)
        if self._document.is_dirty:
            text += " " + _("The experiment has unsaved changes.")
        return self._answered(text, can_save=self._document.is_dirty or not is_lost)

    def _answered(self, text: str, can_save: bool) -> bool:
        buttons = QMessageBox.StandardButton
        first = buttons.Save if can_save else buttons.Cancel
        offered = first | buttons.Discard | buttons.Cancel
        button = ask(self._window, _("Close nnplay"), text, offered, first)
        if button == buttons.Save:
            if not self._unsaved_count:
                return self._files.save()
            # Where the user prefers a file without runs, the weights can be kept by themselves.
            is_saved = self._files.save_runs()
            is_kept = not self._unsaved_count or self._live.state.result is None
            return is_saved and (is_kept or self.save())
        return button == buttons.Discard
