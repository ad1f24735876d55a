"""Run > Memory for each run: how much the recording of a run may take."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from nnplay.gui.bars.actions import Memory
from nnplay.gui.style.plain import plain
from nnplay.link import RunMemory
from nnplay.link.run_memory import CHOICES, USUAL
from nnplay.translation import _


class MemoryMenu(QMenu):
    """A choice of sizes, one of which is checked."""

    def __init__(self, parent: QMenu, memory: Memory) -> None:
        """Check what was chosen last."""
        super().__init__(_("&Memory for each run"), parent)
        self._memory = memory
        self.setToolTipsVisible(True)
        tip = _(
            "For the film and the points to continue from, of the next runs. With less, a run has "
            "fewer of both; of a large network, a minimum of them is kept."
        )
        group = QActionGroup(self)
        for size in CHOICES:
            text = _("{n} MB").format(n=size)
            action = self.addAction(
                _("{size} (usual)").format(size=text) if size == USUAL else text
            )
            action.setCheckable(True)
            action.setChecked(size == memory.memory.megabytes)
            action.setData(size)
            action.setToolTip(plain(tip))
            action.triggered.connect(self._pick)
            group.addAction(action)

    @Slot()
    def _pick(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._memory.choose(RunMemory(int(action.data())))
