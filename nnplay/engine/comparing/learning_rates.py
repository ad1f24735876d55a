"""Trains one experiment with several learning rates side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isfinite, nan
from time import perf_counter

import numpy as np
import numpy.typing as npt
from torch import nn

from nnplay.engine.comparing.devices import (
    Cancelled,
    prepare_cancellable,
    raise_if_cancelled,
    torch_state_restored,
)
from nnplay.engine.comparing.several import choose_simultaneous_runs
from nnplay.engine.evaluation.evaluate import evaluate, monitored_value
from nnplay.engine.run_request import RunRequest
from nnplay.engine.setup import Setup
from nnplay.engine.step import StepLog
from nnplay.engine.training.history import History
from nnplay.engine.training.lr_schedule import LearningRateSchedule
from nnplay.experiment import Experiment
from nnplay.link import (
    EPOCH_COLUMNS,
    STEP_COLUMNS,
    Part,
    RateResult,
    RatesResult,
    Scores,
    Trace,
)
from nnplay.link.rates import ROWS

CHUNK_SECONDS = 0.02
"""How long all of them step between calls of `stop` and `tell`."""
OnProgress = Callable[[int, int], object]


def compare_rates(
    experiment: Experiment,
    rates: Sequence[float],
    curves: Trace,
    *,
    threads: int | None = None,
    spare_cores: int = 0,
    stop: Callable[[], bool] = lambda: False,
    tell: OnProgress = lambda step, steps: None,
) -> RatesResult:
    """Train an experiment to its last epoch with each of these learning rates.

    All start from the same weights and see the same samples in the same order; the policy is
    ignored, so that all take the same steps. Losses are appended to `curves`, see
    `learning_rate_curves`; `tell` is called with the steps taken and their total. When `stop`
    returns true, the comparison ends with what there is.

    No run may train at the same time in this process. Raises RunError, DataError, DeviceError or
    WeightsError if it cannot start, Cancelled if it was stopped before its first step.
    """
    rates = sorted(rates)
    ordered = replace(experiment, optimizer=experiment.optimizer.changed(lr=rates[0]))
    with torch_state_restored():
        setup = prepare_cancellable(
            RunRequest(0, ordered, threads, spare_cores, copies=len(rates)), stop
        )
        return _Comparison(setup, rates, curves, stop).run(tell)


class _Comparison:
    """The networks, one for each learning rate."""

    def __init__(
        self, setup: Setup, rates: Sequence[float], curves: Trace, stop: Callable[[], bool]
    ) -> None:
        self._setup = setup
        self._rates = rates
        self._stop = stop
        self._per_epoch = setup.batches.per_epoch
        part: Part = "validation" if len(setup.tensors["validation"]) else "train"
        self._first_loss = self._scores(setup.model, part).loss or 0.0
        self._optimizers = [setup.experiment.optimizer.changed(lr=rate) for rate in rates]
        self._runs = choose_simultaneous_runs(setup, self._optimizers)
        self._diverged: list[int | None] = [None] * len(rates)
        self._loss_curves = _LossCurves(curves, len(rates), setup.steps, self._per_epoch)
        schedules = [LearningRateSchedule(setup.experiment, self._per_epoch) for _rate in rates]
        for at, (optimizer, lr_schedule) in enumerate(
            zip(self._optimizers, schedules, strict=True)
        ):
            self._runs.tune(at, optimizer, lr_schedule.factors)
        self._listens = setup.experiment.schedule.uses_metric
        self._histories = [
            History(
                setup.batches,
                Trace(STEP_COLUMNS, ROWS),
                Trace(EPOCH_COLUMNS, ROWS),
                setup.experiment.policy.metric,
                lr_schedule.observe,
            )
            for lr_schedule in schedules
        ]

    def run(self, tell: OnProgress) -> RatesResult:
        """Take all steps, evaluate, and return the result."""
        runs, steps = self._runs, self._setup.steps
        runs.get_ready()
        start, chunk = perf_counter(), 1
        seconds: float | None = None
        stopped = False
        try:
            while runs.step < steps and None in self._diverged:
                self._poll()
                before = perf_counter()
                done = self._advance(chunk)
                took = perf_counter() - before
                chunk = max(1, min(2 * done, int(done * CHUNK_SECONDS / took)))
                tell(runs.step, steps)
            seconds = perf_counter() - start
            self._loss_curves.end()
            results = tuple(self._evaluated(at) for at in range(len(self._rates)))
            first = self._first_loss
        except Cancelled:
            if not runs.step:
                raise
            seconds, stopped = seconds or perf_counter() - start, True
            self._loss_curves.end()
            results = tuple(self._interim(at) for at in range(len(self._rates)))
            first = self._loss_curves.first
        return RatesResult(
            results,
            first,
            runs.step,
            self._per_epoch,
            seconds,
            runs.name,
            runs.why,
            stopped,
            self._setup.output.loss_unit,
        )

    def _advance(self, steps: int) -> int:
        """Take at most that many steps, as far as the learning rates are known; return how many."""
        start = self._runs.step
        steps = min(steps, self._setup.steps - start)
        if self._listens:
            steps = min(steps, self._per_epoch - start % self._per_epoch)
        logs = self._runs.advance(steps, self._poll)
        losses = np.stack([log.losses for log in logs])
        for at in range(len(logs)):
            bad = np.flatnonzero(~np.isfinite(losses[at]))
            if len(bad) and self._diverged[at] is None:
                self._diverged[at] = start + int(bad[0]) + 1
            diverged = self._diverged[at]
            if diverged is not None:
                losses[at, max(0, diverged - 1 - start) :] = nan
        self._loss_curves.add(losses)
        if self._listens:
            self._observe_epoch(logs)
        return steps

    def _observe_epoch(self, logs: Sequence[StepLog]) -> None:
        """Record the metrics of the epoch, for schedules that depend on them."""
        end = self._runs.step
        setup, metric = self._setup, self._setup.experiment.policy.metric
        for at, log in enumerate(logs):
            if self._diverged[at] is not None:
                continue
            self._histories[at].write(log, end)
            if end % self._per_epoch:
                continue
            validation_samples = setup.tensors["validation"]
            scores, logits = evaluate(
                self._runs.model(at), setup.loss_function, validation_samples, setup.target_form,
                self._poll,
            )  # fmt: skip
            monitored = monitored_value(metric, logits, validation_samples, setup.output)
            self._histories[at].end_epoch(scores, monitored)

    def _evaluated(self, at: int) -> RateResult:
        """Return the final result with one learning rate, on all samples."""
        rate, diverged = self._rates[at], self._diverged[at]
        if diverged is not None:
            return RateResult(rate, diverged, Scores(), Scores())
        model = self._runs.model(at)
        train, validation = (self._scores(model, part) for part in ("train", "validation"))
        losses = [scores.loss for scores in (train, validation) if scores.loss is not None]
        if not all(map(isfinite, losses)):
            return RateResult(rate, self._runs.step, Scores(), Scores())
        return RateResult(rate, None, train, validation)

    def _interim(self, at: int) -> RateResult:
        """Return the result with one learning rate over its last steps."""
        rate, diverged = self._rates[at], self._diverged[at]
        scores = Scores() if diverged is not None else Scores(self._loss_curves.last[at])
        return RateResult(rate, diverged, scores, Scores())

    def _scores(self, model: nn.Sequential, part: Part) -> Scores:
        setup = self._setup
        return evaluate(
            model, setup.loss_function, setup.tensors[part], setup.target_form, self._poll
        )[0]

    def _poll(self) -> None:
        raise_if_cancelled(self._stop)


class _LossCurves:
    """The curves of the losses, thinned as they grow: a point for every few steps."""

    def __init__(self, curves: Trace, count: int, steps: int, per_epoch: int) -> None:
        self._curves = curves
        self._per_epoch = per_epoch
        self._every = -(-steps // ROWS)
        self._waiting = np.empty((count, 0))
        self._step = 0
        self.first = nan
        """The loss of the first step, which is the same for all."""
        self.last: list[float] = []
        """The newest point of each curve."""

    def add(self, losses: npt.NDArray[np.float64]) -> None:
        """Append losses of shape (networks, steps)."""
        if not self._step and not self._waiting.size:
            self.first = float(losses[0, 0])
        joined = np.concatenate((self._waiting, losses), 1)
        full = joined.shape[1] // self._every
        self._waiting = joined[:, full * self._every :]
        self._write(joined[:, : full * self._every].reshape(len(joined), full, self._every))

    def end(self) -> None:
        """Make a point of the steps that are left over."""
        if self._waiting.size:
            self._write(self._waiting[:, None])
            self._waiting = self._waiting[:, :0]

    def _write(self, groups: npt.NDArray[np.float64]) -> None:
        """Append a row for each group of steps; `groups` is (networks, groups, steps)."""
        _networks, rows, every = groups.shape
        if not rows:
            return
        # Where a network diverges within a group, the point is the mean over the steps before.
        known = np.isfinite(groups)
        with np.errstate(invalid="ignore"):
            means = np.where(known, groups, 0.0).sum(2) / known.sum(2)
        steps = self._step + every * np.arange(1, rows + 1)
        self._curves.extend(np.column_stack((steps, steps / self._per_epoch, means.T)))
        self._step += rows * every
        self.last = means[:, -1].tolist()
