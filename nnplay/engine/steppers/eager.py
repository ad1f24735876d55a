"""The arithmetic of training: one step, and how to take many and go back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnplay.catalog import Optimizer
from nnplay.engine.batches import Batches
from nnplay.engine.evaluation.inference import predictions_of
from nnplay.engine.model import fused_pooling as pooling
from nnplay.engine.model.build import build_optimizer
from nnplay.engine.model.fused import Lean
from nnplay.engine.model.precision import forward_in
from nnplay.engine.model.regularisation import Regulariser
from nnplay.engine.training.lr_schedule import Factors, Floats, steady
from nnplay.translation import n_


def train_step(
    model: Callable[[Tensor], Tensor],
    loss_function: nn.Module,
    optimizer: torch.optim.Optimizer | Lean,
    regularisation: Regulariser,
    x: Tensor,
    y: Tensor,
) -> tuple[Tensor, Tensor | None, Tensor]:
    """Improve the weights once: this is all that training is.

    `x` is a batch of inputs, `y` their truth. Returns the loss, the penalty on large weights where
    there is one, and the logits, all from before the step.
    """
    optimizer.zero_grad()  # forget the gradients of the last batch
    logits = model(x)  # forward: what does the network answer?
    loss = loss_function(logits, y)  # how wrong is that, as one number?
    penalty = regularisation.penalty()  # what do large weights cost on top?
    total = loss if penalty is None else loss + penalty
    total.backward()  # backward: how does that change with each weight?
    regularisation.clip()  # not too far at once
    optimizer.step()  # move every weight a little downhill
    return loss.detach(), None if penalty is None else penalty.detach(), logits.detach()


def count_hits(logits: Tensor, y: Tensor, target_form: str) -> Tensor:
    """Return how many of a batch are classified rightly, as a tensor that stays on the device.

    In front of the samples there may be an axis of several networks, which the result then has.
    """
    right = are_right(logits, y, target_form)
    if target_form == "classes":
        return right.sum(-1)
    # Of several labels each is judged by itself: half of them right is half a hit.
    return right.double().mean(-1).sum(-1)


def are_right(logits: Tensor, y: Tensor, target_form: str) -> Tensor:
    """Return for each sample whether it is classified rightly, or for each label of each."""
    if target_form == "classes":
        return logits.argmax(-1) == y
    return (logits > 0) == (y > 0.5)


def _none_held() -> Floats:
    return np.empty((0, 2))


@dataclass(frozen=True)
class StepLog:
    """What steps were like: arrays of shape (n,)."""

    losses: Floats
    accuracies: Floats
    """NaN for a regression."""
    penalties: Floats
    """What was added to the losses; NaN where nothing was."""
    rates: Floats
    """The learning rate of each."""
    held: Floats = field(default_factory=_none_held)
    """(epochs, 2): loss and accuracy of the validation samples after each epoch that ended in these
    steps, from a stepper that validates."""

    @property
    def is_finite(self) -> bool:
        """Whether no loss and no penalty overflowed."""
        return bool(np.isfinite(self.losses).all() and not np.isinf(self.penalties).any())

    @property
    def generalises(self) -> bool:
        """Whether no loss of the validation samples overflowed."""
        return bool(np.isfinite(self.held[:, 0]).all())


@dataclass(frozen=True)
class State:
    """All that a stepper needs to go on from a place: a copy that nothing changes."""

    step: int
    model: Mapping[str, Any]
    optimizer: Mapping[str, Any]
    random: Tensor
    cuda_random: Tensor | None


def state_of(step: int, model: nn.Module, optimizer: torch.optim.Optimizer) -> State:
    """Return a copy of where a model, its optimizer and torch's chance stand."""
    device = _device_of(model)
    return State(
        step,
        copy.deepcopy(model.state_dict()),
        copy.deepcopy(optimizer.state_dict()),
        torch.get_rng_state(),
        torch.cuda.get_rng_state(device) if device.type == "cuda" else None,
    )


