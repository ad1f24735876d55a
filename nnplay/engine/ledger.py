"""The rows that a run leaves: one per step, one per epoch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnplay.engine.batches import Batches
from nnplay.engine.stepper import StepLog
from nnplay.experiment import Figure
from nnplay.link import Scores, Trace


class Ledger:
    """Writes each step once, also when steps are taken again after a divergence."""

    def __init__(self, batches: Batches, steps: Trace, epochs: Trace, figure: Figure) -> None:
        self._batches = batches
        self._steps = steps
        self._epochs = epochs
        self._figure = figure
        self._written = 0
        self._loss = 0.0
        self._hits = 0.0
        self._penalty = 0.0
        self._samples = 0

    def write(self, log: StepLog, end: int, lr: float) -> int:
        """Append the rows of the steps of `log`, the last of which is `end`; return their samples.

        Steps that were written before are left out: the loss is taken before the weights move, so
        the same step from the same weights has the same row whatever the learning rate is now.
        """
        fresh = min(len(log.losses), end - self._written)
        if fresh <= 0:
            return 0
        losses, accuracies = log.losses[-fresh:], log.accuracies[-fresh:]
        penalties = log.penalties[-fresh:]
        numbers = np.arange(end - fresh + 1, end + 1)
        sizes = np.array([self._batches.size(int(n) - 1) for n in numbers])
        epochs, rates = numbers / self._batches.per_epoch, np.full(fresh, lr)
        rows = np.column_stack((numbers, epochs, losses, accuracies, rates, penalties))
        self._steps.extend(rows)
        self._written = end
        self._loss += float(losses @ sizes)
        self._hits += float(accuracies @ sizes)
        self._penalty += float(penalties @ sizes)
        self._samples += int(sizes.sum())
        return int(sizes.sum())

    def end_epoch(self, validation: Scores, watched: float) -> Mapping[str, float] | None:
        """Append the row of the epoch that ends with the last step written, unless it has one.

        `watched` is the watched figure, used where none of the other columns holds it. Returns the
        row by its columns, None where there was one.
        """
        if not self._samples:
            return None
        step = self._written
        figures = [
            step / self._batches.per_epoch,
            step,
            self._loss / self._samples,
            self._hits / self._samples,
            np.nan if validation.loss is None else validation.loss,
            np.nan if validation.accuracy is None else validation.accuracy,
            self._penalty / self._samples,
            watched,
        ]
        if self._figure.column:
            figures[-1] = figures[self._epochs.columns.index(self._figure.column)]
        self._epochs.extend(np.array([figures]))
        self._loss, self._hits, self._penalty, self._samples = 0.0, 0.0, 0.0, 0
        return dict(zip(self._epochs.columns, figures, strict=True))
