"""What the outputs of a network can be, and whether targets are scaled to suit them."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Literal

from nnplay.catalog import Activation, Layer
from nnplay.experiment.value import Experiment

Rule = Literal["none", "automatic", "standardised"]
LEARNABLE_STD = 0.25, 4.0
LEARNABLE_MEAN = 4.0
"""Targets with a standard deviation in this range, and a mean of at most this absolute value, are
learned as they are: the initial outputs of a network are about as large."""


def output_range(network: Sequence[Layer]) -> tuple[float, float]:
    """Return the lowest and the highest value that a network can output."""
    last = last_activation(network)
    if last is None:
        return -inf, inf
    layer = network[last]
    assert isinstance(layer, Activation)
    return layer.output_range


def last_activation(network: Sequence[Layer]) -> int | None:
    """Return the index of the activation that the outputs come from, None if there is none."""
    for index in reversed(range(len(network))):
        layer = network[index]
        if not layer.keeps_values:
            return index if isinstance(layer, Activation) else None
    return None


def target_scaling_rule(experiment: Experiment) -> Rule:
    """Return when the targets are standardised: never, always or depending on the data.

    Only the difference of a prediction and its target is the same problem at any scale. A loss of
    another kind, such as that of counts, needs the targets as they are.
    """
    chosen: Rule = experiment.split.target_scaling  # type: ignore[assignment]
    return chosen if target_scaling_is_possible(experiment) else "none"


def target_scaling_is_possible(experiment: Experiment) -> bool:
    """Return whether the loss is of differences between numbers."""
    is_regression = experiment.data.spec().task == "regression"
    return is_regression and experiment.loss.degree is not None
