"""When numbers run away: which step, which layer, and the last weights that were still finite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.engine.stepper import State, StepLog, Stepper
from nnplay.words import _


@dataclass(frozen=True)
class Trouble:
    """A step that made a number infinite or undefined."""

    step: int
    """Counted from 1; the stepper stands before it, at the last finite weights."""
    layer: int | None
    """The first layer whose answer or weights are not finite, counted from 0."""

    def text(self, names: tuple[str, ...]) -> str:
        """Say it to the user; `names` are the layers' labels."""
        if self.layer is None:
            where = _("The loss was the first number to overflow.")
        else:
            where = _("The first layer to overflow was layer {n}, {name}.").format(
                n=self.layer + 1, name=names[self.layer]
            )
        return " ".join(
            (
                _("Step {n} diverged: its numbers are no longer finite.").format(n=self.step),
                where,
                _("The last finite weights are kept; try a smaller learning rate."),
            )
        )


def weights_of(model: nn.Module) -> tuple[Tensor, ...]:
    """Return every weight and every running statistic, which steps change in place."""
    tensors = chain(model.parameters(), model.buffers())
    return tuple(t.detach() for t in tensors if t.is_floating_point())


def are_finite(weights: Sequence[Tensor]) -> bool:
    """Say whether every number in them is finite."""
    if not weights:
        return True
    # A finite sum has only finite terms, and sums are quick; huge terms need the closer look.
    if bool(torch.isfinite(torch.stack([t.sum() for t in weights]).sum())):
        return True
    return all(bool(torch.isfinite(t).all()) for t in weights)


def rewind(stepper: Stepper, good: State) -> tuple[StepLog, Trouble | None]:
    """Go back to `good` and step again, singly, as far as all numbers stay finite.

    Leaves the stepper at the last finite weights; returns the log of the steps from `good` to
    there. No trouble is found if all is well up to where it stood, as may happen on a GPU, where
    sums can come out a little differently the second time.
    """
    end = stepper.step
    weights = weights_of(stepper.model)
    stepper.restore(good)
    logs: list[StepLog] = []
    while stepper.step < end:
        before = stepper.save()
        log = stepper.advance(1)
        if np.isfinite(log.losses).all() and are_finite(weights):
            logs.append(log)
            continue
        bad_weights = _layer_with_bad_weights(stepper.model)
        stepper.restore(before)
        bad_answer = _layer_with_bad_answer(stepper.model, stepper.inputs())
        # Asking may have drawn random numbers and moved running statistics.
        stepper.restore(before)
        layer = bad_weights if bad_answer is None else bad_answer
        return _joined(logs), Trouble(before.step + 1, layer)
    return _joined(logs), None


def _joined(logs: list[StepLog]) -> StepLog:
    if not logs:
        return StepLog(np.empty(0), np.empty(0))
    return StepLog(
        np.concatenate([log.losses for log in logs]),
        np.concatenate([log.accuracies for log in logs]),
    )


def _layer_with_bad_answer(model: nn.Sequential, x: Tensor) -> int | None:
    with torch.no_grad():
        for index, layer in enumerate(model):
            x = layer(x)
            if not bool(torch.isfinite(x).all()):
                return index
    return None


def _layer_with_bad_weights(model: nn.Sequential) -> int | None:
    for index, layer in enumerate(model):
        if not are_finite(weights_of(layer)):
            return index
    return None
