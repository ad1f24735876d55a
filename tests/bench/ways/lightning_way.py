"""Lightning, as its documentation shows it: a module, a DataLoader and a trainer.

Logging, checkpoints, the progress bar and the summary are off. Threads are PyTorch's own choice.
"""

from __future__ import annotations

import logging
import warnings
from time import perf_counter
from typing import Any

import lightning as li
import torch
from torch import Tensor

from nnplay.engine import build_loss
from nnplay.experiment import Experiment
from tests.bench.jobs import Job
from tests.bench.ways.loop import FIRST_STEPS, loss_over, network_of, optimizer_of, tensors_of


class Module(li.LightningModule):  # type: ignore[misc]
    """The network of an experiment."""

    def __init__(self, experiment: Experiment, seed: int) -> None:
        super().__init__()
        self._experiment = experiment
        self.network = network_of(experiment, seed)
        self.loss_function = build_loss(experiment.loss)

    def training_step(self, batch: tuple[Tensor, Tensor], _index: int) -> Tensor:
        """Return the loss of a batch."""
        x, y = batch
        loss: Tensor = self.loss_function(self.network(x), y)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return the optimizer."""
        return optimizer_of(self._experiment, self.network)


class StopAfter(li.Callback):  # type: ignore[misc]
    """Counts samples, and ends the training after that many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._steps, self._start = seconds, 0, 0.0
        self._done, self.speed = 0, 0.0

    def on_train_batch_end(
        self, trainer: Any, _module: Any, _outputs: Any, batch: Any, _index: int
    ) -> None:
        """Count."""
        self._steps += 1
        if self._steps <= FIRST_STEPS:
            self._start = perf_counter()
            return
        self._done += len(batch[0])
        passed = perf_counter() - self._start
        if passed > self._seconds:
            self.speed = self._done / passed
            trainer.should_stop = True


class Lightning:
    """A trainer of one job."""

    def __init__(self, job: Job, _device: str) -> None:
        self._job = job
        self.note = f"{torch.get_num_threads()} threads"
        logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
        warnings.filterwarnings("ignore", module="lightning")

    def _fit(self, experiment: Experiment, module: Module, **settings: Any) -> None:
        tensors = tensors_of(experiment)
        loader = torch.utils.data.DataLoader(
            torch.utils.data.TensorDataset(tensors.x, tensors.y),
            experiment.batch_size or len(tensors),
            shuffle=experiment.batch_size is not None,
        )
        if experiment.batch_size is None:
            # Sample by sample, as a DataLoader collects them, a full batch takes seconds.
            loader = torch.utils.data.DataLoader([(tensors.x, tensors.y)], batch_size=None)
        trainer = li.Trainer(
            accelerator="cpu", devices=1, logger=False, enable_checkpointing=False,
            enable_progress_bar=False, enable_model_summary=False, **settings,
        )  # fmt: skip
        trainer.fit(module, loader)

    def loss(self, seed: int) -> float:
        """Train and return the loss."""
        experiment = self._job.checked
        module = Module(experiment, seed)
        self._fit(experiment, module, max_epochs=experiment.epochs)
        return loss_over(experiment, module.network, tensors_of(experiment))

    def speed(self, seconds: float) -> float:
        """Train for that long."""
        clock = StopAfter(seconds)
        module = Module(self._job.experiment, 0)
        self._fit(self._job.experiment, module, max_epochs=-1, callbacks=[clock])
        return clock.speed
