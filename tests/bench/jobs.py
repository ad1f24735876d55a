"""The reference jobs: what is trained, and after what training losses are compared, how near."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

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
from nnplay.data import Parts, load, split
from nnplay.experiment import Experiment, Split, part_sizes, preset


@dataclass(frozen=True)
class Job:
    """One job; every implementation is to reach the same loss with a short form of it."""

    experiment: Experiment
    epochs: int
    """After which losses are compared: while they still fall, as near 0 they are mostly noise."""
    tolerance: float
    """How far, as a share, from the loop's losses others may be: see `bench_jobs.py`."""
    target: float
    """The target as a multiple of the speed of the PyTorch loop."""
    peer_target: float = 1.0
    """The target as a multiple of the speed of the fastest peer."""
    samples: int = 0
    """The number of samples for the comparison of losses; 0 takes all."""
    rate: float = 0.0
    """Learning rate for it, where at the job's own the last samples dominate; 0 keeps the job's."""

    @property
    def checked(self) -> Experiment:
        """What is trained for the comparison of losses."""
        one = replace(self.experiment, epochs=self.epochs)
        if self.rate:
            one = replace(one, optimizer=one.optimizer.changed(lr=self.rate))
        return replace(one, data=one.data.changed(samples=self.samples)) if self.samples else one


@lru_cache(maxsize=2)
def parts_of(experiment: Experiment) -> Parts:
    """Return the data that every implementation gets."""
    return split(load(experiment.data, experiment.seed), experiment.split, experiment.seed)


def samples_of(experiment: Experiment) -> int:
    """Return the number of training samples."""
    return part_sizes(experiment.data.spec(), experiment.split)[0]


def _stack(*units: int) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    for count in units[:-1]:
        layers += [Dense(count), Tanh()]
    return (*layers, Dense(units[-1]))


def _preset(key: str, **changes: object) -> Experiment:
    # All samples are for training, none for validation: the same for all.
    one = preset(key).experiment
    return replace(one, split=Split(), device="cpu", **changes)  # type: ignore[arg-type]


_TINY = Experiment(
    Circle(points=250), _stack(4, 2, 1), BinaryCrossEntropy(), SGD(0.1), batch_size=10,
    device="cpu",
)  # fmt: skip
_CURVE = Experiment(
    Hills(points=1000), _stack(64, 64, 1), MSE(), SGD(0.05), batch_size=32, device="cpu"
)
JOBS = {
    "A tiny": Job(_TINY, 40, 0.09, 300),
    "B deep tiny": Job(replace(_TINY, network=_stack(8, 8, 8, 8, 8, 8, 1)), 40, 0.2, 40),
    "C curve": Job(_CURVE, 20, 0.02, 8, 3.5, rate=0.01),
    "D linear-regression": Job(_preset("linear-regression", optimizer=SGD(0.01)), 20, 0.001, 4),
    "E mnist-mlp": Job(_preset("mnist-mlp"), 1, 0.02, 1.6, 1.2, samples=12_800),
    "F mnist-first-net": Job(_preset("mnist-first-net"), 1, 0.031, 2.3, 1.2, samples=6400),
    "G mnist-cnn": Job(_preset("mnist-cnn"), 1, 0.18, 1.4, samples=1280),
}  # fmt: skip
