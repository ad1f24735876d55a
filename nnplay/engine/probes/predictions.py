"""What a classifier predicts for every sample of the part of the data that it is evaluated on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnplay.engine.probes.probe import P_co, Probe, probe
from nnplay.experiment import Experiment
from nnplay.link import ClassPredictions, LabelPredictions

if TYPE_CHECKING:
    from nnplay.engine.setup import Setup


class _RunningProbe(Probe[P_co]):
    """Reads the running predictions of the run, which also its final evaluation brings up to date.

    A large network takes seconds for 10,000 images, so only a part is evaluated for each frame.
    """

    def __init__(self, setup: Setup) -> None:
        assert setup.running_predictions is not None
        self._setup = setup
        self._running = setup.running_predictions

    def advance(self, seconds: float) -> bool:
        """Predict the samples again whose predictions are oldest."""
        return self._running.refresh(self._setup.model, self._setup.stepper.step, seconds)


@probe(ClassPredictions)
class ClassProbe(_RunningProbe[ClassPredictions]):
    """Predictions of one class per sample."""

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether the samples have classes."""
        return experiment.data.spec().task == "classification"

    def take(self) -> ClassPredictions:
        """Return the newest prediction of each sample."""
        predictions = self._running.payload(self._setup.stepper.step)
        assert isinstance(predictions, ClassPredictions)
        return predictions


@probe(LabelPredictions)
class LabelProbe(_RunningProbe[LabelPredictions]):
    """Predictions of any number of labels per sample."""

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether the samples have labels."""
        return experiment.data.spec().task == "multilabel"

    def take(self) -> LabelPredictions:
        """Return the newest prediction of each sample."""
        predictions = self._running.payload(self._setup.stepper.step)
        assert isinstance(predictions, LabelPredictions)
        return predictions
