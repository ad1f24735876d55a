"""Predicts what the user types or draws with the weights of a finished run, in the background."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from nnplay.gui.background.background_task import BackgroundTask
from nnplay.link import Result, Selection, Trained
from nnplay.session import RunState, engine_import

if TYPE_CHECKING:
    from nnplay.engine.probes.typed import TypedPrediction
    from nnplay.engine.trained_network import TrainedNetwork

log = logging.getLogger(__name__)


class FinalPredictions(QObject):
    """Follows the selection while a run has ended; during a run, frames have the predictions."""

    ready = Signal(object)
    """A TypedPrediction by the final weights."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = BackgroundTask(self)
        self._task.ended.connect(self._take)
        self._result: Result | None = None
        self._typed: tuple[float, ...] | None = None
        self._network: TrainedNetwork | None = None

    @Slot(object)
    def follow_run(self, state: RunState) -> None:
        """Predict with the weights of a run as soon as it has a result."""
        # A run that is trained on has better weights than those of its last result.
        result = state.result if state.phase == "finished" else None
        if result is not self._result:
            self._result, self._network = result, None
            self._ask()

    @Slot(object)
    def follow_selection(self, selection: Selection) -> None:
        """Predict what was typed, if that is new."""
        if selection.typed != self._typed:
            self._typed = selection.typed
            self._ask()

    def shut_down(self, milliseconds: int) -> bool:
        """Cancel and wait; return whether the thread has ended in time."""
        return self._task.shut_down(milliseconds)

    def _ask(self) -> None:
        if self._result is None or self._typed is None:
            self._task.cancel()
        else:
            self._task.start(partial(self._compute, self._result, self._network, self._typed))

    def _compute(
        self, result: Result, network: TrainedNetwork | None, typed: tuple[float, ...]
    ) -> tuple[Result, TrainedNetwork, TypedPrediction | None]:
        # Late, as it brings torch, which was loaded for the run.
        with engine_import:
            from nnplay.engine.probes.typed import typed_prediction
            from nnplay.engine.trained_network import TrainedNetwork

        network = network or TrainedNetwork(Trained.of(result))
        return result, network, typed_prediction(typed, network.spec, network.predict)

    @Slot(object)
    def _take(self, outcome: object) -> None:
        if isinstance(outcome, Exception):
            log.error("the typed sample could not be predicted: %s", outcome)
        elif isinstance(outcome, tuple) and outcome[0] is self._result:
            self._network = outcome[1]
            if outcome[2] is not None and outcome[2].inputs == self._typed:
                self.ready.emit(outcome[2])
