"""Whether the numbers of a network are finite."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import torch
from torch import Tensor, nn


def float_tensors(model: nn.Module) -> tuple[Tensor, ...]:
    """Return all weights and running statistics; they stay valid, as steps change them in place."""
    tensors = chain(model.parameters(), model.buffers())
    return tuple(t.detach() for t in tensors if t.is_floating_point())


def are_finite(tensors: Sequence[Tensor]) -> bool:
    """Return whether every number in them is finite."""
    if not tensors:
        return True
    # A finite sum has only finite terms and needs one transfer from the device. An infinite one may
    # be an overflow of large finite terms, so it takes a look at every number.
    if bool(torch.isfinite(torch.stack([t.sum() for t in tensors]).sum())):
        return True
    return all(bool(torch.isfinite(t).all()) for t in tensors)
