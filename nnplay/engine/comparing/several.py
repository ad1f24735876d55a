"""Several runs of one experiment with different optimizer settings, stepped side by side."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from math import nan
from time import perf_counter
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.catalog import Optimizer
from nnplay.engine.batches import Tensors
from nnplay.engine.comparing.vmapped import Poll, VmappedRuns
from nnplay.engine.comparing.vmapped_layers import can_vmap
from nnplay.engine.model.regularisation import Regulariser
from nnplay.engine.model.threads import SMALL, multiplications
from nnplay.engine.setup import Setup
from nnplay.engine.step import Factors, State, StepLog, Stepper, constant_factors
from nnplay.engine.steppers.eager import EagerStepper
from nnplay.engine.steppers.select import choose_stepper
from nnplay.engine.training.divergence import SAVE_SHARE, rewind
from nnplay.engine.training.good_state import GoodState
from nnplay.translation import _

_NO_STEPS = StepLog(*np.empty((4, 0)))


class SimultaneousRuns(Protocol):
    """Steps several networks that see the same samples."""

    name: str
    why: str
    step: int

    def get_ready(self) -> None:
        """Do what the first step would wait for; may take seconds."""

    def advance(self, steps: int, poll: Poll) -> list[StepLog]:
        """Take that many steps; return the log of each network.

        The first loss of a network that is NaN belongs to the step in which it diverged; it may
        stop there while the others continue. `poll` is called between networks that step one after
        the other and may raise, which leaves them at different steps.
        """

    def tune(self, network: int, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Use an optimizer's hyperparameters for one network, see Stepper.tune."""

    def model(self, network: int) -> nn.Sequential:
        """Return one network; it is valid until the next call."""


def choose_simultaneous_runs(setup: Setup, optimizers: Sequence[Optimizer]) -> SimultaneousRuns:
    """Return the fastest way to step the networks of an experiment; it says why it was selected.

    The setup's own stepper must not be used any more. Compiled steps of one network after the other
    are several times faster than vmapped ones, which save PyTorch's overhead and nothing else: they
    are faster than eager steps as long as a step is short, and slower where it is long.
    """
    experiment, stepper = setup.experiment, setup.stepper
    if not isinstance(stepper, EagerStepper):
        return SequentialRuns(setup, optimizers, stepper.why)
    if experiment.stepper == "eager":
        return SequentialRuns(setup, optimizers, stepper.why)
    if setup.device.type == "cpu" and multiplications(experiment) > SMALL:
        why = _("one after the other: a step is long enough by itself")
        return SequentialRuns(setup, optimizers, why)
    if not can_vmap(experiment.network):
        why = _("one after the other: random layers need random numbers for each network")
        return SequentialRuns(setup, optimizers, why)
    why = _("all in one call, as each step is short")
    return VmappedRuns(experiment, optimizers, setup.model, setup.loss_function, setup.batches, why)


class SequentialRuns:
    """Steps one network after the other, each with a stepper of its own."""

    def __init__(self, setup: Setup, optimizers: Sequence[Optimizer], why: str) -> None:
        self.step = 0
        self.why = why
        self._runs = [_SequentialRun(setup, optimizer) for optimizer in optimizers]
        self.name = self._runs[0].stepper.name

    def get_ready(self) -> None:
        """Get every stepper ready."""
        for run in self._runs:
            run.stepper.get_ready()

    def advance(self, steps: int, poll: Poll) -> list[StepLog]:
        """Take that many steps with each network that has not diverged."""
        logs = []
        for run in self._runs:
            poll()
            logs.append(run.advance(steps))
        self.step += steps
        return logs

    def tune(self, network: int, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Use an optimizer's hyperparameters for one network, see Stepper.tune."""
        self._runs[network].tune(optimizer, factors)

    def model(self, network: int) -> nn.Sequential:
        """Return one network."""
        return self._runs[network].stepper.model


class _SequentialRun:
    """One network with its own state of the random number generators, until it diverges."""

    def __init__(self, setup: Setup, optimizer: Optimizer) -> None:
        experiment = replace(setup.experiment, optimizer=optimizer)
        model = deepcopy(setup.model)
        regularisation = Regulariser(model, experiment.regularisation, experiment.network)
        # A comparison validates when it needs to, and not in every epoch: no samples here.
        none = Tensors(setup.tensors["validation"].x[:0], setup.tensors["validation"].y[:0])
        self.stepper: Stepper = choose_stepper(
            experiment, model, setup.loss_function, setup.batches, none, regularisation
        )
        # Shared batches are safe: they depend on the step alone.
        self._has_diverged = False
        self._saved: State | None = None
        self._save_seconds = 0.0
        self._since_saved = 0.0
        self._device = setup.device
        self._random = _random_state(setup.device)

    def tune(self, optimizer: Optimizer, factors: Factors) -> None:
        self.stepper.tune(optimizer, factors)
        self._saved = None

    def advance(self, steps: int) -> StepLog:
        if self._has_diverged:
            return _padded(_NO_STEPS, 0, steps)
        # Each network continues with its own random numbers, as if it trained alone.
        _set_random_state(self._random, self._device)
        start = perf_counter()
        if self._saved is None or self._since_saved > SAVE_SHARE * self._save_seconds:
            self._saved = self.stepper.save()
            self._save_seconds, self._since_saved = perf_counter() - start, 0.0
        first = self.stepper.step
        log = self.stepper.advance(steps)
        self._since_saved += perf_counter() - start
        if not (log.is_finite and self.stepper.is_finite()):
            # Returns the network to its last finite weights and finds the step that diverged.
            good = GoodState(self._saved, 1)
            recovery = rewind(self.stepper, self._saved, good)
            log = recovery.log
            if recovery.divergence is not None:
                self._has_diverged = True
                return _padded(log, recovery.divergence.step - 1 - first, steps)
        self._random = _random_state(self._device)
        return _padded(log, steps, steps)


def _padded(log: StepLog, of: int, steps: int) -> StepLog:
    """Return the last `of` rows of a log, padded with NaN to `steps` rows."""
    columns = np.full((4, steps), nan)
    if of:
        rows = np.stack((log.losses, log.accuracies, log.penalties, log.rates))
        columns[:, :of] = rows[:, -of:]
    return StepLog(*columns)


def _random_state(device: torch.device) -> tuple[Tensor, Tensor | None]:
    """Return the states of torch's random number generators."""
    is_gpu = device.type == "cuda"
    return torch.get_rng_state(), torch.cuda.get_rng_state(device) if is_gpu else None


def _set_random_state(random: tuple[Tensor, Tensor | None], device: torch.device) -> None:
    """Restore the states of torch's random number generators."""
    torch.set_rng_state(random[0])
    if random[1] is not None:
        torch.cuda.set_rng_state(random[1], device)
