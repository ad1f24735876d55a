"""Sets weights of the run that were typed in the drawing of the network."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from nnplay.gui.background.live import LiveRun
from nnplay.gui.bars.notice import Notice
from nnplay.gui.workspace import Workspace
from nnplay.translation import _


class WeightCommands(QObject):
    """Passes them on to the run, which they belong to as its other changes do."""

    def __init__(self, live: LiveRun, workspace: Workspace, notice: Notice) -> None:
        super().__init__(live)
        self._live, self._notice = live, notice
        workspace.weight_edited.connect(self._set)

    @Slot(str, float)
    def _set(self, path: str, value: float) -> None:
        if not self._live.run.set_weight(path, value):
            self._notice.show_message(
                _("Weights can be set only while a run is paused or in progress."),
                _("Press Step to begin one, or train on."),
            )
