"""A stepper for GPUs: a whole step is recorded once as a CUDA graph, and then played back.

What a small network costs on a GPU is mostly the launching of its many short operations one by one;
a recorded step is launched as a whole. https://pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
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

_FIRST = 3
"""Steps of each size before one is recorded: libraries and optimizers set themselves up in them."""
_ROOM = 4096
"""Steps whose figures the device keeps until they are fetched."""


def obstacle(experiment: Experiment) -> str:
    """Return what keeps the steps of an experiment from being recorded, or nothing."""
    if experiment.augmentation.is_on:
        return _("changes its pictures by chance")
    if not experiment.optimizer.records:
        return _("has {layer}").format(layer=_(experiment.optimizer.label))
    return ""


class GraphStepper(TorchStepper):
    """Replays recorded steps on a GPU, where the metrics stay until `advance` ends.

    Where the data are on the CPU, and where recording fails, each step is taken by itself.
    """

    name = n_("graph")

    def __init__(self, training: TorchTraining, why: str) -> None:
        super().__init__(training, why)
        self.is_ready = False
        batches, device = self._batches, self._device
        self._records = device.type == "cuda"
        self._stream = torch.cuda.Stream(device) if self._records else None  # type: ignore[no-untyped-call]
        # What a recorded step reads and writes has to stay where it is.
        self._order = torch.arange(len(batches.samples), device=device)
        self._places = torch.arange(batches.batch_size, device=device)
        self._start = torch.zeros(1, dtype=torch.int64, device=device)
        self._row = torch.zeros(1, dtype=torch.int64, device=device)
        self._log = torch.zeros(3, _ROOM, dtype=torch.float64, device=device)
        self._nothing = torch.full((), torch.nan, dtype=torch.float64, device=device)
        self._laid_out = (-1, -1)
        self._graphs: dict[int, torch.cuda.CUDAGraph] = {}
        self._taken: Counter[int] = Counter()

    def get_ready(self) -> None:
        """See whether a step can be recorded; nothing is learnt from those that this takes."""
        state = self.save()
        try:
            while self._records and not self._graphs:
                self.advance(1)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            self._records = False
            self.name = n_("eager")
            reason = str(error).partition("\n")[0]
            self.why = _("a step of it cannot be recorded: {reason}").format(reason=reason)
        finally:
            self.restore(state)
        self.is_ready = True

    def advance(self, steps: int) -> StepLog:
        """Take that many steps; the figures leave the device once, at the end."""
        first = self.step
        rates = self._lr * self._factors(first, steps)
        parts = [self._play(rates[done : done + _ROOM]) for done in range(0, steps, _ROOM)]
        losses, hits, penalties = np.concatenate(parts or [np.empty((3, 0))], axis=1)
        return StepLog(losses, hits / self._batches.sizes(first, steps), penalties, rates)

    def tune(self, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Take on an optimizer's constants, its learning rate times what each step's factor is."""
        self._lr, self._factors = optimizer.lr, factors
        hyperparameters = dict(optimizer.args())
        del hyperparameters["lr"]
        for group in self._optimizer.param_groups:
            # They stand in the recording itself.
            if any(group[name] != value for name, value in hyperparameters.items()):
                group.update(hyperparameters)
                self._forget()

    def restore(self, state: State) -> None:
        """Return to a saved state; batches follow, as they depend on the step alone."""
        super().restore(state)
        # Recorded steps know the tensors that were there before, and no others.
        self._forget()

    def _build_optimizer(self, optimizer: Optimizer) -> torch.optim.Optimizer:
        return _recordable(optimizer, self.model, self._device)

    def _forget(self) -> None:
        self._graphs.clear()
        self._taken.clear()

    def _play(self, rates: Floats) -> Floats:
        """Take a step per rate, at most `_ROOM`; return losses, hits and penalties (3, steps)."""
        with self._apart():
            self._row.zero_()
            now = None
            for rate in rates.tolist():
                if rate != now:
                    self._set_rate(rate)
                    now = rate
                self._next()
            figures: Floats = self._log[:, : len(rates)].cpu().numpy().copy()
        return figures

    def _set_rate(self, rate: float) -> None:
        for group in self._optimizer.param_groups:
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)  # recorded steps look here

    def _apart(self) -> AbstractContextManager[object]:
        """Work on an own stream, as recording must, after all that was asked for before."""
        if self._stream is None:
            return nullcontext()
        self._stream.wait_stream(torch.cuda.current_stream(self._device))
        return torch.cuda.stream(self._stream)

    def _next(self) -> None:
        epoch, place = divmod(self.step, self._batches.per_epoch)
        if self._laid_out != (epoch, place):
            if self._batches.shuffles:
                self._order.copy_(self._batches.order(epoch))
            self._start.fill_(place * self._batches.batch_size)
        size = self._batches.size(self.step)
        if self._records and self._taken[size] >= _FIRST:
            self._recorded(size).replay()
        else:
            self._take(size)
            self._taken[size] += 1
        self.step += 1
        self._laid_out = (epoch, place + 1)

    def _recorded(self, size: int) -> torch.cuda.CUDAGraph:
        if size not in self._graphs:
            graph = torch.cuda.CUDAGraph()
            # Other threads of a window may go on using the device meanwhile.
            with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
                self._take(size)
            self._graphs[size] = graph
        return self._graphs[size]

    def _take(self, size: int) -> None:
        """Do the step that `_start` points at; where it is, and its figures, stay on the device."""
        x, y = self._batches.samples.x, self._batches.samples.y
        if size < len(x):
            rows = self._order.index_select(0, self._places[:size] + self._start)
            x, y = x.index_select(0, rows), y.index_select(0, rows)
        loss, penalty, logits = train_step(
            self._forward, self._loss_function, self._optimizer, self._regularisation, x, y
        )
        hits = self._nothing
        if self._target_form != "values":
            hits = count_correct(logits, y, self._target_form).double()
        held_out = self._nothing if penalty is None else penalty.double()
        figures = torch.stack((loss.double(), hits, held_out)).unsqueeze(1)
        self._log.index_copy_(1, self._row, figures)
        self._start.add_(size)
        self._row.add_(1)


def _recordable(
    optimizer: Optimizer, model: nn.Module, device: torch.device
) -> torch.optim.Optimizer:
    """Return the optimizer with its learning rate, and all that it counts, on the device."""
    call = optimizer.call()
    make = resolve(call)
    args = dict(call.args)
    known = inspect.signature(make).parameters
    if optimizer.follows_rate:
        args["lr"] = torch.tensor(float(args["lr"]), device=device)
    if device.type == "cuda":
        way = next((name for name in ("capturable", "fused") if name in known), None)
        if way is not None:
            args[way] = True
    made: torch.optim.Optimizer = make([p for p in model.parameters() if p.requires_grad], **args)
    # Torch would warn of the first steps, which are not recorded, although that is meant.
    made._warned_capturable_if_run_uncaptured = True
    return made
