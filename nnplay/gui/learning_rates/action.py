"""Opens the comparison of learning rates, and uses the rate that is chosen there."""

from __future__ import annotations

from threading import Lock

from PySide6.QtCore import QObject, Slot

from nnplay.gui.dialogs.dialog_host import DialogHost
from nnplay.session import Controller


class LearningRatesAction(QObject):
    """Opens the dialog on the current experiment, where nothing prevents it."""

    def __init__(self, controller: Controller, dialogs: DialogHost, turn: Lock) -> None:
        """Make it; the comparison waits for other tasks that share `turn`."""
        super().__init__(dialogs)
        self._controller, self._dialogs, self._turn = controller, dialogs, turn

    @Slot()
    def ask(self) -> None:
        """Open the dialog."""
        # Not imported with the window, which need not wait for its plots.
        from nnplay.gui.learning_rates.dialog import LearningRatesDialog

        if not self._dialogs.is_free:
            return
        experiment = self._controller.comparable_experiment()
        if experiment is None:
            return
        dialog = LearningRatesDialog(experiment, self._turn, self._dialogs.window)
        dialog.accepted.connect(self._use)
        self._dialogs.open(dialog)

    @Slot()
    def _use(self) -> None:
        from nnplay.gui.learning_rates.dialog import LearningRatesDialog

        dialog = self._dialogs.dialog
        assert isinstance(dialog, LearningRatesDialog)
        if dialog.rate is not None:
            self._controller.use_learning_rate(dialog.rate)
