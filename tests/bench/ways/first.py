"""The same initial weights for implementations that would initialise theirs differently."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.experiment import Experiment
from tests.bench.ways.loop import network_of

Floats = npt.NDArray[np.float32]


def initial_weights(experiment: Experiment, seed: int) -> list[tuple[Floats, Floats]]:
    """Return weights and biases of each layer, as PyTorch draws them from a seed.

    Weights have inputs before outputs, and those of convolutions rows and columns before both.
    """
    found: list[tuple[Floats, Floats]] = []
    for layer in network_of(experiment, seed):
        if not hasattr(layer, "weight"):
            continue
        weight: Any = layer.weight.detach().numpy()
        turned = weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight.T
        found.append((np.ascontiguousarray(turned), layer.bias.detach().numpy().copy()))
    return found
