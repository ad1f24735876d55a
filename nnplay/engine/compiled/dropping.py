"""Dropout: which numbers of a batch stay on is drawn by PyTorch, as in eager steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nnplay.engine.compiled.desk import BATCH_NOW, BLOCK_AT, MASKS_NOW, UNITS, WEIGHT
from nnplay.engine.compiled.functions import ONE, ZERO
from nnplay.engine.compiled.memory import get, get_byte, get_int, put
from nnplay.engine.jit import acting


class Dropping:
    """The Dropout layers of a network, in their order: how wide each is, and its p."""

    def __init__(self, layers: tuple[tuple[int, float], ...]) -> None:
        self._layers = layers
        self.width = sum(units for units, _p in layers)
        """Numbers of a sample that may be switched off."""

    def draw(self, sizes: npt.NDArray[np.int64]) -> Tensor:
        """Return, for steps with batches of so many samples, a byte for each number: 1 stays on.

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


@acting
def drop(desk: int, n: int, x: int, slope: int, own: int, row: int) -> None:
    """Switch numbers off; the constant is what the others are multiplied by, for the same sum.

    Nothing is switched off where the network is only asked.
    """
    masks = get_int(desk, MASKS_NOW)
    if not masks:
        return
    units, batch, start = get_int(row, UNITS), get_int(desk, BATCH_NOW), get_int(desk, BLOCK_AT)
    lanes, more = n // units, get(own, 0)
    mask = masks + get_int(row, WEIGHT) * batch + start * units
    count = min(lanes, batch - start)
    for k in range(units):
        for s in range(count):
            kept = more if get_byte(mask, s * units + k) else ZERO
            put(slope, k * lanes + s, kept)
            put(x, k * lanes + s, get(x, k * lanes + s) * kept)
        # What fills the lanes up counts nowhere, but must be a number.
        for s in range(count, lanes):
            put(slope, k * lanes + s, ONE)


def larger(p: float) -> float:
    """Return what the numbers that stay on are multiplied by, as PyTorch works it out."""
    return float(np.float32(1) / np.float32(1 - p))
