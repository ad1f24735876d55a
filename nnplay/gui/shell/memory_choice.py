"""How much memory the user gives to each run."""

from __future__ import annotations

from nnplay.gui.background.live import LiveRun
from nnplay.gui.shell.settings import WindowSettings
from nnplay.link import RunMemory


class MemoryChoice:
    """Passes the setting on to the runs that start from now on."""

    def __init__(self, settings: WindowSettings, live: LiveRun) -> None:
        """Use what was chosen last."""
        self._settings, self._live = settings, live
        live.set_memory(settings.run_memory)

    @property
    def memory(self) -> RunMemory:
        """What each run may take."""
        return self._settings.run_memory

    def choose(self, memory: RunMemory) -> None:
        """Give that much to the next runs, also after the next start."""
        self._settings.run_memory = memory
        self._live.set_memory(memory)
