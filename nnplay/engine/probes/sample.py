"""What a classifier predicts for the one sample that the user has selected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnplay.engine.probes.probe import Probe, probe
from nnplay.experiment import Experiment
from nnplay.link import Part, Payload, Selection, frozen_array
from nnplay.link.frames import Counts, Floats

if TYPE_CHECKING:
    from nnplay.engine.setup import Setup


@dataclass(frozen=True)
class SamplePrediction(Payload):
    """The prediction for one sample, by the weights of the frame."""

    part: Part
    index: int
    """Within the part."""
    target: Counts
    """() the class number, or (labels,) of 0 and 1."""
    probabilities: Floats
    """(classes,) or (labels,)."""


@probe(SamplePrediction)
class SampleProbe(Probe[SamplePrediction]):
    """Asks about one sample in each frame, so its prediction is never older than the frame."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._samples = setup.tensors[setup.evaluated_part]
        self._index = 0

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether the samples have classes or labels."""
        return experiment.data.spec().has_accuracy

    def select(self, selection: Selection) -> None:
        """Ask about the selected sample."""
        self._index = selection.sample

    def take(self) -> SamplePrediction | None:
        """Return the prediction at the current step, None where there is no such sample."""
        setup, index = self._setup, self._index
        if not 0 <= index < len(self._samples):
            return None
        outputs = setup.stepper.predictions(self._samples.inputs(slice(index, index + 1)))
        odds = setup.output.probabilities(outputs)[0].cpu().numpy()
        part = setup.evaluated_part
        target = getattr(setup.parts, part).y[index]
        return SamplePrediction(part, index, frozen_array(target), frozen_array(odds))
