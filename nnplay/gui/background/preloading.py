"""Loads torch while the user looks at the first window, and what the first run would wait for."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from nnplay.experiment import Experiment
from nnplay.gui.background.thread import Worker


class Preloading(QObject):
    """Does its work once, after `start`."""

    devices_known = Signal(object)
    """A tuple of the engine's DeviceChoice."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = Worker(parent=self)
        self._worker.told.connect(self.devices_known)

    def start(self, experiment: Experiment | None = None) -> None:
        """Begin loading, unless it has begun; with an experiment also its steps."""
        if not self._worker.isRunning():
            self._worker.begin(partial(self._load, experiment))

    def shut_down(self, milliseconds: int) -> bool:
        """Wait for the piece under way; say whether the loading has ended."""
        self._worker.requestInterruption()
        return self._worker.wait(milliseconds)

    def _load(self, experiment: Experiment | None) -> None:
        from nnplay.engine import devices, prepare_steps

        self._worker.told.emit(devices())
        if experiment is not None:
            prepare_steps(experiment, self._may_go_on)

    def _may_go_on(self) -> bool:
        return not self._worker.isInterruptionRequested()
