"""The weights that a penalty shrinks."""

from torch import nn


def penalised_weights(module: nn.Module) -> list[nn.Parameter]:
    """Return the matrices, kernels and tables of a module that are not frozen.

    Biases and the gains of normalisations have one dimension; to shrink them gains nothing.
    """
    return [p for p in module.parameters() if p.ndim >= 2 and p.requires_grad]
