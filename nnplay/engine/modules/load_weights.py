"""Transfer of weights from one network to another."""

from collections.abc import Collection, Mapping

import torch
from torch import nn


def by_layer(weights: Mapping[str, torch.Tensor]) -> dict[int, dict[str, torch.Tensor]]:
    """Group weights by the layer number that their names begin with, such as 0 in `0.weight`."""
    found: dict[int, dict[str, torch.Tensor]] = {}
    for name, weight in weights.items():
        number, _, rest = name.partition(".")
        found.setdefault(int(number), {})[rest] = weight
    return found


def load_matching_weights(
    model: nn.Sequential,
    weights_of: Mapping[int, Mapping[str, torch.Tensor]],
    but: Collection[int] = (),
) -> list[int]:
    """Load the weights of another network into the first layers, as long as the shapes match.

    Layers without weights do not count in either network; the layers in `but` are skipped together
    with their counterparts. Returns the indices of the layers that were loaded.
    """
    own = [index for index, layer in enumerate(model) if layer.state_dict()]
    loaded = []
    for index, source in zip(own, sorted(weights_of), strict=False):
        if index in but:
            continue
        mine, theirs = model[index].state_dict(), weights_of[source]
        if {n: w.shape for n, w in mine.items()} != {n: w.shape for n, w in theirs.items()}:
            break
        model[index].load_state_dict(theirs)
        loaded.append(index)
    return loaded
