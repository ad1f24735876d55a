"""When numbers run away: which step, which layer, and the last weights that were still finite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.engine.model.finite import are_finite, float_tensors
from nnplay.engine.step import State, StepLog, Stepper
from nnplay.translation import _

SAVE_SHARE = 60
"""The state is copied when the steps since the last copy took this many times as long as it."""


@dataclass(frozen=True)
class Divergence:
    """A step in which a number became infinite or undefined; the stepper went back from it."""

    step: int
    """Counted from 1."""
    layer: int | None
    """The first layer whose answer or weights overflowed, counted from 0; None for the loss."""

    def text(self, names: tuple[str, ...]) -> str:
        """Say it to the user; `names` are the layers' labels."""
        layer = len(names) - 1 if self.layer is None else self.layer
        if self.layer is None:
            where = _("The loss was the first number to overflow, behind layer {n}, {name}.")
        else:
            where = _("The first layer to overflow was layer {n}, {name}.")
        return " ".join(
            (
                _("Step {n} diverged: its numbers are no longer finite.").format(n=self.step),
                where.format(n=layer + 1, name=names[layer]),
                _("The last good weights are kept; try a smaller learning rate."),
            )
        )


def rewind(stepper: Stepper, saved: Sequence[State]) -> tuple[StepLog, Divergence | None]:
    """Take the steps since the newest of `saved` again, singly, to find the one that diverged.

    Leaves the stepper where numbers are finite and stay so with a smaller rate; returns the log of
    the steps up to the one that diverged. No trouble is found if all is well up to where it stood,
    as may happen on a GPU, where sums can come out a little differently the second time.
    """
    end = stepper.step
    stepper.restore(saved[-1])
    logs: list[StepLog] = []
    while stepper.step < end:
        before = stepper.save()
        log = stepper.advance(1)
        if not log.is_finite:
            # Its loss is from before it moved the weights: the step ahead of it went too far.
            stepper.restore(before)
            return _joined(logs), take_back(stepper, (*saved, before))
        if not stepper.is_finite():
            layer = _layer_with_bad_weights(stepper.model)
            stepper.restore(before)
            return _joined(logs), Divergence(before.step + 1, layer)
        logs.append(log)
        if not log.is_validation_finite:
            return _joined(logs), take_back(stepper, (*saved, before))
    return _joined(logs), None


def take_back(stepper: Stepper, saved: Sequence[State]) -> Divergence:
    """Take back the last step, after which finite weights give answers or a loss that are not.

    The weights may stay finite for ever, and the loss would not: no rate could mend that.
    """
    layer = _layer_with_bad_answer(stepper.model, stepper.next_inputs())
    last = stepper.step
    # Where nothing is left to take back, the first weights were bad: then they are the place.
    place = max((s for s in saved if s.step < last), key=_step, default=saved[-1])
    stepper.restore(place)
    if place.step < last - 1:
        stepper.advance(last - 1 - place.step)
    return Divergence(last + 1, layer)


def _step(state: State) -> int:
    return state.step


def _joined(logs: list[StepLog]) -> StepLog:
    if not logs:
        return StepLog(np.empty(0), np.empty(0), np.empty(0), np.empty(0))
    return StepLog(
        np.concatenate([log.losses for log in logs]),
        np.concatenate([log.accuracies for log in logs]),
        np.concatenate([log.penalties for log in logs]),
        np.concatenate([log.rates for log in logs]),
        np.concatenate([log.validation for log in logs]),
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
        if not are_finite(float_tensors(layer)):
            return index
    return None
