"""Augmentation of the training images, as a function of the step alone."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from nnplay.data.arrays import Floats
from nnplay.engine.modules.augment import augment
from nnplay.experiment import Augmentation, derive_seed


class Augmenter:
    """Augments the images of a step, in the same way however often the step is repeated."""

    def __init__(self, rules: Augmentation, seed: int, device: torch.device) -> None:
        self._values: dict[str, Any] = rules.values()
        self._seed = seed
        # A generator of its own, so that neither initial weights nor dropout depend on it.
        self._generator = torch.Generator(device)

    def __call__(self, x: Tensor, step: int) -> Tensor:
        """Return the augmented images (samples, channels, height, width) of a step."""
        self._generator.manual_seed(derive_seed(self._seed, "augment", step))
        return augment(x, self._generator, **self._values)


def example(x: Floats, rules: Augmentation, seed: int) -> Floats:
    """Return a few images (n, channels, height, width) as one step would augment them."""
    changed = Augmenter(rules, seed, torch.device("cpu"))(torch.tensor(x), 0)
    made: Floats = changed.numpy()
    return made
