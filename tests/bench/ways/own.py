"""nnplay's engine, without a window."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
import numpy.typing as npt

from nnplay.engine import Ticket, train
from nnplay.experiment import Experiment
from nnplay.link import STEP_COLUMNS, Failed, Finished, Link, Result, Started, Trace
from tests.bench.jobs import Job, samples_of

SETTLE = 0.15
"""Seconds in which a run finds out how many steps it may take at once."""


class ClockedTrace(Trace):
    """Notes when rows come."""

    def __init__(self) -> None:
        super().__init__(STEP_COLUMNS)
        self.came: list[tuple[float, int]] = []

    def extend(self, rows: npt.NDArray[np.float64]) -> None:
        """Note and append."""
        self.came.append((perf_counter(), len(rows)))
        super().extend(rows)


class Ours:
    """As it comes: the engine chooses its steps and its threads."""

    stepper = "auto"
    precision = "float32"

    def __init__(self, job: Job, device: str) -> None:
        self._job, self._device = job, device
        self.note = ""

    def _run(self, experiment: Experiment) -> tuple[Result, ClockedTrace]:
        experiment = replace(
            experiment, stepper=self.stepper, device=self._device, precision=self.precision
        )
        events: list[object] = []
        link = Link(events.append, steps=ClockedTrace())
        train(Ticket(1, experiment), link)
        for event in events:
            if isinstance(event, Failed):
                raise RuntimeError(event.message)
            if isinstance(event, Started):
                self.note = f"{event.stepper}, {event.threads} threads"
        (done,) = [event.result for event in events if isinstance(event, Finished)]
        assert isinstance(link.steps, ClockedTrace)
        return done, link.steps

    def loss(self, seed: int) -> float:
        """Train and say the loss."""
        done, _steps = self._run(replace(self._job.checked, draw=seed))
        assert done.train.loss is not None
        return done.train.loss

    def accuracy(self, seed: int) -> float:
        """Train one epoch on all samples; say how many of the test it gets right."""
        done, _steps = self._run(replace(self._job.experiment, epochs=1, draw=seed))
        assert done.test.accuracy is not None
        return done.test.accuracy

    def speed(self, seconds: float) -> float:
        """Train for about so long."""
        policy = replace(self._job.experiment.policy, time_limit=SETTLE + seconds)
        endless = replace(self._job.experiment, epochs=10_000_000, policy=policy)
        _done, steps = self._run(endless)
        first = steps.came[0][0]
        late = [(when, rows) for when, rows in steps.came if when >= first + SETTLE]
        if len(late) < 2:
            late = steps.came
        taken = sum(rows for _when, rows in late[1:])
        samples = samples_of(self._job.experiment)
        batch = min(self._job.experiment.batch_size or samples, samples)
        # The last batch of an epoch may be smaller.
        per_step = samples / -(-samples // batch)
        return taken * per_step / (late[-1][0] - late[0][0])


class Eager(Ours):
    """One PyTorch operation after the other, as networks run that no faster way serves."""

    stepper = "eager"


class Bfloat16(Ours):
    """With the products in bfloat16, which is a choice and off by default."""

    precision = "bfloat16"
