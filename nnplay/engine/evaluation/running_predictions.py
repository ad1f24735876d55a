"""A classifier's predictions for one part of the data, made piece by piece beside the training."""

from __future__ import annotations

from copy import deepcopy
from time import perf_counter

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnplay.engine.batches import Tensors
from nnplay.engine.evaluation.evaluate import chunk_size
from nnplay.engine.evaluation.inference import predictions_of
from nnplay.engine.evaluation.output import probabilities
from nnplay.link import ClassPredictions, LabelPredictions, Part, frozen_array
from nnplay.record.metrics import confusion_matrix, label_confusion

_EVEN = 0.5
"""A label more probable than this is predicted."""

FIRST_PIECE = 16
PIECES = 3
"""The number of pieces that the time for a refresh is divided into."""
ROUND_SECONDS = 0.1
"""What the predictions for one matrix may take while the network trains."""
SUBSETS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
"""Sizes of the subset that slow networks are asked about: round numbers, as they are shown."""


class RunningPredictions:
    """Asks about a fixed random subset, small enough to follow the training, or about all samples.

    All predictions that are shown together come from the same weights. As a large network takes
    seconds for 10,000 images, it is a copy of the network that is asked, piece by piece, while the
    network itself trains on. In a pause the subset grows to all samples.
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
        self._order = np.random.default_rng(0).permutation(len(target))
        self._new: npt.NDArray[np.float32] = np.full(
            (len(target), classes), np.nan, dtype=np.float32
        )
        self._payload: ClassPredictions | LabelPredictions | None = None
        self._copy: nn.Module | None = None
        self._step = -1
        """The step of the weights of the copy."""
        self._done = self._goal = 0
        """Samples of the round under way: predicted, and to be predicted."""
        self._subset = 0
        """Chosen by how far the first round comes in its time; 0 before."""
        self._spent = 0.0
        """Seconds of the first round so far, without its first piece."""
        self._piece = FIRST_PIECE
        self._most = chunk_size(samples.x)

    @property
    def payload(self) -> ClassPredictions | LabelPredictions | None:
        """The newest predictions that are complete for their subset, None before there are any."""
        return self._payload

    def refresh(self, model: nn.Module, step: int, seconds: float) -> bool:
        """Predict for about that long, at least one piece; return whether the payload is new."""
        end = perf_counter() + seconds
        before = self._payload
        while not self._is_whole_at(step):
            if self._done == self._goal:
                self._begin(model, step)
            began = perf_counter()
            count = self._predict_piece()
            now = perf_counter()
            if not self._subset and self._done > FIRST_PIECE:
                # The first piece is slower than the following ones.
                self._spent += now - began
                self._choose_subset()
            fitting = int(count * seconds / PIECES / (now - began))
            # Doubling at most, for the same reason.
            self._piece = max(1, min(fitting, 2 * self._piece, self._most))
            if self._done == self._goal:
                self._publish()
            if 2 * now - began > end:
                break
        return self._payload is not before

    def forget_weights(self) -> None:
        """Begin a new round next: after a divergence, a step comes again with other weights."""
        self._step, self._done, self._goal = -1, 0, 0

    def set_all(self, logits: Tensor, step: int) -> None:
        """Replace all predictions by these logits, computed at that step."""
        self._new[:] = probabilities(logits, self._target_form).cpu().numpy()
        self._step, self._done, self._goal = step, len(self._target), len(self._target)
        self._publish()

    def _begin(self, model: nn.Module, step: int) -> None:
        """Begin a round; with the weights of the last one, go on to all samples."""
        if step == self._step:
            self._goal = len(self._target)
            return
        self._copy_weights(model)
        self._step, self._done = step, 0
        self._goal = self._subset or len(self._target)
        self._new[:] = np.nan

    def _copy_weights(self, model: nn.Module) -> None:
        if self._copy is None:
            self._copy = deepcopy(model)
            return
        with torch.no_grad():
            for kept, newest in zip(_tensors(self._copy), _tensors(model), strict=True):
                kept.copy_(newest)

    def _predict_piece(self) -> int:
        """Predict the next samples of the round; return their number."""
        assert self._copy is not None
        indices = self._order[self._done : min(self._done + self._piece, self._goal)]
        which = torch.from_numpy(indices).to(self._samples.x.device)
        logits = predictions_of(self._copy, self._samples.inputs(which))
        self._new[indices] = probabilities(logits, self._target_form).cpu().numpy()
        self._done += len(indices)
        return len(indices)

    def _choose_subset(self) -> None:
        """Once the first round has had its time, fix the size of all rounds of this run."""
        if self._done < self._goal and self._spent < ROUND_SECONDS:
            return
        fitting = [size for size in SUBSETS if size <= self._done]
        subset = fitting[-1] if fitting else SUBSETS[0]
        self._subset = self._done if self._done == len(self._target) else subset
        # Those that came after it in the same piece are left out, so that all rounds are alike.
        self._new[self._order[self._subset : self._done]] = np.nan
        self._done = min(self._done, self._subset)
        self._goal = self._subset

    def _publish(self) -> None:
        known = ~np.isnan(self._new[:, 0])
        new, target = self._new[known], self._target[known]
        shown = frozen_array(self._new)
        if self._target_form == "labels":
            confusion = label_confusion(target, new > _EVEN)
            self._payload = LabelPredictions(
                self._part, self._target, shown, frozen_array(confusion), self._step
            )
        else:
            confusion = confusion_matrix(target, new.argmax(1), self._new.shape[1])
            self._payload = ClassPredictions(
                self._part, self._target, shown, frozen_array(confusion), self._step
            )

    def _is_whole_at(self, step: int) -> bool:
        return self._step == step and self._done == len(self._target)


def _tensors(model: nn.Module) -> list[Tensor]:
    return [*model.parameters(), *model.buffers()]
