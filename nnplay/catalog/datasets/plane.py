"""The data sets in the plane: two inputs, one class or one number as output."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from nnplay.catalog.datasets.base import NOISE_HELP, PLANE, POINTS_HELP, Dataset, DataSpec
from nnplay.catalog.formula import LONGEST, formula_faults
from nnplay.catalog.kind import Fault, dataset, param
from nnplay.translation import n_


@dataclass(frozen=True)
class PlaneClasses(Dataset):
    """Points of several classes, roughly from -3 to 3 before noise."""

    group: ClassVar[str] = PLANE
    points: int = param(500, low=4, high=1_000_000, help=POINTS_HELP)
    noise: float = param(0.0, low=0.0, high=2.0, help=NOISE_HELP)
    flips: float = param(
        0.0,
        low=0.0,
        high=0.5,
        label=n_("wrong labels"),
        help=n_("Share of points with a wrong class, as in real data."),
    )

    @property
    def count(self) -> int:
        """The number of classes."""
        return 2

    def spec(self) -> DataSpec:
        names = tuple(str(number) for number in range(self.count))
        return DataSpec("classification", (2,), self.count, names, self.points, 0)


@dataclass(frozen=True)
class Plane(PlaneClasses):
    """Points whose classes can have different frequencies."""

    imbalance: float = param(
        0.0,
        low=0.0,
        high=0.95,
        help=n_(
            "How much rarer each class is than the previous one; 0 makes all equally frequent."
        ),
    )


@dataset(n_("Spiral"))
class Spiral(Plane):
    """Intertwined spiral arms: needs a nonlinear network."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:spiral"
    turns: float = param(
        1.75, low=0.1, high=5.0, help=n_("Number of turns of each arm around the centre.")
    )
    arms: int = param(2, low=2, high=10, help=n_("Number of arms; each is a class."))

    @property
    def count(self) -> int:
        return self.arms


@dataset(n_("Circle"))
class Circle(Plane):
    """One class in the centre, the other in a ring around it."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:circle"


@dataset(n_("XOR"))
class Xor(Plane):
    """Opposite quadrants have the same class: no straight line can separate them."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:xor"


_RADIUS = n_("Standard deviation of each cluster; more makes them overlap.")


@dataset(n_("Two Gaussians"))
class Gauss(Plane):
    """Two round clusters: one straight line separates them."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:gauss"
    noise: float = param(1.0, low=0.0, high=5.0, help=_RADIUS)


@dataset(n_("Blobs"))
class Blobs(Plane):
    """Round clusters arranged in a circle, each a class."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:blobs"
    noise: float = param(1.0, low=0.0, high=5.0, help=_RADIUS)
    classes: int = param(3, low=2, high=10, help=n_("Number of clusters."))

    @property
    def count(self) -> int:
        return self.classes


@dataset(n_("Moons"))
class Moons(Plane):
    """Two interleaved half circles: one curved boundary separates them."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:moons"
    noise: float = param(0.2, low=0.0, high=2.0, help=NOISE_HELP)


@dataset(n_("Checkerboard"))
class Checkerboard(Plane):
    """Squares of two alternating classes: more squares need more units."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:checkerboard"
    tiles: int = param(4, low=2, high=10, help=n_("Squares along each side."))


@dataset(n_("Rings"))
class Rings(Plane):
    """Concentric rings, each a class."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:rings"
    rings: int = param(3, low=2, high=10, help=n_("Number of rings."))

    @property
    def count(self) -> int:
        return self.rings


EXAMPLE_BORDER = "y > x**3 - x"
PLANE_NAMES = ("x", "y", "noise", "uniform")
"""The names that a formula of the plane can use: the position, and random numbers as for curves."""


@dataset(n_("Custom boundary"))
class Border(PlaneClasses):
    """Two classes separated by your own formula, such as y > x**3 - x."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:border"
    expression: str = param(
        EXAMPLE_BORDER,
        longest=LONGEST,
        label=n_("class 1 if"),
        help=n_(
            "Points where this is true are of class 1, all others of class 0. A "
            "comparison, such as y > sin(3*x) or x**2 + y**2 < 4; combine several "
            "with and, or, not."
        ),
    )
    extent: float = param(
        3.0,
        low=0.001,
        high=1000.0,
        help=n_("Points are drawn from minus this to plus this in both directions."),
    )

    def faults(self) -> Iterable[Fault]:
        return formula_faults(
            "expression", self.expression, PLANE_NAMES, EXAMPLE_BORDER, condition=True
        )


@dataclass(frozen=True)
class Surface(Dataset):
    """Points drawn uniformly from -3 to 3 in both directions, with a value at each."""

    group: ClassVar[str] = PLANE
    points: int = param(500, low=4, high=1_000_000, help=POINTS_HELP)
    noise: float = param(
        0.0, low=0.0, high=100.0, help=n_("Standard deviation of the noise of the value.")
    )

    def spec(self) -> DataSpec:
        return DataSpec("regression", (2,), 1, (), self.points, 0)


@dataset(n_("Tilted plane"), formula="y = across · x₁ + up · x₂ + noise")
class TiltedPlane(Surface):
    """A value that grows linearly: one unit without an activation fits it exactly."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:tilted_plane"
    across: float = param(0.2, low=-100.0, high=100.0, help=n_("Slope to the right."))
    up: float = param(0.1, low=-100.0, high=100.0, help=n_("Slope upwards."))


@dataset(n_("Hills"), formula="y = Σ ± exp(-distance² / (2 · width²)) + noise")
class Hills(Surface):
    """Alternating hills and hollows on a circle: a surface that curves everywhere."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:hills"
    hills: int = param(4, low=1, high=12, help=n_("Number of hills and hollows together."))
    width: float = param(0.8, low=0.05, high=10.0, help=n_("Width of each of them."))
