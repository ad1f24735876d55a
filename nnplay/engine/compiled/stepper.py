"""A stepper for dense networks: many steps in one call that holds no lock."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnplay.catalog import Loss, Optimizer
from nnplay.engine.batches import Batches, Tensors
from nnplay.engine.compiled import desk as d
from nnplay.engine.compiled.blas import set_threads, sgemm_address
from nnplay.engine.compiled.chunk import answer, ask_block, ask_held, take_block, take_steps
from nnplay.engine.compiled.costs import COSTS
from nnplay.engine.compiled.openmp import sharers
from nnplay.engine.compiled.order import WORDS, draw
from nnplay.engine.compiled.plan import Plan, make_plan
from nnplay.engine.compiled.restraints import clip_norm, clip_value, penalty
from nnplay.engine.compiled.samples import of_form, of_inputs
from nnplay.engine.compiled.sharing import fetch_part, update_part
from nnplay.engine.compiled.updates import UPDATES, state_rows
from nnplay.engine.evaluation.inference import predictions_of
from nnplay.engine.jit import Piece
from nnplay.engine.step import Factors, State, StepLog, constant_factors
from nnplay.experiment import Experiment, Regularisation
from nnplay.translation import n_

_CLIPS = {"by norm": clip_norm, "by value": clip_value}
_MOST_HELD = 4_000_000
"""Multiplications on the way forward of all samples held back, up to which they are asked along
with the steps: some milliseconds, in which no order is heard."""


class CompiledStepper:
    """Trains a stack of Dense, Dropout and point-wise activations on the CPU, in float32."""

    name = n_("compiled")
    chunk_seconds = 0.04
    """Long, as after each call it has to get the interpreter's lock back from a window that draws;
    short enough for 20 pictures a second, and for a click."""

    def __init__(
        self,
        experiment: Experiment,
        model: nn.Sequential,
        batches: Batches,
        held: Tensors,
        why: str,
    ) -> None:
        self.model = model
        self.step = 0
        self.why = why
        self._batches = batches
        # Torch has been told how many suit the run; BLAS is to take as many.
        self._threads = torch.get_num_threads()
        shape = batches.samples.x.shape[1:]
        self._plan = make_plan(experiment, shape, model, batches.batch_size)
        self._weights: npt.NDArray[np.float32] = self._plan.weights.numpy()
        # Other figures than loss and accuracy need every answer.
        asks = len(held) * len(self._weights) < _MOST_HELD and experiment.policy.figure.column
        self.validates = bool(len(held) and asks)
        self._pieces = _pieces(experiment, batches, self._plan, self.validates, self._threads)
        self._take_steps: Callable[..., object] | None = None
        self._answer: Callable[..., object] | None = None
        rows = state_rows(experiment.optimizer)
        self._state = np.zeros((rows, len(self._weights)), np.float32)
        self._marks = np.zeros((2, d.MARK_COUNT))
        self._hyperparameters = np.zeros(d.CONSTANT_COUNT)
        self._factors: Factors = constant_factors
        self._lr = 0.0
        self._desk = np.zeros(d.DESK_COUNT, np.int64)
        self._kept: list[npt.NDArray[np.generic]] = []
        self._set_numbers(experiment.loss, experiment.regularisation)
        self._set_data(experiment.loss)
        if self.validates:
            self._set_held(held)
        self._set_room()
        self.tune(experiment.optimizer)

    def get_ready(self) -> None:
        """Get every piece of the kernel, from disk or compiled anew."""
        for row, (forward, backward) in zip(self._plan.ops, self._plan.pieces, strict=True):
            row[d.FORWARD] = forward.address
            row[d.BACKWARD] = 0 if backward is None else backward.address
        for place, piece in self._pieces.items():
            self._desk[place] = piece.address
        if self._plan.has_wide:
            self._desk[d.SGEMM] = sgemm_address()
            set_threads(self._threads)
        self._take_steps, self._answer = take_steps.from_python, answer.from_python

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The functions that its steps are made of."""
        layers = (piece for pair in self._plan.pieces for piece in pair if piece is not None)
        return (*self._pieces.values(), *layers)

    @property
    def is_ready(self) -> bool:
        """Whether the first step need not wait for anything."""
        return self._take_steps is not None

    def advance(self, steps: int) -> StepLog:
        """Take that many steps."""
        if self._take_steps is None:
            self.get_ready()
        assert self._take_steps is not None
        log = np.zeros((steps, d.LOG_COLUMNS))
        log[:, d.PENALTIES] = np.nan
        first, per_epoch = self.step, self._batches.per_epoch
        epochs = range(first // per_epoch, (first + steps - 1) // per_epoch + 1)
        # The kernel reads them only where it draws an order.
        seeds = self._batches.seeds_of(epochs if self._batches.shuffles else ())
        rates = self._lr * self._factors(first, steps)
        self._desk[d.RATES] = rates.ctypes.data
        sizes = self._batches.sizes(first, steps)
        masks = self._plan.dropping.draw(sizes)
        self._desk[d.MASKS] = masks.data_ptr()
        self.step += steps
        ended = self.step // per_epoch - first // per_epoch
        held = np.zeros((ended, d.LOG_COLUMNS))
        self._take_steps(
            self._desk.ctypes.data, first, steps, seeds.ctypes.data, log.ctypes.data,
            held.ctypes.data,
        )  # fmt: skip
        # As exact as PyTorch's, so that their sums do not depend on how an epoch was cut.
        losses, penalties = log[:, [d.LOSS, d.PENALTIES]].astype(np.float32).astype(np.float64).T
        hits, held_hits = log[:, d.HITS], held[:, d.HITS]
        if d.COUNT_HITS not in self._pieces:
            hits, held_hits = np.full(steps, np.nan), np.full(ended, np.nan)
        accuracies = hits / sizes
        if not self.validates:
            return StepLog(losses, accuracies, penalties, rates)
        held_scores = np.column_stack((held[:, d.LOSS], held_hits / self._desk[d.HELD_COUNT]))
        return StepLog(losses, accuracies, penalties, rates, held_scores)

    def is_finite(self) -> bool:
        """Say whether every weight is a finite number."""
        # A finite sum of squares has only finite terms; huge ones need the closer look.
        with np.errstate(over="ignore"):
            quick = np.isfinite(np.dot(self._weights, self._weights))
        return bool(quick or np.isfinite(self._weights).all())

    def next_inputs(self) -> Tensor:
        """Return the inputs of the next step."""
        return self._batches.get(self.step)[0]

    def predictions(self, x: Tensor) -> Tensor:
        """Return what the network answers to samples, which are not learned from."""
        if self._answer is None or x.dtype != self._batches.samples.x.dtype:
            return predictions_of(self.model, x)
        x, order = x.contiguous(), torch.arange(len(x))
        given = torch.empty(len(x), int(self._desk[d.OUTPUTS]))
        places = x.data_ptr(), len(x), order.data_ptr(), given.data_ptr()
        self._answer(self._desk.ctypes.data, *places, 0)
        return given

    def tune(self, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Take on an optimizer's constants, its learning rate times what each step's factor is."""
        self._lr, self._factors = optimizer.lr, factors
        values = optimizer.values()
        self._hyperparameters[: len(values)] = [float(value) for value in values.values()]
        decay = float(values.get("weight_decay", 0.0))
        decoupled = optimizer.key == "AdamW" or bool(values.get("decoupled_weight_decay"))
        self._hyperparameters[d.COUPLED] = 0.0 if decoupled else decay
        self._hyperparameters[d.DECOUPLED] = decay if decoupled else 0.0

    def save(self) -> State:
        """Return where it stands."""
        moving = {"state": self._state.copy(), "marks": self._marks.copy()}
        chance = torch.get_rng_state()
        return State(self.step, {"weights": self._weights.copy()}, moving, chance, None)

    def restore(self, state: State) -> None:
        """Go back to where it stood; batches come from the step number, so they follow."""
        self.step = state.step
        self._weights[:] = state.model["weights"]
        self._state[:] = state.optimizer["state"]
        self._marks[:] = state.optimizer["marks"]
        torch.set_rng_state(state.random)

    def _lay(self, place: int, array: npt.NDArray[np.generic]) -> None:
        """Put an array's address on the desk, and see that the array stays."""
        self._kept.append(array)
        self._desk[place] = array.ctypes.data

    def _set_numbers(self, loss: Loss, rules: Regularisation) -> None:
        numbers = np.zeros(d.NUMBER_COUNT + 2 * len(self._plan.ops), np.float32)
        # Class weights, which are words, are never served.
        hyperparameters = [float(v) for v in loss.values().values() if not isinstance(v, str)]
        numbers[: len(hyperparameters)] = hyperparameters
        numbers[d.CLIP_AT] = rules.clip_at
        numbers[d.NUMBER_COUNT :] = np.ravel(self._plan.hyperparameters)
        self._lay(d.NUMBERS, numbers)

    def _set_data(self, loss: Loss) -> None:
        desk, batches = self._desk, self._batches
        x = batches.samples.x.reshape(len(batches.samples), -1).numpy()
        target = batches.samples.y.numpy()
        desk[d.COUNT], desk[d.FEATURES] = x.shape
        desk[d.OUTPUTS] = self._plan.ops[-1, d.UNITS]
        desk[d.BATCH], desk[d.PER_EPOCH] = batches.batch_size, batches.per_epoch
        desk[d.MEAN_OVER] = 1 if loss.target_form == "classes" else desk[d.OUTPUTS]
        desk[d.EPOCH] = -1
        self._lay(d.X, x)
        self._lay(d.TRUTH, target)
        self._lay(d.ORDER, np.arange(len(x)))
        self._lay(d.WORDS, np.empty(WORDS, np.int64))

    def _set_held(self, held: Tensors) -> None:
        self._desk[d.HELD_COUNT] = len(held)
        self._lay(d.HELD_X, held.x.reshape(len(held), -1).numpy())
        self._lay(d.HELD_TRUTH, held.y.numpy())
        self._lay(d.HELD_ORDER, np.arange(len(held)))

    def _set_room(self) -> None:
        desk, plan, lanes = self._desk, self._plan, self._plan.block
        desk[d.BLOCK] = lanes
        desk[d.OPS], desk[d.WEIGHT_COUNT] = len(plan.ops), len(self._weights)
        desk[d.HALF_DELTAS] = plan.widest * lanes
        desk[d.DROPPED] = plan.dropping.width
        self._lay(d.PLAN, plan.ops)
        self._lay(d.WEIGHTS, self._weights)
        self._lay(d.GRADIENTS, np.zeros_like(self._weights))
        self._lay(d.STATE, self._state)
        self._lay(d.MARKS, self._marks)
        if d.SHARED_UPDATE in self._pieces:
            desk[d.THREADS] = self._threads
            desk[[d.SHARE_OUT, d.WHICH, d.HOW_MANY]] = sharers()
            self._lay(d.NOW, np.zeros(d.NOW_ALL, np.int64))
        self._lay(d.CONSTANTS, self._hyperparameters)
        self._lay(d.ACTS, np.empty(plan.acts * lanes, np.float32))
        self._lay(d.SLOPES, np.empty(plan.slopes * lanes, np.float32))
        self._lay(d.DELTAS, np.empty(2 * plan.widest * lanes, np.float32))
        # For classes one int64 per sample, otherwise a float32 for each of its outputs.
        self._lay(d.WANTED, np.empty(max(2, int(desk[d.OUTPUTS])) * lanes, np.float32))


def _pieces(
    experiment: Experiment, batches: Batches, plan: Plan, validates: bool, threads: int
) -> dict[int, Piece]:
    """Return the functions that a run needs, by their place on the desk."""
    rules = experiment.regularisation
    fetch_truth, count_hits = of_form(experiment.loss.target_form)
    pieces = {
        d.ASK_BLOCK: ask_block,
        d.TAKE_BLOCK: take_block,
        d.COST: COSTS[experiment.loss.key],
        d.UPDATE: UPDATES[experiment.optimizer.key],
        d.FETCH_X: of_inputs(batches.samples.are_bytes),
        d.FETCH_TRUTH: fetch_truth,
    }
    if count_hits is not None:
        pieces[d.COUNT_HITS] = count_hits
    if validates:
        pieces[d.ASK_HELD] = ask_held
    if batches.shuffles:
        pieces[d.DRAW] = draw
    if plan.has_penalty:
        pieces[d.PENALTY] = penalty
    if rules.clip in _CLIPS:
        pieces[d.CLIP] = _CLIPS[rules.clip]
    if threads > 1 and plan.has_wide and any(sharers()):
        pieces[d.SHARED_FETCH], pieces[d.SHARED_UPDATE] = fetch_part, update_part
    return pieces
