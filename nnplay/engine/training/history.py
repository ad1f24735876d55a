"""The metrics of a run: a row per step and a row per epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.engine.batches import Batches
from nnplay.engine.step import StepLog
from nnplay.experiment import MonitoredMetric
from nnplay.link import Scores, Trace
from nnplay.link.resume_point import Array

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class History:
    """Writes each step once, even if it is repeated after a divergence."""

    def __init__(
        self,
        batches: Batches,
        steps: Trace,
        epochs: Trace,
        metric: MonitoredMetric,
        on_epoch: Callable[[int, float], None],
    ) -> None:
        """`on_epoch` is called with the number and the monitored metric of each epoch.

        The trace `epochs` cannot serve for that, as it thins its rows in long runs.
        """
        self._batches = batches
        self._steps = steps
        self._epochs = epochs
        self._metric = metric
        self._on_epoch = on_epoch
        self.written = 0
        """The last step that has a row, counted from 1."""
        self._loss = 0.0
        self._correct = 0.0
        self._penalty = 0.0
        self._samples = 0

    def write(self, log: StepLog, end: int) -> int:
        """Append the rows of the steps in `log`, which ends with step `end`; return their samples.

        Steps that have a row already are skipped: the loss is computed before the weights change,
        so repeating a step from the same weights gives the same row at any learning rate.
        """
        new = min(len(log.losses), end - self.written)
        if new <= 0:
            return 0
        losses, accuracies = log.losses[-new:], log.accuracies[-new:]
        penalties, rates = log.penalties[-new:], log.rates[-new:]
        numbers = np.arange(end - new + 1, end + 1)
        sizes = self._batches.sizes(end - new, new)
        epochs = numbers / self._batches.per_epoch
        self._steps.extend_by_column((numbers, epochs, losses, accuracies, rates, penalties))
        self._add(numbers, np.stack((losses, accuracies, penalties)) * sizes, sizes, log.validation)
        self.written = end
        return int(sizes.sum())

    def _add(
        self, numbers: Numbers, metrics: Floats, sizes: Numbers, validation_rows: Floats
    ) -> None:
        """Sum metrics of shape (3, n) up, and write the rows of the epochs that end among them.

        An epoch that ends with the last of these steps is left to `end_epoch`. `validation_rows`
        hold the validation loss and accuracy after each epoch, from a stepper that validates.
        """
        per_epoch = self._batches.per_epoch
        ends = np.arange(-int(numbers[0]) % per_epoch + 1, len(numbers), per_epoch)
        starts = np.concatenate(([0], ends))
        sums, samples = np.add.reduceat(metrics, starts, 1), np.add.reduceat(sizes, starts)
        sums[:, 0] += self._loss, self._correct, self._penalty
        samples[0] += self._samples
        if len(ends):
            steps = numbers[ends - 1]
            loss, correct, penalty = sums[:, :-1] / samples[:-1]
            unknown = np.full(len(ends), np.nan)
            # Of repeated steps, the first epochs may have their rows already.
            last = len(validation_rows) - (numbers[-1] % per_epoch == 0)
            val_loss, val_accuracy = unknown, unknown
            if len(validation_rows):
                val_loss, val_accuracy = validation_rows[last - len(ends) : last].T
            epochs = steps / per_epoch
            columns = [epochs, steps, loss, correct, val_loss, val_accuracy, penalty, unknown]
            if self._metric.column:
                columns[-1] = columns[self._epochs.columns.index(self._metric.column)]
            self._epochs.extend(np.column_stack(columns))
        self._loss, self._correct, self._penalty = sums[:, -1].tolist()
        self._samples = int(samples[-1])

    def saved(self) -> tuple[dict[str, Array], dict[str, int]]:
        """Return the sums of the epoch in progress."""
        sums = np.array([self._loss, self._correct, self._penalty])
        return {"sums": sums}, {"written": self.written, "samples": self._samples}

    def resume(self, arrays: Mapping[str, Array], value: Any) -> None:
        """Continue with saved sums; later rows are removed."""
        self.written, self._samples = value["written"], value["samples"]
        self._loss, self._correct, self._penalty = arrays["sums"].tolist()
        self._steps.cut("step", self.written)
        self._epochs.cut("step", self.written)

    def go_back(self, step: int) -> int:
        """Remove the rows after a step, which the run has returned to; return how many epochs."""
        epochs = len(self._epochs)
        self._steps.cut("step", step)
        self._epochs.cut("step", step)
        self.written = step
        start = step - step % self._batches.per_epoch
        rows = self._steps.read()
        rows = rows[np.searchsorted(rows[:, 0], start, "right") :]
        self._samples = int(self._batches.sizes(start, step - start).sum())
        sums = [0.0, 0.0, 0.0]
        if len(rows):
            # Of very long runs not every step has a row: those that have one stand for all.
            sizes = np.array([self._batches.size(int(one) - 1) for one in rows[:, 0]])
            columns = [self._steps.columns.index(one) for one in ("loss", "accuracy", "penalty")]
            sums = (rows[:, columns].T @ sizes * (self._samples / sizes.sum())).tolist()
        self._loss, self._correct, self._penalty = sums
        return epochs - len(self._epochs)

    def end_epoch(self, validation: Scores, monitored: float) -> Mapping[str, float] | None:
        """Append the row of the epoch that ends with the last step written, unless it has one.

        `monitored` is the monitored metric, used if no other column holds it. Returns the row by
        its columns, None if there was one.
        """
        if not self._samples:
            return None
        step = self.written
        metrics = [
            step / self._batches.per_epoch,
            step,
            self._loss / self._samples,
            self._correct / self._samples,
            np.nan if validation.loss is None else validation.loss,
            np.nan if validation.accuracy is None else validation.accuracy,
            self._penalty / self._samples,
            monitored,
        ]
        if self._metric.column:
            metrics[-1] = metrics[self._epochs.columns.index(self._metric.column)]
        self._epochs.extend(np.array([metrics]))
        self._on_epoch(step // self._batches.per_epoch, float(metrics[-1]))
        self._loss, self._correct, self._penalty, self._samples = 0.0, 0.0, 0.0, 0
        return dict(zip(self._epochs.columns, metrics, strict=True))
