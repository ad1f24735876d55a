"""The door to the comparison of learning rates: says what is in its way, takes the rate found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from nnplay.data import is_present
from nnplay.experiment import set_value
from nnplay.gui.shell.problem_words import say_problem
from nnplay.session import Change
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.gui.learning_rates.dialog import RatesDialog
    from nnplay.gui.window import MainWindow


class RatesDoor(QObject):
    """Opens the dialog on the experiment of a window."""

    edited = Signal(object)
    """A Change, when a rate is to be used."""
    refused = Signal(str)
    """Why it cannot be opened now."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: RatesDialog | None = None

    @Slot()
    def ask(self) -> None:
        """Open the dialog, or say why not."""
        # Late, as a first window need not wait for it.
        from nnplay.gui.learning_rates.dialog import RatesDialog

        window = self._window
        if self.dialog is not None:
            return
        if window.problems:
            self.refused.emit(say_problem(window.problems[0]))
            return
        if window.live.state.is_alive:
            self.refused.emit(_("A run is under way, and would be slowed: stop it first."))
            return
        experiment = window.document.experiment
        if experiment.data.archive and not is_present(experiment.data.archive):
            window.fetch(experiment.data.archive)
            return
        window.comparing.stop()
        threads = (*window.live.threads, *window.comparing.threads)
        self.dialog = RatesDialog(experiment, threads, window)
        self.dialog.accepted.connect(self._accepted)
        self.dialog.finished.connect(self._finished)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.open()

    def shut_down(self, milliseconds: int) -> bool:
        """Stop what is under way and wait for it; say whether it has ended."""
        return self.dialog is None or self.dialog.shut_down(milliseconds)

    @Slot()
    def _accepted(self) -> None:
        if self.dialog is None or self.dialog.rate is None:
            return
        rate = self.dialog.rate
        changed = set_value(self._window.document.experiment, "optimizer.lr", rate)
        self.edited.emit(Change(changed, _("Learning rate {rate}").format(rate=f"{rate:g}")))

    @Slot()
    def _finished(self) -> None:
        self.dialog = None
