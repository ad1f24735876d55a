"""Predicts one sample with several recorded runs, in the background."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from nnplay.data import DataError
from nnplay.experiment import WeightsError
from nnplay.gui.background.background_task import BackgroundTask
from nnplay.gui.runs.comparison import (
    ComparedPredictions,
    ComparisonQuestion,
    RunPrediction,
)
from nnplay.session import engine_import
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.engine.trained_network import TrainedNetwork
    from nnplay.record.recorded_run import RecordedRun

log = logging.getLogger(__name__)
_Networks = Mapping[str, "tuple[RecordedRun, TrainedNetwork]"]


class RecordedPredictions(QObject):
    """Answers the newest question; networks that were built are kept for the next one.

    It does not wait for a run in progress.
    """

    ready = Signal(object)
    """The ComparedPredictions."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = BackgroundTask(self)
        self._task.ended.connect(self._take)
        self._networks: _Networks = {}

    @Slot(object)
    def ask(self, question: ComparisonQuestion | None) -> None:
        """Predict a sample; None cancels, and frees the networks."""
        if question is None:
            self._networks = {}
            self._task.cancel()
        else:
            self._task.start(partial(self._compute, question, self._networks))

    def shut_down(self, milliseconds: int) -> bool:
        """Cancel and wait; return whether the thread has ended in time."""
        return self._task.shut_down(milliseconds)

    def _compute(
        self, question: ComparisonQuestion, known: _Networks
    ) -> tuple[ComparedPredictions, _Networks] | None:
        # Late, as it brings torch.
        with engine_import:
            from nnplay.engine.probes.typed import typed_prediction
            from nnplay.engine.recorded_network import recorded_network

        found, networks = [], {}
        for run in question.runs:
            if self._task.is_cancelled():
                return None
            earlier = known.get(run.id)
            try:
                # A run that was trained on has other weights than before.
                is_same = earlier is not None and earlier[0].last_step == run.last_step
                network = earlier[1] if earlier and is_same else recorded_network(run)
                prediction = typed_prediction(question.inputs, network.spec, network.predict)
            except (WeightsError, DataError) as error:
                found.append(RunPrediction(run.id, None, str(error)))
                continue
            except Exception as error:
                # As in a file that nnplay did not write; the other runs are compared all the same.
                log.exception("a recorded run could not predict a sample")
                text = _("something went wrong: {error}").format(error=error)
                found.append(RunPrediction(run.id, None, text))
                continue
            networks[run.id] = run, network
            found.append(RunPrediction(run.id, prediction))
        return ComparedPredictions(question.inputs, tuple(found)), networks

    @Slot(object)
    def _take(self, outcome: object) -> None:
        if isinstance(outcome, Exception):
            log.error("recorded runs could not predict a sample: %s", outcome)
        elif isinstance(outcome, tuple):
            compared, self._networks = outcome
            self.ready.emit(compared)
