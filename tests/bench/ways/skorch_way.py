"""skorch, as its documentation shows it: a net with scikit-learn's `fit`.

There is no validation set, and nothing is printed. Threads are PyTorch's own choice.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np
import skorch
import skorch.callbacks
import torch

from nnplay.catalog import SGD, BinaryCrossEntropy, CrossEntropy
from nnplay.experiment import Experiment
from tests.bench.jobs import Job, parts_of
from tests.bench.ways.loop import FIRST_STEPS, loss_over, network_of, tensors_of


class StopAfter(skorch.callbacks.Callback):  # type: ignore[misc]
    """Counts samples, and ends the training after that many seconds as Ctrl+C does."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.steps, self.done = seconds, 0, 0
        self.start = self.speed = 0.0

    def on_batch_end(self, _net: Any, batch: Any = None, **_more: Any) -> None:
        """Count."""
        self.steps += 1
        if self.steps <= FIRST_STEPS:
            self.start = perf_counter()
            return
        self.done += len(batch[0])
        passed = perf_counter() - self.start
        if passed > self.seconds:
            self.speed = self.done / passed
            raise KeyboardInterrupt


class Skorch:
    """A net for one job."""

    def __init__(self, job: Job, _device: str) -> None:
        self._job = job
        self.note = f"{torch.get_num_threads()} threads"

    def _fit(self, experiment: Experiment, seed: int, epochs: int, *callbacks: Any) -> Any:
        samples = parts_of(experiment).train
        loss, settings = experiment.loss, experiment.optimizer
        y = samples.y
        kind, criterion = skorch.NeuralNetRegressor, torch.nn.MSELoss
        if isinstance(loss, CrossEntropy):
            kind, criterion = skorch.NeuralNetClassifier, torch.nn.CrossEntropyLoss
        elif isinstance(loss, BinaryCrossEntropy):
            kind, criterion = skorch.NeuralNetBinaryClassifier, torch.nn.BCEWithLogitsLoss
            y = y.astype(np.float32).reshape(-1)
        optimizer: dict[str, Any] = {"optimizer": torch.optim.Adam}
        if isinstance(settings, SGD):
            optimizer = {"optimizer": torch.optim.SGD, "optimizer__momentum": settings.momentum}
        net = kind(
            network_of(experiment, seed), criterion=criterion, lr=settings.lr, max_epochs=epochs,
            batch_size=experiment.batch_size or -1, train_split=None, verbose=0,
            iterator_train__shuffle=experiment.batch_size is not None,
            callbacks=list(callbacks), **optimizer,
        )  # fmt: skip
        net.fit(samples.x, y)
        return net

    def loss(self, seed: int) -> float:
        """Train and return the loss."""
        experiment = self._job.checked
        net = self._fit(experiment, seed, experiment.epochs)
        return loss_over(experiment, net.module_, tensors_of(experiment))

    def speed(self, seconds: float) -> float:
        """Train for that long."""
        clock = StopAfter(seconds)
        net = self._fit(self._job.experiment, 0, 10**9, clock)
        # skorch may work on a copy of what it is given.
        return next(one.speed for _name, one in net.callbacks_ if isinstance(one, StopAfter))
