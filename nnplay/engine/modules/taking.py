"""Weights that another network left, to start from."""

from collections.abc import Mapping

import torch
from torch import nn


def take_weights(model: nn.Sequential, weights: Mapping[str, torch.Tensor]) -> list[int]:
    """Give leading layers the weights of another network's, as long as their shapes match.

    Layers without weights do not count on either side. `weights` go by PyTorch's names, such as
    `0.weight`. Returns which layers took some; the others stay as they are.
    """
    left: dict[int, dict[str, torch.Tensor]] = {}
    for name, weight in weights.items():
        number, _, rest = name.partition(".")
        left.setdefault(int(number), {})[rest] = weight
    own = [index for index, layer in enumerate(model) if layer.state_dict()]
    taken = []
    for index, source in zip(own, sorted(left), strict=False):
        mine, theirs = model[index].state_dict(), left[source]
        if {n: w.shape for n, w in mine.items()} != {n: w.shape for n, w in theirs.items()}:
            break
        model[index].load_state_dict(theirs)
        taken.append(index)
    return taken
