"""Records the film of a run: its weights after some of the steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnplay.link import Film, FilmLayout, WeightFrame, film_steps, rounded


class Recorder:
    """Adds a frame to a film whenever a step is due that it should show."""

    def __init__(self, film: Film, model: nn.Module, step: int, steps: int) -> None:
        """Record a run from a step on that has `steps` in all."""
        state = model.state_dict()
        # Counters say nothing about what a network predicts.
        floats = {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}
        film.layout = FilmLayout({name: tuple(tensor.shape) for name, tensor in floats.items()})
        self._film = film
        # Steps change these tensors in place and never replace them.
        self._tensors = list(floats.values())
        self._due: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._next = 0
        self.plan(step, steps)

    def plan(self, step: int, steps: int) -> None:
        """Choose the steps after `step` to record, in a run that has `steps` in all."""
        self._due = film_steps(step, steps, self._film.most_frames)
        self._next = 0

    def until_due(self, step: int) -> int:
        """Return after how many steps the next frame is due; no steps should be taken past it."""
        self._skip(step)
        return int(self._due[self._next]) - step if self._next < len(self._due) else 2**62

    def is_due(self, step: int) -> bool:
        """Return whether a frame is due."""
        return self._next < len(self._due) and self._due[self._next] <= step

    def record(self, step: int, seconds: float, loss: float, lr: float) -> None:
        """Add a frame of the present weights."""
        frames = self._film.frames
        if not frames or frames[-1].step != step:
            numbers = rounded(_row(self._tensors))
            self._film.add(WeightFrame(step, seconds, loss, lr, numbers))
        self._skip(step)

    def _skip(self, step: int) -> None:
        while self._next < len(self._due) and self._due[self._next] <= step:
            self._next += 1


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
