"""The changes of the training pictures, as a function of the step alone."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from nnplay.data.arrays import Floats
from nnplay.engine.modules.augment import augment
from nnplay.experiment import Augmentation, derive_seed


class Augmenter:
    """Changes the pictures of a step: the same ones in the same way however often it is asked."""

    def __init__(self, rules: Augmentation, seed: int, device: torch.device) -> None:
        self._values: dict[str, Any] = rules.values()
        self._seed = seed
        # Its own, so that neither the first weights nor the order nor dropout hang on it.
        self._chance = torch.Generator(device)

    def __call__(self, x: Tensor, step: int) -> Tensor:
        """Return the pictures (samples, channels, height, width) of a step, changed."""
        self._chance.manual_seed(derive_seed(self._seed, "augment", step))
        return augment(x, self._chance, **self._values)


def example(x: Floats, rules: Augmentation, seed: int) -> Floats:
    """Return what one step would make of a few pictures (n, channels, height, width)."""
    changed = Augmenter(rules, seed, torch.device("cpu"))(torch.tensor(x), 0)
    made: Floats = changed.numpy()
    return made
