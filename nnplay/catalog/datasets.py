"""The data sets: what they are, known before a single number is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from nnplay.catalog.kind import Kind, dataset, param
from nnplay.catalog.layers import Shape
from nnplay.words import n_

Task = Literal["regression", "classification"]


@dataclass(frozen=True)
class DataSpec:
    """What a network must take and give for a data set."""

    task: Task
    in_shape: Shape
    """One sample, without the batch."""
    outputs: int
    """Values per sample for a regression, classes for a classification."""
    class_names: tuple[str, ...]
    """Empty for a regression."""
    samples: int
    """Samples to split into training, validation and, where there are no own test data, test."""
    test_samples: int
    """Samples of an official test part, 0 where there is none."""
    lowest_truth: float | None = None
    """The smallest number to predict, None where it shows only once the data are there."""

    @property
    def is_picture(self) -> bool:
        """Whether a sample is channels × height × width."""
        return len(self.in_shape) == 3


class Dataset(Kind):
    """Where samples come from; `target` names the function in `nnplay.data` that loads them."""

    offline: ClassVar[bool] = True
    """Whether it is there without a download."""

    def spec(self) -> DataSpec:
        """Say what the data are."""
        raise NotImplementedError


_POINTS = n_("More points show the noise better and take longer per epoch.")
_NOISE = n_("How far the points stray; more makes the task harder.")


@dataset(n_("Line"), formula="y = slope · x + offset + noise · U(0, 1)")
class Line(Dataset):
    """Points along a line with noise that is never negative, evenly from low to high."""

    target: ClassVar[str] = "nnplay.data.curves:line"
    points: int = param(100_000, low=2, high=10_000_000, help=_POINTS)
    slope: float = param(
        1.0, low=-100.0, high=100.0, help=n_("Rise of the line; what the weight should become.")
    )
    offset: float = param(
        0.0, low=-100.0, high=100.0, help=n_("Height of the line at 0, before the noise.")
    )
    noise: float = param(1.2, low=0.0, high=100.0, help=_NOISE)
    low: float = param(-3.0, low=-1000.0, high=1000.0, help=n_("Left end."))
    high: float = param(3.0, low=-1000.0, high=1000.0, help=n_("Right end."))

    def spec(self) -> DataSpec:
        lowest = self.offset + min(self.slope * self.low, self.slope * self.high)
        return DataSpec("regression", (1,), 1, (), self.points, 0, lowest)


class _Plane(Dataset):
    points: int

    def spec(self) -> DataSpec:
        return DataSpec("classification", (2,), 2, ("0", "1"), self.points, 0)


@dataset(n_("Spiral"))
class Spiral(_Plane):
    """Two arms wound around each other: needs a network that bends."""

    target: ClassVar[str] = "nnplay.data.plane:spiral"
    points: int = param(500, low=4, high=1_000_000, help=_POINTS)
    turns: float = param(
        1.75, low=0.1, high=5.0, help=n_("How often the arms wind around the middle.")
    )
    noise: float = param(0.0, low=0.0, high=2.0, help=_NOISE)


@dataset(n_("Circle"))
class Circle(_Plane):
    """One class in the middle, the other in a ring around it."""

    target: ClassVar[str] = "nnplay.data.plane:circle"
    points: int = param(500, low=4, high=1_000_000, help=_POINTS)
    noise: float = param(0.0, low=0.0, high=2.0, help=_NOISE)


@dataset(n_("Exclusive or"))
class Xor(_Plane):
    """Opposite quarters share a class: no straight line can part them."""

    target: ClassVar[str] = "nnplay.data.plane:xor"
    points: int = param(500, low=4, high=1_000_000, help=_POINTS)
    noise: float = param(0.0, low=0.0, high=2.0, help=_NOISE)


@dataset(n_("Two clouds"))
class Gauss(_Plane):
    """Two round clouds: one straight line is enough."""

    target: ClassVar[str] = "nnplay.data.plane:gauss"
    points: int = param(500, low=4, high=1_000_000, help=_POINTS)
    noise: float = param(
        1.0, low=0.0, high=5.0, help=n_("Radius of a cloud; more makes them overlap.")
    )


_TEN = tuple("0123456789")


@dataset(n_("Digits 8×8"))
class Digits(Dataset):
    """1,797 small pictures of handwritten digits that come with scikit-learn; needs no download."""

    target: ClassVar[str] = "nnplay.data.pictures:digits"

    def spec(self) -> DataSpec:
        return DataSpec("classification", (1, 8, 8), 10, _TEN, 1797, 0)


@dataset(n_("MNIST"))
class MNIST(Dataset):
    """70,000 handwritten digits of 28×28 pixels, 10,000 for the test (LeCun, Cortes, Burges)."""

    target: ClassVar[str] = "nnplay.data.pictures:mnist"
    offline: ClassVar[bool] = False

    def spec(self) -> DataSpec:
        return DataSpec("classification", (1, 28, 28), 10, _TEN, 60_000, 10_000)
