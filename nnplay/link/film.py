"""The weights of a network at many moments of its training, to look back at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.link.run_memory import RunMemory

Array = npt.NDArray[Any]
MOST_FRAMES = 240
"""Moments of one run: a film of eight seconds with 30 frames per second."""
FEWEST_FRAMES = 24
"""Kept at any size: fewer would be no film."""
EXPONENT = 1.6
"""Above 1, the beginning has more frames than the end: most changes in the first epochs."""
_LARGEST_HALF = 65504.0


@dataclass(frozen=True)
class WeightFrame:
    """The weights after a step, rounded: to look at, not to continue from."""

    step: int
    seconds: float
    """Time spent training until then."""
    loss: float
    """As in `Frame`."""
    lr: float
    numbers: Array
    """All weights and running statistics in one row, in float16 or, if they are too large for it,
    float32."""


@dataclass(frozen=True)
class FilmLayout:
    """Where each weight is in the row of a frame."""

    shapes: Mapping[str, tuple[int, ...]]
    """By PyTorch's names, in the order of the row."""

    @property
    def count(self) -> int:
        """The length of the row."""
        return sum(prod(shape) for shape in self.shapes.values())

    def row(self, weights: Mapping[str, Array]) -> npt.NDArray[np.float32]:
        """Return the row of some weights, in float32."""
        if not self.shapes:
            return np.empty(0, np.float32)
        return np.concatenate([np.ravel(weights[name]) for name in self.shapes]).astype(np.float32)

    def weights(self, frame: WeightFrame) -> dict[str, Array]:
        """Return the weights of a frame in float32, by name."""
        numbers = frame.numbers.astype(np.float32)
        found, start = {}, 0
        for name, shape in self.shapes.items():
            end = start + prod(shape)
            found[name] = numbers[start:end].reshape(shape)
            start = end
        return found


class Film:
    """The frames of a run in the order of their steps; one writer, any number of readers."""

    def __init__(
        self, layout: FilmLayout | None = None, limit: int = RunMemory().film_bytes
    ) -> None:
        """Begin empty; the frames may take `limit` bytes."""
        self.layout = layout or FilmLayout({})
        self._limit = limit
        self._frames: tuple[WeightFrame, ...] = ()

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def frames(self) -> tuple[WeightFrame, ...]:
        """All frames so far."""
        return self._frames

    @property
    def most_frames(self) -> int:
        """How many frames of such a network one run should have."""
        return most_frames(self.layout.count, self._limit)

    def add(self, frame: WeightFrame) -> None:
        """Append a frame; those at its step or after it are replaced."""
        kept = self._frames
        if kept and kept[-1].step >= frame.step:
            kept = tuple(one for one in kept if one.step < frame.step)
        while self._is_full(kept, frame):
            kept = (*kept[:1], *kept[2::2])
        self._frames = (*kept, frame)

    def _is_full(self, kept: tuple[WeightFrame, ...], frame: WeightFrame) -> bool:
        """Return whether some frames have to make room, as after training on and on."""
        if len(kept) >= 2 * MOST_FRAMES:
            return True
        taken = sum(one.numbers.nbytes for one in (*kept, frame))
        return len(kept) > FEWEST_FRAMES and taken > self._limit

    def cut(self, step: int) -> None:
        """Remove the frames after a step, which the run has returned to."""
        self._frames = tuple(frame for frame in self._frames if frame.step <= step)

    def begin(self, other: Film, step: int) -> None:
        """Take over the frames of another film up to a step."""
        self.layout, self._frames = other.layout, other.frames
        self.cut(step)

    def index(self, step: int) -> int:
        """Return the number of the last frame at a step or before it, 0 if there is none."""
        steps = [frame.step for frame in self._frames]
        return max(0, int(np.searchsorted(steps, step, "right")) - 1)


def most_frames(count: int, limit: int) -> int:
    """Return how many frames of that many numbers one run should have in `limit` bytes."""
    # One more for the initial weights.
    fitting = limit // max(1, 2 * count) - 1
    return max(FEWEST_FRAMES, min(MOST_FRAMES, fitting))


def rounded(numbers: npt.NDArray[np.float32]) -> Array:
    """Return weights in float16, or in float32 if float16 cannot hold them."""
    with np.errstate(over="ignore"):
        half = numbers.astype(np.float16)
    if np.isfinite(half).all() or not np.isfinite(numbers).all():
        half.setflags(write=False)
        return half
    exact = numbers.astype(np.float32)
    exact.setflags(write=False)
    return exact


def film_steps(first: int, last: int, frames: int) -> npt.NDArray[np.int64]:
    """Return the steps after `first`, up to `last`, that a film of a run should show."""
    shares = (np.arange(1, frames + 1) / frames) ** EXPONENT
    steps = np.unique(np.ceil(last * shares).astype(np.int64))
    return steps[steps > first]
