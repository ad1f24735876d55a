"""The weights that L1 and L2 penalties apply to."""

from torch import nn


def penalised_weights(module: nn.Module) -> list[nn.Parameter]:
    """Return the matrices, kernels and tables of a module that are not frozen.

    Biases and the gains of normalisations, which have one dimension, are not penalised.
    """
    return [p for p in module.parameters() if p.ndim >= 2 and p.requires_grad]
