"""The points of a run from which its training can be continued exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

from nnplay.link.run_memory import RunMemory

Array = npt.NDArray[Any]
SPACING_SECONDS = 0.5
"""Time spent training between two points: what has to be repeated to return to any step."""
FRESH_SECONDS = 2.0
"""Time spent training that a crash may cost, however far apart the points are that are kept."""
FEWEST = 3
"""The first point, the newest, and one between them are kept at any size."""


@dataclass(frozen=True)
class ResumePoint:
    """Everything that training needs to continue after a step as if it had never paused.

    The arrays are copies that nothing changes. Floating-point numbers that have to be exact are in
    arrays as well, as text would not hold NaN and infinity.
    """

    step: int
    seconds: float
    """Time spent training until then."""
    loss_limit: float | None
    """The loss from which weights are no longer good, None before the first step."""
    weights: Mapping[str, Array]
    """By PyTorch's names, with running statistics and counters."""
    arrays: Mapping[str, Array]
    """The state of the optimizer, of the random numbers and of what follows the run."""
    values: Mapping[str, Any]
    """What else there is, as values that JSON can hold."""

    @property
    def size(self) -> int:
        """The memory that it takes, in bytes."""
        both = (*self.weights.values(), *self.arrays.values())
        return sum(array.nbytes for array in both)


@dataclass
class ResumePoints:
    """The points of a run, a bounded number at growing distances; one writer, many readers."""

    limit: int = RunMemory().point_bytes
    """Bytes of all points together."""
    _points: tuple[ResumePoint, ...] = ()
    _spacing: float = field(default=SPACING_SECONDS)

    def __len__(self) -> int:
        return len(self._points)

    @property
    def all(self) -> tuple[ResumePoint, ...]:
        """The points in the order of their steps."""
        return self._points

    @property
    def newest(self) -> ResumePoint | None:
        """The last point."""
        return self._points[-1] if self._points else None

    def is_due(self, seconds: float) -> bool:
        """Return whether a point at that time spent training would be far enough from the last."""
        apart = min(self._spacing, FRESH_SECONDS)
        return not self._points or seconds - self._points[-1].seconds >= apart

    def add(self, point: ResumePoint) -> None:
        """Append a point; those at its step or after it are replaced."""
        kept = [one for one in self._points if one.step < point.step]
        is_wide = self._spacing > FRESH_SECONDS and len(kept) > 1
        if is_wide and kept[-1].seconds - kept[-2].seconds < self._spacing:
            # It was here only as long as it was the newest.
            kept.pop()
        while len(kept) >= FEWEST and sum(one.size for one in kept) + point.size > self.limit:
            # Every second one goes, but not the first, which is where everything began.
            kept = kept[:1] + kept[2::2]
            self._spacing *= 2
        self._points = (*kept, point)

    def cut(self, step: int) -> None:
        """Remove the points after a step, which the run has returned to."""
        self._points = tuple(one for one in self._points if one.step <= step)

    def begin(self, other: ResumePoints, step: int) -> None:
        """Take over the points of another run up to a step."""
        self._points, self._spacing = other.all, other._spacing
        self.cut(step)

    def before(self, step: int) -> ResumePoint | None:
        """Return the last point at a step or before it."""
        found = [one for one in self._points if one.step <= step]
        return found[-1] if found else None
