"""Dropout masks: PyTorch draws which numbers of a batch are kept, as in eager steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor


class DropoutMasks:
    """The Dropout layers of a network, in their order: how wide each is, and its p."""

    def __init__(self, layers: tuple[tuple[int, float], ...]) -> None:
        self._layers = layers
        self.width = sum(units for units, _p in layers)
        """Numbers of a sample that may be dropped."""

    def draw(self, sizes: npt.NDArray[np.int64]) -> Tensor:
        """Return, for steps with batches of these sizes, a byte for each number: 1 keeps it.

        They come step after step, layer after layer and sample after sample, the order in which
        PyTorch's own layers would draw them.
        """
        masks = torch.empty(int(sizes.sum()) * self.width, dtype=torch.uint8)
        start = 0
        for size in sizes.tolist():
            for units, p in self._layers:
                end = start + size * units
                masks[start:end].bernoulli_(1 - p)
                start = end
        return masks


def scale_of_kept(p: float) -> float:
    """Return what the numbers that are kept are multiplied by, as PyTorch computes it."""
    return float(np.float32(1) / np.float32(1 - p))
