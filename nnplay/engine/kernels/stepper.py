"""A stepper for dense networks: many steps in one call that holds no lock."""

from __future__ import annotations

import ctypes
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnplay.catalog import Optimizer
from nnplay.engine.batches import Batches, Tensors
from nnplay.engine.evaluation.inference import predictions_of
from nnplay.engine.kernels import context as c
from nnplay.engine.kernels.blas import set_threads, sgemm_address
from nnplay.engine.kernels.library import Library
from nnplay.engine.kernels.openmp import sharers
from nnplay.engine.kernels.plan import make_plan
from nnplay.engine.step import Factors, State, StepLog, constant_factors
from nnplay.experiment import Experiment
from nnplay.translation import n_

_MOST_VALIDATED = 4_000_000
"""Multiplications of a forward pass of all validation samples, up to which the kernels validate
along with the steps: some milliseconds, in which no command is obeyed."""


_MOST_FILMED = 2**24
"""Weights that can be numbered exactly in float32."""
Floats32 = npt.NDArray[np.float32]


class CompiledStepper:
    """Trains a stack of Dense layers, and of layers between them, on the CPU in float32."""

    name = n_("compiled")
    is_ready = True
    chunk_seconds = 0.04
    """Long, as after each call it has to get the interpreter's lock back from a window that draws;
    short enough for 20 frames a second, and for a click."""

    def __init__(
        self,
        experiment: Experiment,
        model: nn.Sequential,
        loss_function: nn.Module,
        batches: Batches,
        validation: Tensors,
        library: Library,
        why: str,
    ) -> None:
        self.model = model
        self.step = 0
        self.why = why
        self._batches = batches
        self._library = library
        shape = batches.samples.x.shape[1:]
        self._plan = make_plan(experiment, shape, model, batches.batch_size, library)
        self._weights: npt.NDArray[np.float32] = self._plan.weights.numpy()
        buffers = dict(model.named_buffers())
        self._statistics = {n: b.numpy() for n, b in buffers.items() if b.is_floating_point()}
        trained = {name for name, module in model.named_modules() if module.training}
        self._counters = [
            counter
            for name, counter in buffers.items()
            if not counter.is_floating_point() and name.rpartition(".")[0] in trained
        ]
        # Metrics other than loss and accuracy need every prediction.
        cheap = len(validation) * len(self._weights) < _MOST_VALIDATED
        self.validates = bool(len(validation) and cheap and experiment.policy.metric.column)
        self._kernel = library.tables["optimizers"][experiment.optimizer.key]
        rows = self._kernel.state_rows + bool(experiment.optimizer.values().get("amsgrad"))
        self._state = np.zeros((rows, self._plan.trained), np.float32)
        # Running statistics are elsewhere than the weights.
        self.films = not self._statistics and len(self._weights) < _MOST_FILMED
        self.film_steps = np.empty(0, np.int64)
        self._film_order = self._order_of_film() if self.films else None
        self._own: Any = None
        self._factors: Factors = constant_factors
        self._lr = 0.0
        self._context = c.Context()
        self._at = ctypes.addressof(self._context)
        self._set_rules(experiment, loss_function)
        self._set_data(experiment)
        if self.validates:
            self._set_validation(validation)
        self._set_room()
        self.use_threads(torch.get_num_threads())
        self.tune(experiment.optimizer)

    @property
    def shares_work(self) -> bool:
        """Whether threads share what lies between the products."""
        return bool(self._context.shares_work)

    def get_ready(self) -> None:
        """Do nothing: the kernels are compiled."""

    def advance(self, steps: int) -> StepLog:
        """Take that many steps."""
        rows = np.zeros((steps, len(c.LOG_COLUMNS)))
        rows[:, c.PENALTY] = np.nan
        first, per_epoch = self.step, self._batches.per_epoch
        epochs = range(first // per_epoch, (first + steps - 1) // per_epoch + 1)
        # They are read only where an order is drawn.
        seeds = self._batches.seeds_of(epochs if self._batches.shuffles else ())
        rates = self._lr * self._factors(first, steps)
        self._context.rates = rates.ctypes.data
        sizes = self._batches.sizes(first, steps)
        masks = self._plan.masks.draw(sizes)
        self._context.masks = masks.data_ptr()
        self.step += steps
        for counter in self._counters:
            counter.add_(steps)
        ended = self.step // per_epoch - first // per_epoch
        validated = np.zeros((ended, len(c.LOG_COLUMNS)))
        film_steps, film_rows = self._set_film(first, steps)
        self._library.take_steps(
            self._at, first, steps, seeds.ctypes.data, rows.ctypes.data, validated.ctypes.data
        )
        # As exact as PyTorch's, so that their sums do not depend on how an epoch was cut.
        losses, penalties = rows[:, [c.LOSS, c.PENALTY]].astype(np.float32).astype(np.float64).T
        correct, validated_correct = rows[:, c.CORRECT], validated[:, c.CORRECT]
        if not self._context.counts_correct:
            correct, validated_correct = np.full(steps, np.nan), np.full(ended, np.nan)
        accuracies = correct / sizes
        log = StepLog(losses, accuracies, penalties, rates)
        if len(film_steps):
            film = film_rows[:, self._film_order]
            log = replace(log, film=dict(zip(film_steps.tolist(), film, strict=True)))
        if not self.validates:
            return log
        shares = validated_correct / self._context.validation_count
        return replace(log, validation=np.column_stack((validated[:, c.LOSS], shares)))

    def _set_film(self, first: int, steps: int) -> tuple[npt.NDArray[np.int64], Floats32]:
        """Have the weights copied after those of the steps to film that are in this call."""
        due = self.film_steps
        if not len(due) or due[-1] <= first or not self.films:
            self._context.film_count = 0
            return np.empty(0, np.int64), np.empty((0, 0), np.float32)
        start, end = np.searchsorted(due, (first, first + steps), "right")
        here = np.ascontiguousarray(due[start:end])
        rows = np.empty((len(here), len(self._weights)), np.float32)
        self._context.film_count = len(here)
        self._context.film_steps, self._context.film = here.ctypes.data, rows.ctypes.data
        return here, rows

    def _order_of_film(self) -> npt.NDArray[np.int64]:
        """Return where each number of the model's state is among the weights.

        Found by numbering them, whatever the shapes and strides of the parameters are.
        """
        before = self._weights.copy()
        self._weights[:] = np.arange(len(self._weights))
        state = self.model.state_dict().values()
        numbers = [one.numpy().ravel() for one in state if one.is_floating_point()]
        order = np.concatenate(numbers).astype(np.int64) if numbers else np.empty(0, np.int64)
        self._weights[:] = before
        return order

    def is_finite(self) -> bool:
        """Return whether every weight and every running statistic is finite."""
        if not all(np.isfinite(one).all() for one in self._statistics.values()):
            return False
        # A finite sum of squares has only finite terms; huge ones need the closer look.
        with np.errstate(over="ignore"):
            quick = np.isfinite(np.dot(self._weights, self._weights))
        return bool(quick or np.isfinite(self._weights).all())

    def next_inputs(self) -> Tensor:
        """Return the inputs of the next step."""
        return self._batches.get(self.step)[0]

    def predictions(self, x: Tensor) -> Tensor:
        """Return the outputs of the network in evaluation mode, without gradients."""
        if x.dtype != self._batches.samples.x.dtype:
            return predictions_of(self.model, x)
        x, order = x.contiguous(), torch.arange(len(x))
        found = torch.empty(len(x), int(self._context.output_count))
        self._library.predict(self._at, x.data_ptr(), len(x), order.data_ptr(), found.data_ptr())
        return found

    def tune(self, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Use an optimizer's hyperparameters, its learning rate times the factor of each step."""
        self._lr, self._factors = optimizer.lr, factors
        values = optimizer.values()
        self._own = self._kernel.pack(values)
        self._context.hyperparameters = ctypes.addressof(self._own)
        decay = float(values.get("weight_decay", 0.0))
        decoupled = optimizer.key in ("AdamW", "Lion")
        decoupled = decoupled or bool(values.get("decoupled_weight_decay"))
        self._context.coupled_decay = 0.0 if decoupled else decay
        self._context.decoupled_decay = decay if decoupled else 0.0

    def save(self) -> State:
        """Return a copy of the current state."""
        memory = self._context.last
        moving = {
            "state": self._state.copy(),
            "memory": (memory.has_momentum, memory.mu_product),
        }
        numbers = {"weights": self._weights, **self._statistics}
        counts = {"counts": tuple(int(counter) for counter in self._counters)}
        model = {name: array.copy() for name, array in numbers.items()} | counts
        return State(self.step, model, moving, torch.get_rng_state(), None)

    def restore(self, state: State) -> None:
        """Return to a saved state; batches follow, as they depend on the step alone."""
        self.step = state.step
        self._weights[:] = state.model["weights"]
        for name, array in self._statistics.items():
            array[:] = state.model[name]
        for counter, count in zip(self._counters, state.model["counts"], strict=True):
            counter.fill_(count)
        self._state[:] = state.optimizer["state"]
        self._context.last = c.Memory(*state.optimizer["memory"])
        torch.set_rng_state(state.random)

    def _set_rules(self, experiment: Experiment, loss_function: nn.Module) -> None:
        context, loss, rules = self._context, experiment.loss, experiment.regularisation
        kernel = self._library.tables["losses"][loss.key]
        self._loss_own = kernel.pack(loss.values())
        context.loss, context.loss_parameters = kernel.address, ctypes.addressof(self._loss_own)
        class_weights = getattr(loss_function, "weight", None)
        if class_weights is not None:
            context.lay("class_weights", class_weights.numpy())
            # PyTorch divides a hinge loss by the number of samples, whatever their weights.
            context.weights_divide = isinstance(loss_function, nn.CrossEntropyLoss)
        context.update = self._kernel.address
        clip = self._library.tables["clips"].get(rules.clip)
        if clip is not None:
            context.clip, context.clip_at = clip.address, rules.clip_at
        context.has_penalty = self._plan.has_penalty

    def _set_data(self, experiment: Experiment) -> None:
        context, batches, form = self._context, self._batches, experiment.loss.target_form
        samples = batches.samples
        x = samples.x.reshape(len(samples), -1).numpy()
        context.sample_count, context.feature_count = x.shape
        context.output_count = self._plan.layers[len(self._plan.layers) - 1].units
        context.batch_size, context.steps_per_epoch = batches.batch_size, batches.per_epoch
        context.mean_over = 1 if form == "classes" else context.output_count
        context.epoch, context.shuffles = -1, batches.shuffles
        context.inputs_are_bytes = samples.are_bytes
        context.targets_are_classes = form == "classes"
        context.counts_correct = form != "values"
        context.lay("x", x)
        context.lay("targets", samples.y.numpy())
        context.lay("order", np.arange(len(x)))
        context.lay("twister", np.empty(c.TWISTER_WORDS, np.uint32))

    def _set_validation(self, validation: Tensors) -> None:
        context = self._context
        context.validation_count = len(validation)
        context.lay("validation_x", validation.x.reshape(len(validation), -1).numpy())
        context.lay("validation_targets", validation.y.numpy())
        context.lay("validation_order", np.arange(len(validation)))

    def _set_room(self) -> None:
        context, plan, lanes = self._context, self._plan, self._plan.block
        context.block_size = lanes
        context.layer_count, context.weight_count = len(plan.layers), plan.trained
        context.half_deltas = plan.widest * lanes
        context.mask_width = plan.masks.width
        context.layers = ctypes.addressof(plan.layers)
        context.film_numbers = len(self._weights)
        outputs = int(context.output_count)
        for name, array in {
            "weights": self._weights,
            "gradients": np.zeros(plan.trained, np.float32),
            "state": self._state,
            "activations": np.empty(plan.activations * lanes, np.float32),
            "saved": np.empty(plan.saved * lanes, np.float32),
            "deltas": np.empty(2 * plan.widest * lanes, np.float32),
            # For classes one int64 per sample, otherwise a float32 for each of its outputs.
            "block_targets": np.empty(max(2, outputs) * lanes, np.float32),
        }.items():
            context.lay(name, array)

    def use_threads(self, threads: int) -> None:
        """Compute with that many CPU threads in the calling thread from now on."""
        torch.set_num_threads(threads)
        if not self._plan.has_wide:
            return
        context = self._context
        context.sgemm = sgemm_address()
        set_threads(threads)
        share, number, running = sharers()
        context.shares_work, context.thread_count = bool(threads > 1 and share), threads
        if share:
            context.share, context.thread_number, context.threads_running = share, number, running
