"""Divergence: which step, which layer, and the way back to the last finite weights."""

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
"""A state is saved when the steps since the last one took this many times as long as saving it."""


@dataclass(frozen=True)
class Divergence:
    """A step in which a number became infinite or undefined; the stepper was taken back."""

    step: int
    """Counted from 1."""
    layer: int | None
    """The first layer whose outputs or weights overflowed, counted from 0; None for the loss."""

    def text(self, names: tuple[str, ...]) -> str:
        """Describe it to the user; `names` are those of the layers."""
        layer = len(names) - 1 if self.layer is None else self.layer
        if self.layer is None:
            where = _("The loss overflowed first, after layer {n}, {name}.")
        else:
            where = _("Layer {n}, {name}, overflowed first.")
        return " ".join(
            (
                _("Step {n} diverged: its values are not finite.").format(n=self.step),
                where.format(n=layer + 1, name=names[layer]),
                _("The last finite weights are restored; try a smaller learning rate."),
            )
        )


def rewind(stepper: Stepper, saved: Sequence[State]) -> tuple[StepLog, Divergence | None]:
    """Repeat the steps since the newest of `saved` one by one, to find the one that diverged.

    Leaves the stepper at finite weights from which a smaller learning rate can continue; returns
    the log of the steps before the one that diverged. It finds none if all steps are finite this
    time, as may happen on a GPU, where sums can be rounded differently the second time.
    """
    # A chunk of steps is checked as a whole, so that no step waits for the device; the price is
    # that the few steps of a chunk that diverged are taken twice.
    end = stepper.step
    stepper.restore(saved[-1])
    logs: list[StepLog] = []
    while stepper.step < end:
        before = stepper.save()
        log = stepper.advance(1)
        if not log.is_finite:
            # The loss is computed before the weights change, so the step before went too far.
            stepper.restore(before)
            return _joined(logs), take_back(stepper, (*saved, before))
        if not stepper.is_finite():
            layer = _layer_with_infinite_weights(stepper.model)
            stepper.restore(before)
            return _joined(logs), Divergence(before.step + 1, layer)
        logs.append(log)
        if not log.is_validation_finite:
            return _joined(logs), take_back(stepper, (*saved, before))
    return _joined(logs), None


def take_back(stepper: Stepper, saved: Sequence[State]) -> Divergence:
    """Undo the last step, which left finite weights whose outputs or loss are not finite.

    No learning rate could continue from such weights, as their gradients are not finite either.
    """
    layer = _layer_with_infinite_outputs(stepper.model, stepper.next_inputs())
    last = stepper.step
    # Without an earlier state the initial weights themselves are at fault, and are kept.
    state = max((s for s in saved if s.step < last), key=_step, default=saved[-1])
    stepper.restore(state)
    if state.step < last - 1:
        stepper.advance(last - 1 - state.step)
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


def _layer_with_infinite_outputs(model: nn.Sequential, x: Tensor) -> int | None:
    with torch.no_grad():
        for index, layer in enumerate(model):
            x = layer(x)
            if not bool(torch.isfinite(x).all()):
                return index
    return None


def _layer_with_infinite_weights(model: nn.Sequential) -> int | None:
    for index, layer in enumerate(model):
        if not are_finite(float_tensors(layer)):
            return index
    return None
