"""The final evaluation of a run, which the user may cancel."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from time import perf_counter

from nnplay.engine.evaluation.evaluate import chunk_size, evaluate, with_metrics
from nnplay.engine.setup import Setup
from nnplay.engine.training.warm_up import Poll
from nnplay.link import (
    ClassPredictions,
    Evaluating,
    LabelPredictions,
    Link,
    Part,
    RegressionPredictions,
    Scores,
    frozen_array,
)

PARTS: tuple[Part, ...] = ("test", "validation", "train")
"""The most informative part comes first, as the user may cancel; the largest one comes last."""
ANNOUNCE_SECONDS = 0.2
"""How often the progress is announced; an evaluation shorter than this is not."""


class EvaluationCancelled(Exception):
    """The user wants no more metrics than there are."""


@dataclass
class FinalEvaluation:
    """The metrics and predictions of all parts, as far as they were computed."""

    scores: dict[Part, Scores] = field(default_factory=lambda: dict.fromkeys(PARTS, Scores()))
    class_predictions: ClassPredictions | LabelPredictions | None = None
    regression_predictions: RegressionPredictions | None = None
    is_complete: bool = False

    @property
    def is_finite(self) -> bool:
        """Whether no loss overflowed."""
        losses = [one.loss for one in self.scores.values() if one.loss is not None]
        return all(map(isfinite, losses))


def evaluate_all(run_id: int, setup: Setup, link: Link, end_if_closed: Poll) -> FinalEvaluation:
    """Evaluate every part of the data, until the user cancels."""
    found, step = FinalEvaluation(), setup.stepper.step
    progress = _Progress(run_id, setup, link, end_if_closed)
    try:
        for part in PARTS:
            samples = setup.tensors[part]
            progress.begin(part)
            basic, logits = evaluate(
                setup.model, setup.loss_function, samples, setup.target_form, progress.poll
            )
            found.scores[part] = with_metrics(basic, logits, samples, setup.output)
            if part != setup.evaluated_part:
                continue
            if setup.running_predictions is not None:
                setup.running_predictions.set_all(logits, step)
                found.class_predictions = setup.running_predictions.payload
            elif len(samples):
                predicted = setup.output.values(logits)
                found.regression_predictions = RegressionPredictions(
                    part, frozen_array(samples.values), frozen_array(predicted)
                )
        found.is_complete = True
    except EvaluationCancelled:
        pass
    return found


class _Progress:
    """Announces how far the evaluation is, and notices when it is to end."""

    def __init__(self, run_id: int, setup: Setup, link: Link, end_if_closed: Poll) -> None:
        self._id = run_id
        self._tensors = setup.tensors
        self._link = link
        self._end_if_closed = end_if_closed
        self._samples = sum(map(len, setup.tensors.values()))
        self._before = self._here = self._chunk = 0
        self._announced = perf_counter()

    def begin(self, part: Part) -> None:
        """Note that another part comes next."""
        self._before += self._here
        self._here, self._chunk = 0, chunk_size(self._tensors[part].x)
        self._end = len(self._tensors[part])

    def poll(self) -> None:
        """Note that another chunk was evaluated."""
        self._here = min(self._here + self._chunk, self._end)
        self._end_if_closed()
        if self._link.control.ending == "cancel evaluation":
            raise EvaluationCancelled
        now = perf_counter()
        if now - self._announced >= ANNOUNCE_SECONDS:
            self._announced = now
            share = (self._before + self._here) / self._samples
            self._link.announce(Evaluating(self._id, share))
