"""A classifier's predictions for every sample of one part, brought up to date bit by bit."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from nnplay.engine.batches import Tensors
from nnplay.engine.evaluation.evaluate import chunk_size
from nnplay.engine.evaluation.inference import evaluating
from nnplay.engine.evaluation.output import probabilities
from nnplay.link import ClassPredictions, LabelPredictions, Part, frozen_array
from nnplay.record.metrics import confusion_matrix, label_confusion

_EVEN = 0.5
"""A label more probable than this is predicted."""

FIRST_PIECE = 16
PIECES = 3
"""The number of pieces that the time for a refresh is divided into."""


class RunningPredictions:
    """Keeps the newest prediction for each sample and repeats the oldest ones, as time allows.

    A large network takes seconds for 10,000 images, so a live confusion matrix mixes predictions
    from different steps, and says so until every sample was predicted with the same weights.
    """

    def __init__(
        self,
        part: Part,
        samples: Tensors,
        target_form: str,
        target: npt.NDArray[np.int64],
        classes: int,
    ) -> None:
        """Start without predictions; `target` is (n,) class numbers or (n, classes) labels."""
        self._part: Part = part
        self._samples = samples
        self._target_form = target_form
        self._target = target
        self._probabilities = np.full((len(target), classes), np.nan, dtype=np.float32)
        self._predicted_at = np.full(len(target), -1, dtype=np.int64)
        self._next = 0
        self._piece = FIRST_PIECE
        self._most = chunk_size(samples.x)

    def refresh(self, model: nn.Module, step: int, seconds: float) -> bool:
        """Predict piece by piece for about that long, at least one; return if anything changed."""
        end = perf_counter() + seconds
        changed = False
        while not self._is_complete(step):
            began = perf_counter()
            start, stop = self._next, min(self._next + self._piece, len(self._target))
            with evaluating(model):
                logits = model(self._samples.inputs(slice(start, stop)))
            new = probabilities(logits, self._target_form).cpu().numpy()
            self._probabilities[start:stop] = new
            self._predicted_at[start:stop] = step
            self._next = stop % len(self._target)
            changed = True
            now = perf_counter()
            fitting = int((stop - start) * seconds / PIECES / (now - began))
            # Doubling at most: the first piece after a pause is slower than the following ones.
            self._piece = max(1, min(fitting, 2 * self._piece, self._most))
            if 2 * now - began > end:
                break
        return changed

    def set_all(self, logits: Tensor, step: int) -> None:
        """Replace all predictions by these logits, computed at that step."""
        self._probabilities[:] = probabilities(logits, self._target_form).cpu().numpy()
        self._predicted_at[:] = step

    def payload(self, step: int) -> ClassPredictions | LabelPredictions:
        """Return the predictions at a step: class or label probabilities, and their confusion."""
        known = ~np.isnan(self._probabilities[:, 0])
        if self._target_form == "labels":
            return LabelPredictions(
                self._part,
                self._target,
                frozen_array(self._probabilities),
                frozen_array(
                    label_confusion(self._target[known], self._probabilities[known] > _EVEN)
                ),
                self._is_complete(step),
            )
        predicted = self._probabilities[known].argmax(1)
        classes = self._probabilities.shape[1]
        return ClassPredictions(
            self._part,
            self._target,
            frozen_array(self._probabilities),
            frozen_array(confusion_matrix(self._target[known], predicted, classes)),
            self._is_complete(step),
        )

    def _is_complete(self, step: int) -> bool:
        return bool((self._predicted_at == step).all())
