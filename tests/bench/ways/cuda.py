"""A whole step captured by hand as a CUDA graph: what a GPU can do for a job at its best."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import torch

from nnplay.catalog import SGD
from nnplay.engine import build_loss
from nnplay.experiment import Experiment
from tests.bench.jobs import Job
from tests.bench.ways.loop import loss_over, network_of, tensors_of


class Captured:
    """Samples on the device, drawn by an order that is shuffled there once per epoch.

    A last batch that is smaller is left out, as a captured step has one size only.
    """

    def __init__(self, job: Job, device: str) -> None:
        self._job, self._device = job, torch.device(device)
        self.note = torch.cuda.get_device_name()

    def _capture(self, experiment: Experiment, seed: int) -> tuple[Any, Any, Any, Any]:
        tensors = tensors_of(experiment, "cuda")
        model = network_of(experiment, seed).to(self._device)
        first = [one.detach().clone() for one in model.parameters()]
        loss_function = build_loss(experiment.loss)
        settings = experiment.optimizer
        optimizer: torch.optim.Optimizer
        if isinstance(settings, SGD):
            optimizer = torch.optim.SGD(
                model.parameters(), settings.lr, settings.momentum, foreach=True
            )
        else:
            optimizer = torch.optim.Adam(
                model.parameters(), settings.lr, fused=True, capturable=True
            )
        size = min(experiment.batch_size or len(tensors), len(tensors))
        rows = torch.arange(size, device=self._device)

        def step() -> None:
            x, y = tensors.x, tensors.y
            if size < len(tensors):
                x, y = x.index_select(0, rows), y.index_select(0, rows)
            optimizer.zero_grad(set_to_none=True)
            loss_function(model(x), y).backward()
            optimizer.step()

        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _time in range(3):
                step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        optimizer.zero_grad(set_to_none=True)
        with torch.cuda.graph(graph):
            step()
        # Weights learnt meanwhile are reset in place, as the graph uses fixed addresses.
        with torch.no_grad():
            for parameter, start in zip(model.parameters(), first, strict=True):
                parameter.copy_(start)
            for state in optimizer.state.values():
                for value in state.values():
                    if isinstance(value, torch.Tensor):
                        value.zero_()
        return graph, rows, model, tensors

    def _play(self, captured: Any, epochs: int | None, seconds: float) -> float:
        """Replay for that many epochs, or seconds; return samples per second."""
        graph, rows, _model, tensors = captured
        size, done, epoch = len(rows), 0, 0
        # Waiting for the device after each of many short epochs would leave it idle.
        between = max(1, 1000 * size // len(tensors))
        torch.cuda.synchronize()
        start = perf_counter()
        while epoch != epochs:
            order = torch.randperm(len(tensors), device=self._device)
            for place in range(0, len(tensors) - size + 1, size):
                rows.copy_(order[place : place + size])
                graph.replay()
                done += size
            epoch += 1
            if epochs is None and epoch % between == 0:
                torch.cuda.synchronize()
                if perf_counter() - start > seconds:
                    break
        torch.cuda.synchronize()
        return done / (perf_counter() - start)

    def loss(self, seed: int) -> float:
        """Train and return the loss."""
        experiment = self._job.checked
        captured = self._capture(experiment, seed)
        self._play(captured, experiment.epochs, 0.0)
        return loss_over(experiment, captured[2], captured[3])

    def speed(self, seconds: float) -> float:
        """Train for that long."""
        return self._play(self._capture(self._job.experiment, 0), None, seconds)
