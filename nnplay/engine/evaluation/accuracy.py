"""Which predictions are correct."""

from __future__ import annotations

from torch import Tensor


def count_correct(logits: Tensor, y: Tensor, target_form: str) -> Tensor:
    """Return the number of correct predictions in a batch, as a tensor that stays on the device.

    A leading axis of several networks is kept.
    """
    correct = are_correct(logits, y, target_form)
    if target_form == "classes":
        return correct.sum(-1)
    # Each label of a sample counts by itself: with half of them correct it counts as a half.
    return correct.double().mean(-1).sum(-1)


def are_correct(logits: Tensor, y: Tensor, target_form: str) -> Tensor:
    """Return for each sample, or for each of its labels, whether the prediction is correct."""
    if target_form == "classes":
        return logits.argmax(-1) == y
    return (logits > 0) == (y > 0.5)
