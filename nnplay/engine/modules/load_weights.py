"""Weights that another network left, to start from."""

from collections.abc import Collection, Mapping

import torch
from torch import nn


def by_layer(weights: Mapping[str, torch.Tensor]) -> dict[int, dict[str, torch.Tensor]]:
    """Sort weights by the number that their names begin with, such as 0 in `0.weight`."""
    left: dict[int, dict[str, torch.Tensor]] = {}
    for name, weight in weights.items():
        number, _, rest = name.partition(".")
        left.setdefault(int(number), {})[rest] = weight
    return left


def load_matching_weights(
    model: nn.Sequential,
    left: Mapping[int, Mapping[str, torch.Tensor]],
    but: Collection[int] = (),
) -> list[int]:
    """Give the first layers what those of another network left, as long as the shapes match.

    Layers without weights do not count on either side; the layers in `but` are passed over, each
    with its counterpart. Returns which layers took some; the others stay as they are.
    """
    own = [index for index, layer in enumerate(model) if layer.state_dict()]
    taken = []
    for index, source in zip(own, sorted(left), strict=False):
        if index in but:
            continue
        mine, theirs = model[index].state_dict(), left[source]
        if {n: w.shape for n, w in mine.items()} != {n: w.shape for n, w in theirs.items()}:
            break
        model[index].load_state_dict(theirs)
        taken.append(index)
    return taken
