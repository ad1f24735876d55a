"""What the untrained network predicts, computed in the background while nothing is trained."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnplay.experiment import Experiment
from nnplay.gui.background.background_task import BackgroundTask
from nnplay.link import PayloadKind, Selection
from nnplay.session import engine_import

if TYPE_CHECKING:
    from nnplay.link import Frame

DELAY_MS = 150
"""After an edit, as a number that is typed changes with each key."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InitialRequest:
    """Of which experiment, and what is visible."""

    experiment: Experiment
    demand: frozenset[PayloadKind]
    selection: Selection


class _Cancelled(Exception):
    """Another frame is wanted, or none."""


class InitialFrame(QObject):
    """Computes the newest frame requested, unless a run needs the machine."""

    ready = Signal(object)
    """The Frame of step 0."""

    def __init__(self, turn: Lock, parent: QObject | None = None) -> None:
        """Make it idle; it waits for other tasks that share `turn`."""
        super().__init__(parent)
        self._task = BackgroundTask(self, turn)
        self._task.ended.connect(self._take)
        self._request: InitialRequest | None = None
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY_MS)
        self._delay.timeout.connect(self._begin)

    def ask(self, request: InitialRequest | None) -> None:
        """Compute the frame of a request, unless it was the last one; None cancels."""
        if request == self._request:
            return
        self._request = request
        self._task.cancel()
        if request is None:
            self._delay.stop()
        else:
            self._delay.start()

    def shut_down(self, milliseconds: int) -> bool:
        """Drop what is in progress and wait; return whether it has ended in time."""
        self.ask(None)
        return self._task.shut_down(milliseconds)

    @Slot()
    def _begin(self) -> None:
        if self._request is not None:
            self._task.start(partial(self._compute, self._request))

    def _compute(self, request: InitialRequest) -> tuple[InitialRequest, Frame] | None:
        # Late, as it brings torch, which was loaded in the background.
        with engine_import:
            from nnplay.engine.initial_frame import initial_frame

        def poll() -> None:
            if self._task.is_cancelled():
                raise _Cancelled

        try:
            return request, initial_frame(
                request.experiment, request.demand, request.selection, poll
            )
        except _Cancelled:
            return None
        except Exception as error:
            # Whatever is wrong is said when the network is trained, with what to do about it.
            log.info("no untrained network to show: %s", error)
            return None

    @Slot(object)
    def _take(self, result: object) -> None:
        if isinstance(result, tuple) and result[0] == self._request:
            self.ready.emit(result[1])
