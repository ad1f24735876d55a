"""Loads torch while the user looks at the first window, so that the first run need not wait."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtCore import QObject, Signal

from nnplay.gui.background.background_task import BackgroundTask
from nnplay.session import engine_import


class Preloading(QObject):
    """Loads once, after `start`."""

    devices_known = Signal(object)
    """A tuple of the engine's DeviceChoice."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = BackgroundTask(self)
        self._task.reported.connect(self.devices_known)

    def start(self) -> None:
        """Start loading, unless it is in progress."""
        if not self._task.is_busy:
            self._task.start(self._load)

    def shut_down(self, milliseconds: int) -> bool:
        """Wait, as an import cannot be stopped; return whether it has ended in time."""
        return self._task.shut_down(milliseconds)

    def _load(self) -> None:
        with engine_import:
            from nnplay.engine import devices
        self._task.report(devices())
        # The rest of what the first run needs.
        with engine_import:
            import_module("nnplay.engine.loop")
