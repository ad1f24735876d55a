"""nnplay's engine, without a window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import inf
from time import perf_counter
from typing import Any

import numpy.typing as npt

from nnplay.engine import RunRequest, train
from nnplay.experiment import Experiment
from nnplay.link import STEP_COLUMNS, Control, Failed, Finished, Link, Result, Started, Trace
from tests.bench.jobs import Job, samples_of

Came = tuple[float, int]
"""When rows came, and how many."""
SETTLE = 0.15
"""Seconds in which a run measures how many steps to take per call."""


class ClockedTrace(Trace):
    """Notes when rows come, and stops the run after that many seconds."""

    def __init__(self, control: Control, seconds: float) -> None:
        super().__init__(STEP_COLUMNS)
        self._control, self._seconds = control, seconds
        self.came: list[tuple[float, int]] = []

    def extend_by_column(self, columns: Iterable[npt.NDArray[Any]]) -> None:
        """Note and append."""
        rest = tuple(columns)
        self.came.append((perf_counter(), len(rest[0])))
        super().extend_by_column(rest)
        if self.came[-1][0] - self.came[0][0] > self._seconds:
            self._control.close()


class Ours:
    """The default: the engine selects the stepper and the threads."""

    stepper = "auto"
    precision = "float32"

    def __init__(self, job: Job, device: str) -> None:
        self._job, self._device = job, device
        self.note = ""

    def _run(self, experiment: Experiment, seconds: float = inf) -> tuple[list[Result], list[Came]]:
        experiment = replace(
            experiment, stepper=self.stepper, device=self._device, precision=self.precision
        )
        events: list[object] = []
        control = Control()
        steps = ClockedTrace(control, seconds)
        train(RunRequest(1, experiment), Link(events.append, control=control, steps=steps))
        for event in events:
            if isinstance(event, Failed):
                raise RuntimeError(event.message)
            if isinstance(event, Started):
                self.note = f"{event.stepper}, {event.threads} threads"
        return [event.result for event in events if isinstance(event, Finished)], steps.came

    def loss(self, seed: int) -> float:
        """Train and return the loss."""
        (done,), _came = self._run(replace(self._job.checked, draw=seed))
        assert done.train.loss is not None
        return done.train.loss

    def accuracy(self, seed: int) -> float:
        """Train one epoch on all samples; return the test accuracy."""
        (done,), _came = self._run(replace(self._job.experiment, epochs=1, draw=seed))
        assert done.test.accuracy is not None
        return done.test.accuracy

    def speed(self, seconds: float) -> float:
        """Train for about that long."""
        endless = replace(self._job.experiment, epochs=10_000_000)
        _done, came = self._run(endless, SETTLE + seconds)
        first = came[0][0]
        late = [(when, rows) for when, rows in came if when >= first + SETTLE]
        if len(late) < 2:
            late = came
        taken = sum(rows for _when, rows in late[1:])
        samples = samples_of(self._job.experiment)
        batch = min(self._job.experiment.batch_size or samples, samples)
        # The last batch of an epoch may be smaller.
        per_step = samples / -(-samples // batch)
        return taken * per_step / (late[-1][0] - late[0][0])


class Eager(Ours):
    """One PyTorch operation after the other, as networks run that no faster stepper supports."""

    stepper = "eager"


class Bfloat16(Ours):
    """With the products in bfloat16, which is off by default."""

    precision = "bfloat16"
