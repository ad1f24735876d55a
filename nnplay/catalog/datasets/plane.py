"""The data sets in the plane: two numbers in, one class or one number out."""

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
    """Points of some classes, all within about -3 to 3 unless the noise carries them off."""

    group: ClassVar[str] = PLANE
    points: int = param(500, low=4, high=1_000_000, help=POINTS_HELP)
    noise: float = param(0.0, low=0.0, high=2.0, help=NOISE_HELP)
    flips: float = param(
        0.0,
        low=0.0,
        high=0.5,
        label=n_("wrong labels"),
        help=n_("Share of points whose class is a wrong one, as in real data."),
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
    """Points whose classes are as frequent as wanted."""

    imbalance: float = param(
        0.0,
        low=0.0,
        high=0.95,
        help=n_("How much rarer each class is than the one before; 0 makes all as frequent."),
    )


@dataset(n_("Spiral"))
class Spiral(Plane):
    """Arms wound around each other: needs a network that bends."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:spiral"
    turns: float = param(
        1.75, low=0.1, high=5.0, help=n_("How often the arms wind around the middle.")
    )
    arms: int = param(2, low=2, high=10, help=n_("How many there are, each a class of its own."))

    @property
    def count(self) -> int:
        return self.arms


@dataset(n_("Circle"))
class Circle(Plane):
    """One class in the middle, the other in a ring around it."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:circle"


@dataset(n_("Exclusive or"))
class Xor(Plane):
    """Opposite quarters share a class: no straight line can part them."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:xor"


_RADIUS = n_("Radius of a cloud; more makes them overlap.")


@dataset(n_("Two clouds"))
class Gauss(Plane):
    """Two round clouds: one straight line is enough."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:gauss"
    noise: float = param(1.0, low=0.0, high=5.0, help=_RADIUS)


@dataset(n_("Clouds"))
class Blobs(Plane):
    """Round clouds on a circle, each a class of its own."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:blobs"
    noise: float = param(1.0, low=0.0, high=5.0, help=_RADIUS)
    classes: int = param(3, low=2, high=10, help=n_("How many clouds there are."))

    @property
    def count(self) -> int:
        return self.classes


@dataset(n_("Moons"))
class Moons(Plane):
    """Two half circles that reach into each other: one bend parts them."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:moons"
    noise: float = param(0.2, low=0.0, high=2.0, help=NOISE_HELP)


@dataset(n_("Checkerboard"))
class Checkerboard(Plane):
    """Tiles of two classes in turn: the more tiles, the more units it takes."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:checkerboard"
    tiles: int = param(4, low=2, high=10, help=n_("Tiles along each side."))


@dataset(n_("Rings"))
class Rings(Plane):
    """Rings around each other, each a class of its own."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:rings"
    rings: int = param(3, low=2, high=10, help=n_("How many there are."))

    @property
    def count(self) -> int:
        return self.rings


EXAMPLE_BORDER = "y > x**3 - x"
PLANE_NAMES = ("x", "y", "noise", "uniform")
"""What a formula of the plane can use: the place, and numbers by chance as for curves."""


@dataset(n_("Typed border"))
class Border(PlaneClasses):
    """Two classes parted by a formula of your own, such as y > x**3 - x."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:border"
    expression: str = param(
        EXAMPLE_BORDER,
        longest=LONGEST,
        label=n_("class 1 if"),
        help=n_(
            "Where this holds, a point is of class 1, elsewhere of class 0. It compares, as in "
            "y > sin(3*x) or x**2 + y**2 < 4, and may join with and, or, not."
        ),
    )
    extent: float = param(
        3.0, low=0.001, high=1000.0, help=n_("Points lie from minus this to this, both ways.")
    )

    def faults(self) -> Iterable[Fault]:
        return formula_faults(
            "expression", self.expression, PLANE_NAMES, EXAMPLE_BORDER, condition=True
        )


@dataclass(frozen=True)
class Surface(Dataset):
    """Points evenly by chance from -3 to 3 both ways, with a height at each."""

    group: ClassVar[str] = PLANE
    points: int = param(500, low=4, high=1_000_000, help=POINTS_HELP)
    noise: float = param(
        0.0, low=0.0, high=100.0, help=n_("Standard deviation of the noise of the height.")
    )

    def spec(self) -> DataSpec:
        return DataSpec("regression", (2,), 1, (), self.points, 0)


@dataset(n_("Tilted plane"), formula="y = across · x₁ + up · x₂ + noise")
class TiltedPlane(Surface):
    """A height that grows evenly: one unit without activation is exact."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:tilted_plane"
    across: float = param(0.2, low=-100.0, high=100.0, help=n_("How steep it is to the right."))
    up: float = param(0.1, low=-100.0, high=100.0, help=n_("How steep it is upwards."))


@dataset(n_("Hills"), formula="y = Σ ± exp(-distance² / (2 · width²)) + noise")
class Hills(Surface):
    """Hills and hollows in turn on a circle: a height that bends everywhere."""

    target: ClassVar[str] = "nnplay.data.synthetic.plane:hills"
    hills: int = param(4, low=1, high=12, help=n_("Hills and hollows together."))
    width: float = param(0.8, low=0.05, high=10.0, help=n_("How wide each of them is."))
