"""A stepper for GPUs: a whole step is recorded once as a CUDA graph and then replayed.

Small networks spend most of their time on a GPU launching many short operations one by one; a
recorded step is launched as a whole. https://pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
"""

from __future__ import annotations

import inspect
from collections import Counter
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.catalog import Optimizer
from nnplay.engine.evaluation.accuracy import count_correct
from nnplay.engine.model.build import resolve
from nnplay.engine.step import Factors, Floats, State, StepLog, constant_factors
from nnplay.engine.steppers.torch_stepper import TorchStepper, TorchTraining
from nnplay.engine.steppers.train_step import train_step
from nnplay.experiment import Experiment
from nnplay.translation import _, n_

_WARM_UP_STEPS = 3
"""Steps of each batch size before one is recorded: libraries and optimizers initialise in them."""
_ROOM = 4096
"""The number of steps whose metrics fit into the device's log."""


def unsupported(experiment: Experiment) -> str:
    """Return why the steps of an experiment cannot be recorded; empty if they can."""
    if experiment.augmentation.is_on:
        return _("uses augmentation")
    if not experiment.optimizer.records:
        return _("has {layer}").format(layer=_(experiment.optimizer.label))
    return ""


class GraphStepper(TorchStepper):
    """Replays recorded steps on a GPU, where the metrics stay until `advance` ends.

    On the CPU, and where recording fails, each step is taken by PyTorch instead.
    """

    name = n_("graph")

    def __init__(self, training: TorchTraining, why: str) -> None:
        super().__init__(training, why)
        self.is_ready = False
        batches, device = self._batches, self._device
        self._records = device.type == "cuda"
        self._stream = torch.cuda.Stream(device) if self._records else None  # type: ignore[no-untyped-call]
        # A recorded step reads and writes fixed addresses: all that changes from step to step, even
        # the position in the epoch, must be in tensors that stay where they are.
        self._order = torch.arange(len(batches.samples), device=device)
        self._batch_positions = torch.arange(batches.batch_size, device=device)
        self._start = torch.zeros(1, dtype=torch.int64, device=device)
        self._row = torch.zeros(1, dtype=torch.int64, device=device)
        self._log = torch.zeros(3, _ROOM, dtype=torch.float64, device=device)
        self._unknown = torch.full((), torch.nan, dtype=torch.float64, device=device)
        self._position = (-1, -1)
        self._graphs: dict[int, torch.cuda.CUDAGraph] = {}
        self._taken: Counter[int] = Counter()

    def get_ready(self) -> None:
        """Try to record a step; the weights are the same afterwards."""
        # The steps that lead to a recording are real ones, so the state is put back after them.
        state = self.save()
        try:
            while self._records and not self._graphs:
                self.advance(1)
        except torch.OutOfMemoryError:
            raise
        # Some layers synchronise or allocate in ways that a graph cannot record.
        except RuntimeError as error:
            self._records = False
            self.name = n_("eager")
            reason = str(error).partition("\n")[0]
            self.why = _("a step of it cannot be recorded: {reason}").format(reason=reason)
        finally:
            self.restore(state)
        self.is_ready = True

    def advance(self, steps: int) -> StepLog:
        """Take that many steps; the metrics leave the device once per `_ROOM` steps."""
        first = self.step
        rates = self._lr * self._factors(first, steps)
        parts = [self._replay(rates[done : done + _ROOM]) for done in range(0, steps, _ROOM)]
        losses, correct, penalties = np.concatenate(parts or [np.empty((3, 0))], axis=1)
        return StepLog(losses, correct / self._batches.sizes(first, steps), penalties, rates)

    def tune(self, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Use an optimizer's hyperparameters, its learning rate times the factor of each step."""
        self._lr, self._factors = optimizer.lr, factors
        hyperparameters = dict(optimizer.args())
        del hyperparameters["lr"]
        for group in self._optimizer.param_groups:
            # Unlike the learning rate, these are constants in the recording.
            if any(group[name] != value for name, value in hyperparameters.items()):
                group.update(hyperparameters)
                self._forget()

    def restore(self, state: State) -> None:
        """Return to a saved state; batches follow, as they depend on the step alone."""
        super().restore(state)
        # Loading a state may replace tensors whose addresses are in the recording.
        self._forget()

    def _build_optimizer(self, optimizer: Optimizer) -> torch.optim.Optimizer:
        return _recordable(optimizer, self.model, self._device)

    def _forget(self) -> None:
        self._graphs.clear()
        self._taken.clear()

    def _replay(self, rates: Floats) -> Floats:
        """Take a step per rate, at most `_ROOM`; return losses, correct, penalties (3, steps)."""
        with self._own_stream():
            self._row.zero_()
            current = None
            for rate in rates.tolist():
                if rate != current:
                    self._set_rate(rate)
                    current = rate
                self._next()
            metrics: Floats = self._log[:, : len(rates)].cpu().numpy().copy()
        return metrics

    def _set_rate(self, rate: float) -> None:
        for group in self._optimizer.param_groups:
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)  # recorded steps read this tensor

    def _own_stream(self) -> AbstractContextManager[object]:
        """Use a stream of our own, as recording requires, after all work queued before."""
        if self._stream is None:
            return nullcontext()
        self._stream.wait_stream(torch.cuda.current_stream(self._device))
        return torch.cuda.stream(self._stream)

    def _next(self) -> None:
        epoch, index = divmod(self.step, self._batches.per_epoch)
        # The recorded step advances `_start` itself; only at a new epoch or after a jump to another
        # step does the CPU have to send the order and the position.
        if self._position != (epoch, index):
            if self._batches.shuffles:
                self._order.copy_(self._batches.order(epoch))
            self._start.fill_(index * self._batches.batch_size)
        # Shapes are fixed in a recording, so the smaller last batch of an epoch has its own.
        size = self._batches.size(self.step)
        if self._records and self._taken[size] >= _WARM_UP_STEPS:
            self._recording(size).replay()
        else:
            self._take_step(size)
            self._taken[size] += 1
        self.step += 1
        self._position = (epoch, index + 1)

    def _recording(self, size: int) -> torch.cuda.CUDAGraph:
        if size not in self._graphs:
            graph = torch.cuda.CUDAGraph()
            # Other threads, such as one that compares devices, may use the device meanwhile.
            with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
                self._take_step(size)
            self._graphs[size] = graph
        return self._graphs[size]

    def _take_step(self, size: int) -> None:
        """Take the step that `_start` points at; its position and metrics stay on the device."""
        x, y = self._batches.samples.x, self._batches.samples.y
        if size < len(x):
            rows = self._order.index_select(0, self._batch_positions[:size] + self._start)
            x, y = x.index_select(0, rows), y.index_select(0, rows)
        loss, penalty, logits = train_step(
            self._forward, self._loss_function, self._optimizer, self._regularisation, x, y
        )
        correct = self._unknown
        if self._target_form != "values":
            correct = count_correct(logits, y, self._target_form).double()
        added = self._unknown if penalty is None else penalty.double()
        metrics = torch.stack((loss.double(), correct, added)).unsqueeze(1)
        self._log.index_copy_(1, self._row, metrics)
        self._start.add_(size)
        self._row.add_(1)


def _recordable(
    optimizer: Optimizer, model: nn.Module, device: torch.device
) -> torch.optim.Optimizer:
    """Return the optimizer with its learning rate and its counters on the device."""
    call = optimizer.call()
    make = resolve(call)
    args = dict(call.args)
    known = inspect.signature(make).parameters
    if optimizer.follows_rate:
        args["lr"] = torch.tensor(float(args["lr"]), device=device)
    if device.type == "cuda":
        option = next((name for name in ("capturable", "fused") if name in known), None)
        if option is not None:
            args[option] = True
    made: torch.optim.Optimizer = make([p for p in model.parameters() if p.requires_grad], **args)
    # torch would warn about the first steps, which are not recorded on purpose.
    made._warned_capturable_if_run_uncaptured = True
    return made
