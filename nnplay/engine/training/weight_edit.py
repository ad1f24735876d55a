"""Single weights that the user sets by hand while a run is in progress."""

from __future__ import annotations

from math import isfinite

import torch

from nnplay.engine.step import Stepper
from nnplay.link import Edit, parsed_weight_path


def set_weight(stepper: Stepper, edit: Edit, step: int) -> bool:
    """Make an edit of one weight, made at a step; return whether there is such a weight.

    The weights of a resume point have the edits before it already. The compiled steppers train
    views of the same memory, so that they go on from a weight that is set in place.
    """
    found = parsed_weight_path(edit.path)
    if found is None or not isfinite(edit.value):
        return False
    name, index = found
    weights = dict(stepper.model.named_parameters()).get(name)
    if weights is None or len(index) != weights.ndim:
        return False
    if any(at >= size for at, size in zip(index, weights.shape, strict=True)):
        return False
    if step >= stepper.step:
        with torch.no_grad():
            weights[index] = edit.value
    return True
