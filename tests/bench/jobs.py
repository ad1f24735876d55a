"""The reference jobs: what is trained, after how many epochs losses are compared, how near."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nnplay.catalog import (
    MSE,
    SGD,
    BinaryCrossEntropy,
    Circle,
    Dense,
    Hills,
    Layer,
    Tanh,
)
from nnplay.experiment import Experiment, Split, preset


@dataclass(frozen=True)
class Job:
    """One job; every implementation is to reach the same loss after so many epochs."""

    experiment: Experiment
    epochs: int
    tolerance: float
    """How far apart, as a share of ours, losses after other first weights and orders may be."""
    target: float
    """Times the speed of the PyTorch loop that is wanted."""


def _stack(*units: int) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    for count in units[:-1]:
        layers += [Dense(count), Tanh()]
    return (*layers, Dense(units[-1]))


def _preset(key: str, **changes: object) -> Experiment:
    # All samples are trained on, none is held back: the same for everyone.
    one = preset(key).experiment
    return replace(one, split=Split(), device="cpu", **changes)  # type: ignore[arg-type]


_TINY = Experiment(
    Circle(points=250), _stack(4, 2, 1), BinaryCrossEntropy(), SGD(0.1), batch_size=10,
    device="cpu",
)  # fmt: skip
JOBS = {
    "A tiny": Job(_TINY, 400, 1.0, 300),
    "B deep tiny": Job(replace(_TINY, network=_stack(8, 8, 8, 8, 8, 8, 1)), 100, 0.5, 40),
    "C curve": Job(
        Experiment(
            Hills(points=1000), _stack(64, 64, 1), MSE(), SGD(0.05), batch_size=32, device="cpu"
        ),
        100, 0.5, 8,
    ),
    "D linear-regression": Job(_preset("linear-regression", optimizer=SGD(0.01)), 500, 0.01, 4),
    "E mnist-mlp": Job(_preset("mnist-mlp"), 1, 0.1, 1.6),
    "F mnist-first-net": Job(_preset("mnist-first-net"), 1, 0.1, 2.3),
    "G mnist-cnn": Job(_preset("mnist-cnn"), 1, 0.25, 1.4),
}  # fmt: skip
