"""Opens the dialog that trains with several seeds."""

from __future__ import annotations

from threading import Lock

from PySide6.QtCore import QObject, Slot

from nnplay.gui.dialogs.dialog_host import DialogHost
from nnplay.session import Controller


class SeedsAction(QObject):
    """Opens the dialog on the current experiment, where nothing prevents it."""

    def __init__(self, controller: Controller, dialogs: DialogHost, turn: Lock) -> None:
        """Make it; the training waits for other tasks that share `turn`."""
        super().__init__(dialogs)
        self._controller, self._dialogs, self._turn = controller, dialogs, turn

    @Slot()
    def ask(self) -> None:
        """Open the dialog."""
        # Not imported with the window, which need not wait for its plot.
        from nnplay.gui.seeds.dialog import SeedsDialog

        if not self._dialogs.is_free:
            return
        experiment = self._controller.comparable_experiment()
        if experiment is not None:
            self._dialogs.open(SeedsDialog(experiment, self._turn, self._dialogs.window))
