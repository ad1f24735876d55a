"""A reasonable experiment to start from with one's own data."""

from __future__ import annotations

from nnplay.catalog import (
    LSTM,
    MSE,
    Adam,
    Conv2d,
    CrossEntropy,
    Dataset,
    Dense,
    Flatten,
    LabelCrossEntropy,
    Layer,
    Loss,
    MaxPool2d,
    ReLU,
    Task,
)
from nnplay.experiment.value import Experiment, Split

_SMALLEST_MAP = 4
"""Side of the smallest map that convolutions leave."""


def starter(data: Dataset) -> Experiment:
    """Return a small network for a data set, with settings that train well.

    A fifth of the samples is used for validation, and tabular inputs are standardised. Images are
    seen by convolutions, unless they are tiny.
    """
    spec = data.spec()
    front: tuple[Layer, ...] = (Dense(64), ReLU())
    if len(spec.in_shape) == 2:
        front = (LSTM(32),)
    elif spec.is_picture:
        blocks = _convolutions(min(spec.in_shape[1:]))
        front = (*blocks, Flatten()) if blocks else (Flatten(), *front)
    losses: dict[Task, Loss] = {
        "classification": CrossEntropy(),
        "multilabel": LabelCrossEntropy(),
        "regression": MSE(),
    }
    scaling = "standardised" if len(spec.in_shape) == 1 or data.needs_scaling else "none"
    return Experiment(
        data=data,
        network=(*front, Dense(spec.outputs)),
        loss=losses[spec.task],
        optimizer=Adam(lr=0.003),
        split=Split(validation=0.2, scaling=scaling),
        epochs=30,
    )


def _convolutions(side: int) -> tuple[Layer, ...]:
    """Return up to three blocks that halve the side; none for images below 16 pixels."""
    layers: tuple[Layer, ...] = ()
    for filters in (8, 16, 32):
        if (side < 4 * _SMALLEST_MAP and not layers) or side < 2 * _SMALLEST_MAP:
            break
        layers = (*layers, Conv2d(filters, padding=1), ReLU(), MaxPool2d())
        side //= 2
    return layers
