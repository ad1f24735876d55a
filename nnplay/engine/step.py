"""What training steps are to the rest of the engine, whatever carries them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from nnplay.catalog import Optimizer

Floats = npt.NDArray[np.float64]
Weights = npt.NDArray[np.float32]
Factors = Callable[[int, int], Floats]
"""Called with a step, counted from 0, and a number of steps: the factor of the learning rate in
each of them."""


def constant_factors(first: int, steps: int) -> Floats:
    """Leave the learning rate unchanged in all of the steps."""
    return np.ones(steps)


def _no_validation() -> Floats:
    return np.empty((0, 2))


@dataclass(frozen=True)
class StepLog:
    """The metrics of some consecutive steps: arrays of shape (n,)."""

    losses: Floats
    accuracies: Floats
    """NaN for a regression."""
    penalties: Floats
    """What regularisation added to the losses; NaN without any."""
    rates: Floats
    """Learning rates."""
    validation: Floats = field(default_factory=_no_validation)
    """(epochs, 2): loss and accuracy on the validation samples after each epoch that ended in these
    steps, from a stepper that validates."""

    film: Mapping[int, Weights] = field(default_factory=dict)
    """The weights after some of these steps, from a stepper that films; in the order in which
    `state_dict` has floating-point numbers."""

    @property
    def is_finite(self) -> bool:
        """Whether no loss and no penalty overflowed."""
        return bool(np.isfinite(self.losses).all() and not np.isinf(self.penalties).any())

    @property
    def is_validation_finite(self) -> bool:
        """Whether no validation loss overflowed."""
        return bool(np.isfinite(self.validation[:, 0]).all())


@dataclass(frozen=True)
class State:
    """Everything a stepper needs to continue from a step: a copy that nothing changes."""

    step: int
    model: Mapping[str, Any]
    optimizer: Mapping[str, Any]
    random: Tensor
    cuda_random: Tensor | None


class Stepper(Protocol):
    """Carries out training steps, one implementation for each way to compute them.

    All of them give the same trajectory: batches and random numbers depend on the step and the
    seed, never on how many steps a call of `advance` takes.
    """

    name: str
    why: str
    """Why it was selected."""
    step: int
    """How many steps were taken."""
    model: nn.Sequential
    validates: bool
    """Whether it evaluates the validation samples itself at the end of each epoch."""
    films: bool
    """Whether it copies the weights itself after the steps in `film_steps`."""
    film_steps: npt.NDArray[np.int64]
    """Ascending; those that have passed are ignored."""
    chunk_seconds: float
    """What one call of `advance` should take while views wait for frames."""

    @property
    def is_ready(self) -> bool:
        """Whether the first step need not wait for anything."""

    def get_ready(self) -> None:
        """Do what the first step would wait for; may take seconds, in any thread."""

    def use_threads(self, threads: int) -> None:
        """Compute with that many CPU threads in the calling thread from now on."""

    def advance(self, steps: int) -> StepLog:
        """Take that many steps."""

    def is_finite(self) -> bool:
        """Return whether every weight and every running statistic is finite."""

    def next_inputs(self) -> Tensor:
        """Return the inputs of the next step."""

    def predictions(self, x: Tensor) -> Tensor:
        """Return the outputs of the network in evaluation mode, without gradients."""

    def tune(self, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Use an optimizer's hyperparameters, its learning rate times the factor of each step."""

    def save(self) -> State:
        """Return the current state."""

    def restore(self, state: State) -> None:
        """Return to a saved state."""
