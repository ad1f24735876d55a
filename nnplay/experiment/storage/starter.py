"""A reasonable experiment to start from with one's own data."""

from __future__ import annotations

from nnplay.catalog import (
    LSTM,
    MSE,
    Adam,
    CrossEntropy,
    Dataset,
    Dense,
    Flatten,
    LabelCrossEntropy,
    Layer,
    Loss,
    ReLU,
    Task,
)
from nnplay.experiment.value import Experiment, Split


def starter(data: Dataset) -> Experiment:
    """Return a small network for a data set, with settings that train well.

    A fifth of the samples is used for validation, and tabular inputs are standardised.
    """
    spec = data.spec()
    front: tuple[Layer, ...] = (Dense(64), ReLU())
    if len(spec.in_shape) == 2:
        front = (LSTM(32),)
    elif spec.is_picture:
        front = (Flatten(), *front)
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