def take_up(state: State, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Put a model, its optimizer and torch's chance back to where they stood."""
    model.load_state_dict(state.model)
    # Torch takes the given dict's tensors for its own, and the state must stay as it is.
    optimizer.load_state_dict(copy.deepcopy(dict(state.optimizer)))
    torch.set_rng_state(state.random)
    if state.cuda_random is not None:
        torch.cuda.set_rng_state(state.cuda_random, _device_of(model))


def _device_of(model: nn.Module) -> torch.device:
    return next(model.parameters()).device


def weights_of(model: nn.Module) -> tuple[Tensor, ...]:
    """Return every weight and every running statistic, which steps change in place."""
    tensors = chain(model.parameters(), model.buffers())
    return tuple(t.detach() for t in tensors if t.is_floating_point())


def are_finite(weights: Sequence[Tensor]) -> bool:
    """Say whether every number in them is finite."""
    if not weights:
        return True
    # A finite sum has only finite terms, and sums are quick; huge terms need the closer look.
    if bool(torch.isfinite(torch.stack([t.sum() for t in weights]).sum())):
        return True
    return all(bool(torch.isfinite(t).all()) for t in weights)


def _on_cpu(figures: Tensor) -> Floats:
    on_cpu: Floats = figures.double().cpu().numpy()
    return on_cpu


def _hits(right: Floats, sizes: npt.NDArray[np.int64]) -> Floats:
    """Return the hits of each step, whose samples follow on each other in `right`."""
    each = right.mean(1) if right.ndim > 1 else right
    hits: Floats = np.add.reduceat(each, np.cumsum(sizes) - sizes)
    return hits


class Stepper(Protocol):
    """What the loop asks of the arithmetic, whoever does it."""

    name: str
    why: str
    step: int
    model: nn.Sequential
    validates: bool
    """Whether it asks the validation samples itself at the end of each epoch."""
    chunk_seconds: float
    """What one call of `advance` should take while views wait for frames."""

    @property
    def is_ready(self) -> bool:
        """Whether the first step need not wait for anything."""

    def get_ready(self) -> None:
        """Do what the first step would wait for; may take seconds, in any thread."""

    def advance(self, steps: int) -> StepLog:
        """Take that many steps."""

    def is_finite(self) -> bool:
        """Say whether every weight and every running statistic is a finite number."""

    def inputs(self) -> Tensor:
        """Return the inputs of the next step."""

    def predictions(self, x: Tensor) -> Tensor:
        """Return what the network answers to samples, which are not learned from."""

    def tune(self, optimizer: Optimizer, factors: Factors = steady) -> None:
        """Take on an optimizer's constants, its learning rate times what each step's factor is."""

    def save(self) -> State:
        """Return where it stands."""

    def restore(self, state: State) -> None:
        """Go back to where it stood."""


class EagerStepper:
    """Runs any network, one PyTorch operation after the other."""

    name = n_("eager")
    validates = False
    chunk_seconds = 0.003
    """Short enough to obey, long enough not to notice."""

    def __init__(
        self,
        model: nn.Sequential,
        loss_function: nn.Module,
        optimizer: Optimizer,
        batches: Batches,
        target_form: str,
        regularisation: Regulariser,
        why: str,
        precision: str = "float32",
        pools: bool = False,
    ) -> None:
        """Take what is given; `pools` says that compiled code will have a part in the answers."""
        self.model = model
        self.step = 0
        self.why = why
        self._pools = pools
        self._device = _device_of(model)
        self._forward = forward_in(precision, model, self._device)
        self._loss_function = loss_function
        self._lr = optimizer.lr
        self._factors: Factors = steady
        self._optimizer = build_optimizer(optimizer, model.parameters(), self._device)
        self._lean = Lean(self._optimizer)
        self._batches = batches
        self._target_form = target_form
        self._regularisation = regularisation
        self._weights = weights_of(model)

    @property
    def is_ready(self) -> bool:
        """Whether the first step need not wait for anything."""
        return not self._pools or pooling.is_ready()

    def get_ready(self) -> None:
        """Get compiled code if there is a part for it; PyTorch itself is ready."""
        if self._pools:
            pooling.get_ready()

    def advance(self, steps: int) -> StepLog:
        """Take that many steps; the figures leave the device once, at the end."""
        rates = self._lr * self._factors(self.step, steps)
        first, classifies = self.step, self._target_form != "values"
        losses: list[Tensor] = []
        penalties: list[Tensor] = []
        right: list[Tensor] = []
        for rate in rates.tolist():
            for group in self._optimizer.param_groups:
                group["lr"] = rate
            x, y = self._batches.get(self.step)
            loss, penalty, logits = train_step(
                self._forward, self._loss_function, self._lean, self._regularisation, x, y
            )
            losses.append(loss)
            if penalty is not None:
                penalties.append(penalty)
            if classifies:
                # Judged at once, so that no step's answers need be kept.
                right.append(are_right(logits, y, self._target_form))
            self.step += 1
        sizes = self._batches.sizes(first, steps)
        unknown = np.full(steps, np.nan)
        return StepLog(
            _on_cpu(torch.stack(losses)),
            _hits(_on_cpu(torch.cat(right)), sizes) / sizes if classifies else unknown,
            _on_cpu(torch.stack(penalties)) if penalties else unknown,
            rates,
        )

    def is_finite(self) -> bool:
        """Say whether every weight and every running statistic is a finite number."""
        return are_finite(self._weights)

    def inputs(self) -> Tensor:
        """Return the inputs of the next step."""
        return self._batches.get(self.step)[0]

    def predictions(self, x: Tensor) -> Tensor:
        """Return what the network answers to samples, which are not learned from."""
        return predictions_of(self.model, x)

    def tune(self, optimizer: Optimizer, factors: Factors = steady) -> None:
        """Take on an optimizer's constants, its learning rate times what each step's factor is."""
        self._lr, self._factors = optimizer.lr, factors
        for group in self._optimizer.param_groups:
            group.update(optimizer.args())

    def save(self) -> State:
        """Return where it stands."""
        return state_of(self.step, self.model, self._optimizer)

    def restore(self, state: State) -> None:
        """Go back to where it stood; batches come from the step number, so they follow."""
        self.step = state.step
        take_up(state, self.model, self._optimizer)
