"""Trains in the real window, saves a screenshot and exits."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from nnplay.gui.background.loading import Loaded, NotLoaded
from nnplay.gui.window import MainWindow
from nnplay.session import RunState
from nnplay.translation import _

SETTLE_MS = 400
"""For views that redraw a moment after their last change."""


class Photographer(QObject):
    """Waits for the data, trains, waits for the end, saves the screenshot."""

    def __init__(self, window: MainWindow, path: Path) -> None:
        super().__init__(window)
        self._window = window
        self._path = path

    def begin(self) -> None:
        """Start when the data have been loaded."""
        if self._window.notice.text:
            self._give_up(self._window.notice.text, 2)
        elif self._window.controller.problems:
            self._give_up("\n".join(map(str, self._window.controller.problems)), 1)
        else:
            self._window.loading.loaded.connect(self._train)
            self._window.live.state_changed.connect(self._watch)

    @Slot(object)
    def _train(self, loaded: object) -> None:
        self._window.loading.loaded.disconnect(self._train)
        if isinstance(loaded, NotLoaded):
            self._give_up(f"{loaded.message} {loaded.hint}", 1)
        elif isinstance(loaded, Loaded):
            self._window.controller.train()

    @Slot(object)
    def _watch(self, state: RunState) -> None:
        if state.phase == "finished":
            QTimer.singleShot(SETTLE_MS, self._shoot)
        elif state.phase == "failed" or (state.phase == "paused" and state.message):
            self._give_up(f"{state.message} {state.hint}", 1)

    @Slot()
    def _shoot(self) -> None:
        if self._window.grab().save(str(self._path)):
            self._end(0)
        else:
            self._give_up(
                _("The screenshot cannot be written to {path}.").format(path=self._path), 1
            )

    def _give_up(self, why: str, status: int) -> None:
        print(why.strip(), file=sys.stderr)  # noqa: T201 - the only thing to see without a window
        self._end(status)

    def _end(self, status: int) -> None:
        # Nobody is there to be asked about changes made by the options.
        self._window.close_unasked()
        QTimer.singleShot(0, _Exit(self, status).now)


class _Exit(QObject):
    """Exits the event loop with a status, from inside it."""

    def __init__(self, parent: QObject, status: int) -> None:
        super().__init__(parent)
        self._status = status

    @Slot()
    def now(self) -> None:
        """Exit the event loop."""
        QApplication.exit(self._status)
