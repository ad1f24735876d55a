"""Loads torch while the user looks at the first window."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtCore import QObject, Signal

from nnplay.gui.background.thread import Worker


class Preloading(QObject):
    """Does its work once, after `start`."""

    devices_known = Signal(object)
    """A tuple of the engine's DeviceChoice."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = Worker(parent=self)
        self._worker.told.connect(self.devices_known)

    def start(self) -> None:
        """Begin loading, unless it has begun."""
        if not self._worker.isRunning():
            self._worker.begin(self._load)

    def shut_down(self, milliseconds: int) -> bool:
        """Wait for the loading; say whether it has ended."""
        return self._worker.wait(milliseconds)

    def _load(self) -> None:
        from nnplay.engine import devices

        self._worker.told.emit(devices())
        # The rest of what the first run needs.
        import_module("nnplay.engine.loop")
