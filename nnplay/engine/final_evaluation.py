"""The final figures of a run: every part of its data is asked, unless the user has no patience."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter

from torch import Tensor

from nnplay.engine.evaluation.evaluate import chunk_size, evaluate, judged
from nnplay.engine.setup import Setup
from nnplay.engine.training.warm_up import Breathe
from nnplay.link import (
    Evaluating,
    LabelOutcomes,
    Link,
    Outcomes,
    Part,
    Predictions,
    Scores,
    frozen_array,
)

PARTS: tuple[Part, ...] = ("test", "validation", "train")
"""What tells the most comes first, for who breaks off; the largest part comes last."""
TELL_SECONDS = 0.2
"""How often it is told how far it is; nothing is said of what takes less."""


class Hurried(Exception):
    """What is there will do."""


@dataclass
class FinalEvaluation:
    """What all samples of every part came to, as far as they were asked."""

    scores: dict[Part, Scores] = field(default_factory=lambda: dict.fromkeys(PARTS, Scores()))
    outcomes: Outcomes | LabelOutcomes | None = None
    predictions: Predictions | None = None
    is_whole: bool = False


def judge(run_id: int, setup: Setup, link: Link, end_if_closed: Breathe) -> FinalEvaluation:
    """Ask every sample of every part, or as many as there is patience for."""
    found, step = FinalEvaluation(), setup.stepper.step
    progress = _Progress(run_id, setup, link, end_if_closed)
    try:
        for part in PARTS:
            samples = setup.tensors[part]
            progress.begin(part)
            plain, logits = evaluate(
                setup.model, setup.loss_function, samples, setup.target_form, progress.breathe
            )
            found.scores[part] = judged(plain, logits, samples.y, setup.target_form)
            if part != setup.board_part:
                continue
            if setup.running_predictions is not None:
                setup.running_predictions.set_all(logits, step)
                found.outcomes = setup.running_predictions.payload(step)
            elif len(samples):
                found.predictions = _predictions(part, samples.y, logits)
        found.is_whole = True
    except Hurried:
        pass
    return found


class _Progress:
    """Tells how far the asking is, and hears when it is to end."""

    def __init__(self, run_id: int, setup: Setup, link: Link, end_if_closed: Breathe) -> None:
        self._id = run_id
        self._tensors = setup.tensors
        self._link = link
        self._end_if_closed = end_if_closed
        self._samples = sum(map(len, setup.tensors.values()))
        self._before = self._here = self._chunk = 0
        self._told = perf_counter()

    def begin(self, part: Part) -> None:
        """Take in that another part comes next."""
        self._before += self._here
        self._here, self._chunk = 0, chunk_size(self._tensors[part].x)
        self._end = len(self._tensors[part])

    def breathe(self) -> None:
        """Take in that another chunk was asked."""
        self._here = min(self._here + self._chunk, self._end)
        self._end_if_closed()
        if self._link.control.ending == "hurry":
            raise Hurried
        now = perf_counter()
        if now - self._told >= TELL_SECONDS:
            self._told = now
            share = (self._before + self._here) / self._samples
            self._link.announce(Evaluating(self._id, share))


def _predictions(part: Part, target: Tensor, predicted: Tensor) -> Predictions:
    wanted, told = (one.reshape(len(one), -1).cpu().numpy() for one in (target, predicted))
    return Predictions(part, frozen_array(wanted), frozen_array(told))
