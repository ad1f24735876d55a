"""What the steppers that run a network in PyTorch have in common."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.catalog import Optimizer
from nnplay.engine.batches import Batches
from nnplay.engine.evaluation.inference import predictions_of
from nnplay.engine.model.build import build_optimizer
from nnplay.engine.model.finite import are_finite, float_tensors
from nnplay.engine.model.precision import forward_in
from nnplay.engine.model.regularisation import Regulariser
from nnplay.engine.step import Factors, State, constant_factors


@dataclass(frozen=True)
class TorchTraining:
    """A network and what it takes to train it in PyTorch."""

    model: nn.Sequential
    loss_function: nn.Module
    optimizer: Optimizer
    batches: Batches
    target_form: str
    regularisation: Regulariser
    precision: str = "float32"


class TorchStepper:
    """Holds a network, its data and its optimizer; a subclass takes the steps."""

    validates = films = False
    chunk_seconds = 0.003
    """Short enough to obey a click at once, long enough that the loop around it costs little."""

    def __init__(self, training: TorchTraining, why: str) -> None:
        self.model = training.model
        self.step = 0
        self.why = why
        self._device = next(self.model.parameters()).device
        # For training steps only: predictions and evaluations use the model itself, in float32.
        self._forward = forward_in(training.precision, self.model, self._device)
        self._loss_function = training.loss_function
        self._optimizer = self._build_optimizer(training.optimizer)
        self._lr = training.optimizer.lr
        self._factors: Factors = constant_factors
        self._batches = training.batches
        self._target_form = training.target_form
        self._regularisation = training.regularisation
        # Collected once: steps change these tensors in place and never replace them.
        self._float_tensors = float_tensors(self.model)
        self.film_steps = np.empty(0, np.int64)

    def _build_optimizer(self, optimizer: Optimizer) -> torch.optim.Optimizer:
        return build_optimizer(optimizer, self.model.parameters(), self._device)

    def use_threads(self, threads: int) -> None:
        """Compute with that many CPU threads in the calling thread from now on."""
        torch.set_num_threads(threads)

    def is_finite(self) -> bool:
        """Return whether every weight and every running statistic is finite."""
        return are_finite(self._float_tensors)

    def next_inputs(self) -> Tensor:
        """Return the inputs of the next step."""
        return self._batches.get(self.step)[0]

    def predictions(self, x: Tensor) -> Tensor:
        """Return the outputs of the network in evaluation mode, without gradients."""
        return predictions_of(self.model, x)

    def save(self) -> State:
        """Return a copy of the current state."""
        on_gpu = self._device.type == "cuda"
        # Deep copies, as state_dict() returns the tensors themselves, which the next step changes.
        # With the random numbers: only then do repeated steps draw the same dropout masks.
        return State(
            self.step,
            copy.deepcopy(self.model.state_dict()),
            copy.deepcopy(self._optimizer.state_dict()),
            torch.get_rng_state(),
            torch.cuda.get_rng_state(self._device) if on_gpu else None,
        )

    def restore(self, state: State) -> None:
        """Return to a saved state; batches follow, as they depend on the step alone."""
        self.step = state.step
        self.model.load_state_dict(state.model)
        # torch keeps the tensors that it is given and would change those of the saved state.
        self._optimizer.load_state_dict(copy.deepcopy(dict(state.optimizer)))
        torch.set_rng_state(state.random)
        if state.cuda_random is not None:
            torch.cuda.set_rng_state(state.cuda_random, self._device)
