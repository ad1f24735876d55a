"""Divergence: which step, which layer, and the way back to the last good weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.engine.model.finite import are_finite, float_tensors
from nnplay.engine.step import State, StepLog, Stepper
from nnplay.engine.training.good_state import EXCESS, GoodState
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
    back_at: int
    """The step whose weights are restored; 0 for the initial weights."""

    def text(self, names: tuple[str, ...]) -> str:
        """Describe it to the user; `names` are those of the layers."""
        layer = len(names) - 1 if self.layer is None else self.layer
        if self.layer is None:
            where = _("the loss overflowed first, after layer {n}, {name}")
        else:
            where = _("layer {n}, {name}, overflowed first")
        diverged = _(
            "Training diverged in step {n:,} ({where}); the initial weights have been restored."
        )
        if self.back_at:
            diverged = _(
                "Training diverged in step {n:,} ({where}); the weights of step {back:,} have been "
                "restored, the last before the loss exceeded {excess:g} times its first value."
            )
        where = where.format(n=layer + 1, name=names[layer])
        diverged = diverged.format(n=self.step, where=where, back=self.back_at, excess=EXCESS)
        return f"{diverged} " + _("Try a smaller learning rate.")


@dataclass(frozen=True)
class Recovery:
    """What repeating the steps of a chunk found."""

    log: StepLog
    """Of the steps before the one that diverged."""
    divergence: Divergence | None
    """None if all steps are finite this time, as may happen on a GPU, where sums can be rounded
    differently the second time."""
    good: GoodState


def rewind(stepper: Stepper, saved: State, good: GoodState) -> Recovery:
    """Repeat the steps since `saved` one by one, to find the one that diverged.

    `good` is what was known when that state was saved. Leaves the stepper at the newest good state,
    from which a smaller learning rate can continue.
    """
    # A chunk of steps is checked as a whole, so that no step waits for the device; the price is
    # that the few steps of a chunk that diverged are taken twice.
    end = stepper.step
    stepper.restore(saved)
    logs: list[StepLog] = []
    while stepper.step < end:
        before = stepper.save()
        good = good.offered(before)
        log = stepper.advance(1)
        if not log.is_finite:
            # The loss is computed before the weights change, so the step before went too far.
            stepper.restore(before)
            layer = _layer_with_infinite_outputs(stepper.model, stepper.next_inputs())
            return _taken_back(stepper, logs, before.step + 1, layer, good)
        good = good.after(log.losses)
        if not stepper.is_finite():
            layer = _layer_with_infinite_weights(stepper.model)
            return _taken_back(stepper, logs, before.step + 1, layer, good)
        logs.append(log)
        if not log.is_validation_finite:
            layer = _layer_with_infinite_outputs(stepper.model, stepper.next_inputs())
            return _taken_back(stepper, logs, stepper.step + 1, layer, good)
    return Recovery(_joined(logs), None, good)


def take_back(stepper: Stepper, good: GoodState) -> Divergence:
    """Leave finite weights whose outputs or loss are not finite, for the newest good state.

    No learning rate could continue from such weights, as their gradients are not finite either.
    """
    layer = _layer_with_infinite_outputs(stepper.model, stepper.next_inputs())
    step = stepper.step + 1
    stepper.restore(good.state)
    return Divergence(step, layer, good.state.step)


def _taken_back(
    stepper: Stepper, logs: list[StepLog], step: int, layer: int | None, good: GoodState
) -> Recovery:
    stepper.restore(good.state)
    return Recovery(_joined(logs), Divergence(step, layer, good.state.step), good)


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
