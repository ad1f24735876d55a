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

    A large network takes seconds for 10,000 images, so only some are predicted for each frame.
    """

    def __init__(self, setup: Setup) -> None:
        assert setup.running_predictions is not None
        self._setup = setup
        self._running = setup.running_predictions

    def advance(self, seconds: float) -> bool:
        """Predict more samples by the weights of the round, or of this step in a new round."""
        return self._running.refresh(self._setup.model, self._setup.stepper.step, seconds)


@probe(ClassPredictions)
class ClassProbe(_RunningProbe[ClassPredictions]):
    """Predictions of one class per sample."""

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether the samples have classes."""
        return experiment.data.spec().task == "classification"

    def take(self) -> ClassPredictions | None:
        """Return the newest predictions, None before the first round is complete."""
        predictions = self._running.payload
        return predictions if isinstance(predictions, ClassPredictions) else None


@probe(LabelPredictions)
class LabelProbe(_RunningProbe[LabelPredictions]):
    """Predictions of any number of labels per sample."""

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether the samples have labels."""
        return experiment.data.spec().task == "multilabel"

    def take(self) -> LabelPredictions | None:
        """Return the newest predictions, None before the first round is complete."""
        predictions = self._running.payload
        return predictions if isinstance(predictions, LabelPredictions) else None
