"""The rows that a run leaves: one per step, one per epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from nnplay.engine.batches import Batches
from nnplay.engine.step import StepLog
from nnplay.experiment import Figure
from nnplay.link import Scores, Trace

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class History:
    """Writes each step once, also when steps are taken again after a divergence."""

    def __init__(
        self,
        batches: Batches,
        steps: Trace,
        epochs: Trace,
        figure: Figure,
        hear: Callable[[int, float], None],
    ) -> None:
        """`hear` is told the watched figure of each epoch that `end_epoch` writes, and its number.

        It cannot go by `epochs`, which keeps every row only so long.
        """
        self._batches = batches
        self._steps = steps
        self._epochs = epochs
        self._figure = figure
        self._hear = hear
        self.written = 0
        """The last step that has its row, counted from 1."""
        self._loss = 0.0
        self._hits = 0.0
        self._penalty = 0.0
        self._samples = 0

    def write(self, log: StepLog, end: int) -> int:
        """Append the rows of the steps of `log`, the last of which is `end`; return their samples.

        Steps that were written before are left out: the loss is taken before the weights move, so
        the same step from the same weights has the same row whatever the learning rate is now.
        """
        fresh = min(len(log.losses), end - self.written)
        if fresh <= 0:
            return 0
        losses, accuracies = log.losses[-fresh:], log.accuracies[-fresh:]
        penalties, rates = log.penalties[-fresh:], log.rates[-fresh:]
        numbers = np.arange(end - fresh + 1, end + 1)
        sizes = self._batches.sizes(end - fresh, fresh)
        epochs = numbers / self._batches.per_epoch
        self._steps.extend_by_column((numbers, epochs, losses, accuracies, rates, penalties))
        self._add(numbers, np.stack((losses, accuracies, penalties)) * sizes, sizes, log.validation)
        self.written = end
        return int(sizes.sum())

    def _add(self, numbers: Numbers, figures: Floats, sizes: Numbers, held: Floats) -> None:
        """Sum figures of shape (3, n) up, and write the rows of the epochs that end among them.

        An epoch that ends with the last of these steps is left to `end_epoch`. `held` are loss and
        accuracy of the validation samples after each epoch that ended, where they were asked.
        """
        per_epoch = self._batches.per_epoch
        ends = np.arange(-int(numbers[0]) % per_epoch + 1, len(numbers), per_epoch)
        starts = np.concatenate(([0], ends))
        sums, samples = np.add.reduceat(figures, starts, 1), np.add.reduceat(sizes, starts)
        sums[:, 0] += self._loss, self._hits, self._penalty
        samples[0] += self._samples
        if len(ends):
            steps = numbers[ends - 1]
            loss, hits, penalty = sums[:, :-1] / samples[:-1]
            nothing = np.full(len(ends), np.nan)
            # Of steps taken again, the first epochs may have their rows.
            last = len(held) - (numbers[-1] % per_epoch == 0)
            held_loss, held_hits = held[last - len(ends) : last].T if len(held) else (nothing,) * 2
            epochs = steps / per_epoch
            columns = [epochs, steps, loss, hits, held_loss, held_hits, penalty, nothing]
            if self._figure.column:
                columns[-1] = columns[self._epochs.columns.index(self._figure.column)]
            self._epochs.extend(np.column_stack(columns))
        self._loss, self._hits, self._penalty = sums[:, -1].tolist()
        self._samples = int(samples[-1])

    def end_epoch(self, validation: Scores, watched: float) -> Mapping[str, float] | None:
        """Append the row of the epoch that ends with the last step written, unless it has one.

        `watched` is the watched figure, used where none of the other columns holds it. Returns the
        row by its columns, None where there was one.
        """
        if not self._samples:
            return None
        step = self.written
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
        self._hear(step // self._batches.per_epoch, float(figures[-1]))
        self._loss, self._hits, self._penalty, self._samples = 0.0, 0.0, 0.0, 0
        return dict(zip(self._epochs.columns, figures, strict=True))
