"""Records a run: its weights after some of the steps, and points to continue from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nnplay.engine.setup import Setup
from nnplay.engine.step import State, StepLog
from nnplay.engine.training.clock import Clock
from nnplay.engine.training.resume import Resumable, resume_point
from nnplay.link import FilmLayout, Link, WeightFrame, film_steps, rounded


class Recorder:
    """Fills the film and the resume points of a link."""

    def __init__(
        self, setup: Setup, link: Link, clock: Clock, parts: Mapping[str, Resumable]
    ) -> None:
        """Record from the present step on; `parts` are what has to be resumed with the stepper."""
        self._setup, self._stepper, self._clock, self._parts = setup, setup.stepper, clock, parts
        self._film, self._points = link.film, link.points
        state = setup.model.state_dict()
        # Counters say nothing about what a network predicts.
        floats = {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}
        self._film.layout = FilmLayout({name: tuple(one.shape) for name, one in floats.items()})
        # Steps change these tensors in place and never replace them.
        self._tensors = list(floats.values())
        self._due: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._next = 0
        self.plan(setup.steps)

    def plan(self, steps: int) -> None:
        """Choose the steps to film in a run that has `steps` in all."""
        self._due = film_steps(self._stepper.step, steps, self._film.most_frames)
        self._next = 0
        self._stepper.film_steps = self._due

    def until_due(self) -> int:
        """Return after how many steps the next frame is due; no steps should be taken past it."""
        if self._stepper.films:
            return 2**62
        step = self._stepper.step
        while self._next < len(self._due) and self._due[self._next] <= step:
            self._next += 1
        return int(self._due[self._next]) - step if self._next < len(self._due) else 2**62

    @property
    def is_due(self) -> bool:
        """Whether a frame is due."""
        if self._stepper.films:
            return False
        return self._next < len(self._due) and bool(self._due[self._next] <= self._stepper.step)

    def film(self, loss: float, lr: float) -> None:
        """Add a frame of the present weights."""
        step, frames = self._stepper.step, self._film.frames
        if not frames or frames[-1].step != step:
            numbers = rounded(_row(self._tensors))
            self._film.add(WeightFrame(step, self._clock.seconds, loss, lr, numbers))

    def film_log(self, log: StepLog, seconds: float) -> None:
        """Add the frames that the stepper made itself in steps that took some `seconds`."""
        count, end, now = len(log.losses), self._stepper.step, self._clock.seconds
        epoch = self._setup.batches.per_epoch
        for step, numbers in log.film.items():
            past = count - (end - step)
            loss = float(log.losses[max(0, past - epoch) : past].mean())
            lr = float(log.rates[past - 1])
            then = now - seconds * (end - step) / count
            self._film.add(WeightFrame(step, then, loss, lr, rounded(numbers)))

    def needs_point(self) -> bool:
        """Return whether the present step has no point yet."""
        newest = self._points.newest
        return newest is None or newest.step != self._stepper.step

    def offer(self, state: State, loss_limit: float | None, is_needed: bool = False) -> None:
        """Add a point, of which `state` has just been saved, if it `is_needed` or due."""
        seconds = self._clock.seconds
        if is_needed or self._points.is_due(seconds):
            experiment = self._setup.experiment
            point = resume_point(self._stepper, experiment, state, seconds, loss_limit, self._parts)
            self._points.add(point)

    def go_back(self) -> None:
        """Remove what was recorded after the present step, which the run has returned to."""
        self._points.cut(self._stepper.step)
        self._film.cut(self._stepper.step)


def _row(tensors: list[Tensor]) -> npt.NDArray[np.float32]:
    """Return all numbers of some tensors in one row."""
    if not tensors:
        return np.empty(0, np.float32)
    if tensors[0].is_cuda:
        # One copy from the device instead of one for each tensor.
        row: npt.NDArray[np.float32] = (
            torch.cat([t.detach().flatten() for t in tensors]).cpu().numpy()
        )
        return row
    return np.concatenate([tensor.numpy().ravel() for tensor in tensors])
