"""Frames of a recorded film, computed in the background."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from nnplay.experiment import Experiment
from nnplay.gui.background.background_task import BackgroundTask
from nnplay.link import FilmLayout, Frame, PayloadKind, Selection, WeightFrame
from nnplay.session import engine_import

if TYPE_CHECKING:
    from nnplay.engine.film_player import FilmPlayer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FilmRequest:
    """Which moment of which network, and what is visible."""

    experiment: Experiment
    layout: FilmLayout
    weights: WeightFrame
    demand: frozenset[PayloadKind]
    selection: Selection
    is_still: bool
    """Whether the film stands still, so that there is time for payloads that take long."""


class _Cancelled(Exception):
    """No frame is wanted any more."""


class FilmFrames(QObject):
    """Computes the newest frame requested; one that is under way is completed first.

    It does not wait for a run, so that a film can be looked at while the training goes on.
    """

    ready = Signal(object)
    """The Frame of a request."""
    failed = Signal(str)
    """Why the network of a run cannot be built again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = BackgroundTask(self)
        self._task.ended.connect(self._take)
        self._next: FilmRequest | None = None
        self._player: FilmPlayer | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a frame is being computed."""
        return self._task.is_busy

    def ask(self, request: FilmRequest) -> None:
        """Compute a frame, after the one that is being computed."""
        if self._task.is_busy:
            self._next = request
        else:
            self._task.start(partial(self._compute, request))

    @Slot()
    def cancel(self) -> None:
        """Compute nothing that has been requested."""
        self._next = None
        self._task.cancel()

    def shut_down(self, milliseconds: int) -> bool:
        """Drop what is in progress and wait; return whether it has ended in time."""
        self.cancel()
        return self._task.shut_down(milliseconds)

    def _compute(self, request: FilmRequest) -> Frame | None:
        # Late, as it brings torch.
        with engine_import:
            from nnplay.engine.film_player import ADVANCE_SECONDS, STILL_SECONDS, FilmPlayer

        def poll() -> None:
            if self._task.is_cancelled():
                raise _Cancelled

        try:
            # The network and its data stay, as long as it is the same run.
            if self._player is None or self._player.experiment != request.experiment:
                self._player = FilmPlayer(request.experiment, poll)
            seconds = STILL_SECONDS if request.is_still else ADVANCE_SECONDS
            return self._player.frame(
                request.layout, request.weights, request.demand, request.selection, seconds
            )
        except _Cancelled:
            return None

    @Slot(object)
    def _take(self, result: object) -> None:
        if self._next is not None:
            request, self._next = self._next, None
            self._task.start(partial(self._compute, request))
        if isinstance(result, Exception):
            log.info("no frame of a film: %s", result)
            self.failed.emit(str(result))
        elif isinstance(result, Frame):
            self.ready.emit(result)
