"""What a classifier says of every sample of one part, brought up to date piece by piece."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from nnplay.engine.batches import Tensors
from nnplay.engine.evaluation.evaluate import chunk_size, probabilities
from nnplay.engine.evaluation.inference import evaluating
from nnplay.link import LabelOutcomes, Outcomes, Part, frozen_array
from nnplay.record.metrics import confusion_matrix, label_confusion

_EVEN = 0.5
"""A label more likely than this is taken to be there."""

FIRST_PIECE = 16
PIECES = 3
"""Into so many pieces the time for a refresh is divided."""


class RunningPredictions:
    """Keeps the newest answer for each sample; asks the oldest ones again, as time allows.

    A large network takes seconds for 10,000 pictures: so a live confusion matrix is a mixture of
    answers a few steps apart, and says so until every sample was asked of the same weights.
    """

    def __init__(
        self,
        part: Part,
        samples: Tensors,
        target_form: str,
        target: npt.NDArray[np.int64],
        classes: int,
    ) -> None:
        """Begin with nothing asked; `truth` is (n,) class numbers or (n, classes) labels."""
        self._part: Part = part
        self._samples = samples
        self._target_form = target_form
        self._target = target
        self._probabilities = np.full((len(target), classes), np.nan, dtype=np.float32)
        self._asked_at = np.full(len(target), -1, dtype=np.int64)
        self._next = 0
        self._piece = FIRST_PIECE
        self._most = chunk_size(samples.x)

    def refresh(self, model: nn.Module, step: int, seconds: float) -> bool:
        """Ask piece after piece, at least one, for about so long; say whether anything changed."""
        end = perf_counter() + seconds
        changed = False
        while not self._is_complete(step):
            began = perf_counter()
            start, stop = self._next, min(self._next + self._piece, len(self._target))
            with evaluating(model):
                logits = model(self._samples.inputs(slice(start, stop)))
            answer = probabilities(logits, self._target_form).cpu().numpy()
            self._probabilities[start:stop] = answer
            self._asked_at[start:stop] = step
            self._next = stop % len(self._target)
            changed = True
            now = perf_counter()
            fitting = int((stop - start) * seconds / PIECES / (now - began))
            # Slowly up: the first piece after a pause is slower than those that follow it.
            self._piece = max(1, min(fitting, 2 * self._piece, self._most))
            if 2 * now - began > end:
                break
        return changed

    def set_all(self, logits: Tensor, step: int) -> None:
        """Take the logits of all samples, asked at that step."""
        self._probabilities[:] = probabilities(logits, self._target_form).cpu().numpy()
        self._asked_at[:] = step

    def payload(self, step: int) -> Outcomes | LabelOutcomes:
        """Return what is known at that step."""
        asked = ~np.isnan(self._probabilities[:, 0])
        if self._target_form == "labels":
            return LabelOutcomes(
                self._part,
                self._target,
                frozen_array(self._probabilities),
                frozen_array(
                    label_confusion(self._target[asked], self._probabilities[asked] > _EVEN)
                ),
                self._is_complete(step),
            )
        predicted = self._probabilities[asked].argmax(1)
        classes = self._probabilities.shape[1]
        return Outcomes(
            self._part,
            self._target,
            frozen_array(self._probabilities),
            frozen_array(confusion_matrix(self._target[asked], predicted, classes)),
            self._is_complete(step),
        )

    def _is_complete(self, step: int) -> bool:
        return bool((self._asked_at == step).all())
