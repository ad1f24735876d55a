"""Predictions for samples of the user's own, typed or from files, in the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from nnplay.gui.background.final_predictions import FinalPredictions
from nnplay.gui.background.live import LiveRun
from nnplay.gui.background.recorded_predictions import RecordedPredictions
from nnplay.gui.dialogs.dialog_host import DialogHost
from nnplay.gui.predicting.file_action import PredictFileAction
from nnplay.gui.runs.comparison import ComparedPredictions
from nnplay.gui.workspace import Workspace


class Predictions(QObject):
    """Asks trained and recorded networks what the workspace wants to know."""

    def __init__(self, live: LiveRun, workspace: Workspace, dialogs: DialogHost) -> None:
        super().__init__(live)
        self.final, self.files = FinalPredictions(self), PredictFileAction(dialogs)
        self.recorded, self._workspace = RecordedPredictions(self), workspace
        for follower in (self.final, self.files):
            live.state_changed.connect(follower.follow_run)
        workspace.selection_changed.connect(self.final.follow_selection)
        self.final.ready.connect(workspace.show_typed)
        workspace.files_asked.connect(self.files.ask)
        workspace.comparison_asked.connect(self.recorded.ask)
        self.recorded.ready.connect(self._show_compared)

    def shut_down(self, milliseconds: int) -> bool:
        """Drop what is in progress and wait; return whether it has ended in time."""
        # Both, even where the first one takes longer.
        ended = [task.shut_down(milliseconds) for task in (self.final, self.recorded)]
        return all(ended)

    @Slot(object)
    def _show_compared(self, predictions: ComparedPredictions) -> None:
        for panel in self._workspace.built:
            panel.show_compared(predictions)
