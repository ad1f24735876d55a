"""Several runs of one experiment that differ in their optimizer alone, stepped side by side."""

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
from nnplay.translation import _

_NOTHING = StepLog(*np.empty((4, 0)))


class SimultaneousRuns(Protocol):
    """What steps several networks at once; all have seen the same samples."""

    name: str
    why: str
    step: int

    def get_ready(self) -> None:
        """Do what the first step would wait for; may take seconds."""

    def advance(self, steps: int, poll: Poll) -> list[StepLog]:
        """Take that many steps; return what they were like for each network.

        The first loss of a network that is NaN is that of the step in which a number of it was no
        longer finite; it may stop there, the others go on. `poll` is called between networks
        that step one after the other and may raise, which leaves them at different steps.
        """

    def tune(self, network: int, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Take on a network's optimizer, its rate times what each step's factor is."""

    def model(self, network: int) -> nn.Sequential:
        """Return one network, which is good until the next one is asked for."""


def choose_simultaneous_runs(setup: Setup, optimizers: Sequence[Optimizer]) -> SimultaneousRuns:
    """Return the fastest way to step the networks of an experiment; it says why it was taken.

    The setup's own stepper is used up by it. Compiled steps of one network after the other are
    several times faster than stacked ones, which save PyTorch's overhead and nothing else: they win
    as long as a step is short, and lose to plain ones where it is long.
    """
    experiment, single = setup.experiment, setup.stepper
    if not isinstance(single, EagerStepper):
        return SequentialRuns(setup, optimizers, single.why)
    if experiment.stepper == "eager":
        return SequentialRuns(setup, optimizers, single.why)
    if setup.device.type == "cpu" and multiplications(experiment) > SMALL:
        why = _("one after the other: a step is long enough by itself")
        return SequentialRuns(setup, optimizers, why)
    if not can_vmap(setup.model):
        why = _("one after the other: each draws by chance in its own way")
        return SequentialRuns(setup, optimizers, why)
    why = _("all in one call, as each step is short")
    return VmappedRuns(experiment, optimizers, setup.model, setup.loss_function, setup.batches, why)


class SequentialRuns:
    """Steps one network after the other, each with a stepper of its own."""

    def __init__(self, setup: Setup, optimizers: Sequence[Optimizer], why: str) -> None:
        self.step = 0
        self.why = why
        self._walkers = [_SequentialRun(setup, optimizer) for optimizer in optimizers]
        self.name = self._walkers[0].stepper.name

    def get_ready(self) -> None:
        """Compile what is to be compiled."""
        for walker in self._walkers:
            walker.stepper.get_ready()

    def advance(self, steps: int, poll: Poll) -> list[StepLog]:
        """Take that many steps with each network that has not diverged."""
        logs = []
        for walker in self._walkers:
            poll()
            logs.append(walker.advance(steps))
        self.step += steps
        return logs

    def tune(self, network: int, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Take on a network's optimizer, its rate times what each step's factor is."""
        self._walkers[network].tune(optimizer, factors)

    def model(self, network: int) -> nn.Sequential:
        """Return one network."""
        return self._walkers[network].stepper.model


class _SequentialRun:
    """One network, with chance of its own, until it diverges."""

    def __init__(self, setup: Setup, optimizer: Optimizer) -> None:
        experiment = replace(setup.experiment, optimizer=optimizer)
        model = deepcopy(setup.model)
        regularisation = Regulariser(model, experiment.regularisation, experiment.network)
        # Who compares asks the validation samples when that is wanted, and not in every epoch.
        held = Tensors(setup.tensors["validation"].x[:0], setup.tensors["validation"].y[:0])
        self.stepper: Stepper = choose_stepper(
            experiment, model, setup.loss_function, setup.batches, held, regularisation
        )
        self._has_diverged = False
        self._saved: State | None = None
        self._save_seconds = 0.0
        self._since_saved = 0.0
        self._device = setup.device
        self._chance = _chance_of(setup.device)

    def tune(self, optimizer: Optimizer, factors: Factors) -> None:
        self.stepper.tune(optimizer, factors)
        self._saved = None

    def advance(self, steps: int) -> StepLog:
        if self._has_diverged:
            return _last(_NOTHING, 0, steps)
        _set_chance(self._chance, self._device)
        start = perf_counter()
        if self._saved is None or self._since_saved > SAVE_SHARE * self._save_seconds:
            self._saved = self.stepper.save()
            self._save_seconds, self._since_saved = perf_counter() - start, 0.0
        first = self.stepper.step
        log = self.stepper.advance(steps)
        self._since_saved += perf_counter() - start
        if not (log.is_finite and self.stepper.is_finite()):
            # Leaves the last weights that were finite, and says in which step they were not.
            log, trouble = rewind(self.stepper, (self._saved,))
            if trouble is not None:
                self._has_diverged = True
                return _last(log, trouble.step - 1 - first, steps)
        self._chance = _chance_of(self._device)
        return _last(log, steps, steps)


def _last(log: StepLog, of: int, steps: int) -> StepLog:
    """Return the last `of` rows of a log, followed by NaN until there are `steps`."""
    columns = np.full((4, steps), nan)
    if of:
        rows = np.stack((log.losses, log.accuracies, log.penalties, log.rates))
        columns[:, :of] = rows[:, -of:]
    return StepLog(*columns)


def _chance_of(device: torch.device) -> tuple[Tensor, Tensor | None]:
    """Return where torch's chance stands."""
    is_gpu = device.type == "cuda"
    return torch.get_rng_state(), torch.cuda.get_rng_state(device) if is_gpu else None


def _set_chance(chance: tuple[Tensor, Tensor | None], device: torch.device) -> None:
    """Put torch's chance back to where it stood."""
    torch.set_rng_state(chance[0])
    if chance[1] is not None:
        torch.cuda.set_rng_state(chance[1], device)
