"""The training loop that PyTorch's tutorials show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from time import perf_counter
from typing import Any

import psutil
import torch
from torch import nn

from nnplay.catalog import SGD
from nnplay.engine import build_loss, build_network
from nnplay.engine.batches import Tensors, to_device
from nnplay.experiment import Experiment, derive_seed
from tests.bench.jobs import Job, parts_of

FIRST_STEPS = 3
"""Steps that are not measured, as libraries set themselves up in them."""


def network_of(experiment: Experiment, seed: int) -> nn.Sequential:
    """Return the network with the initial weights of a seed: the same in every way."""
    torch.manual_seed(derive_seed(experiment.seed, "init", seed))
    return build_network(experiment.network, experiment.data.spec().in_shape)


def optimizer_of(experiment: Experiment, model: nn.Module) -> torch.optim.Optimizer:
    """Return PyTorch's default optimizer: tutorials do not use the fused one."""
    settings = experiment.optimizer
    if isinstance(settings, SGD):
        return torch.optim.SGD(model.parameters(), settings.lr, settings.momentum)
    assert settings.key == "Adam"
    return torch.optim.Adam(model.parameters(), settings.lr)


def tensors_of(experiment: Experiment, device: str = "cpu") -> Tensors:
    """Return the training samples, as floats whatever nnplay keeps."""
    samples = parts_of(experiment).train
    samples = replace(samples, raw=samples.x)
    return to_device(samples, experiment.loss.target_form, torch.device(device))


def loss_over(experiment: Experiment, model: nn.Module, tensors: Tensors) -> float:
    """Return the mean loss over all samples."""
    loss_function = build_loss(experiment.loss)
    model.eval()
    with torch.no_grad():
        pieces = [
            loss_function(model(x), y).item() * len(x)
            for x, y in zip(tensors.x.split(5000), tensors.y.split(5000), strict=True)
        ]
    model.train()
    return sum(pieces) / len(tensors)


class Loop:
    """A DataLoader over a TensorDataset; a full batch needs none.

    On the CPU it runs on one thread or on one per core, whichever is faster here.
    """

    def __init__(self, job: Job, device: str) -> None:
        self._job, self._device = job, torch.device(device)
        self.note = "pinned memory" if device == "cuda" else self._choose_threads()

    def _choose_threads(self) -> str:
        choices = sorted({1, psutil.cpu_count(logical=False) or 1})
        best = dict.fromkeys(choices, 0.0)
        for _round in range(2):
            for threads in choices:
                torch.set_num_threads(threads)
                best[threads] = max(best[threads], self.speed(0.4))
        chosen = max(choices, key=best.__getitem__)
        torch.set_num_threads(chosen)
        return f"{chosen} threads"

    def _batches(self, experiment: Experiment) -> Any:
        tensors = tensors_of(experiment)
        if experiment.batch_size is None:
            return [(tensors.x.to(self._device), tensors.y.to(self._device))]
        return torch.utils.data.DataLoader(
            torch.utils.data.TensorDataset(tensors.x, tensors.y),
            experiment.batch_size,
            shuffle=True,
            pin_memory=self._device.type == "cuda",
        )

    def _steps(
        self, experiment: Experiment, seed: int, epochs: int | None, order: int = 0
    ) -> Iterator[Any]:
        """Train; after each step, give how many samples it took and the model."""
        model = network_of(experiment, seed).to(self._device)
        torch.manual_seed(order)
        loss_function = build_loss(experiment.loss)
        optimizer = optimizer_of(experiment, model)
        batches = self._batches(experiment)
        for _epoch in count() if epochs is None else range(epochs):
            for batch in batches:
                x, y = (one.to(self._device, non_blocking=True) for one in batch)
                optimizer.zero_grad()
                loss = loss_function(model(x), y)
                loss.backward()
                optimizer.step()
                yield len(x), model

    def loss(self, seed: int, order: int | None = None) -> float:
        """Train with the samples in an order of its own and return the loss."""
        experiment = self._job.checked
        *_steps, (_size, model) = self._steps(
            experiment, seed, experiment.epochs, seed if order is None else order
        )
        return loss_over(experiment, model, tensors_of(experiment, self._device.type))

    def speed(self, seconds: float) -> float:
        """Train for that long."""
        done, start, after, step = 0, perf_counter(), 0.0, 0
        for size, _model in self._steps(self._job.experiment, 0, None):
            step += 1
            if step <= FIRST_STEPS:
                self._wait()
                start = perf_counter()
                continue
            done += size
            after = perf_counter() - start
            if after > seconds:
                break
        self._wait()
        return done / (perf_counter() - start)

    def _wait(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize()
