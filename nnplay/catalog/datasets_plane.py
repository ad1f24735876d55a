"""The data sets of classes in the plane: two numbers in, one class out."""

from __future__ import annotations

from typing import ClassVar

from nnplay.catalog.dataset import NOISE_HELP, POINTS_HELP, Dataset, DataSpec
from nnplay.catalog.kind import dataset, param
from nnplay.words import n_


class _Plane(Dataset):
    points: int

    def spec(self) -> DataSpec:
        return DataSpec("classification", (2,), 2, ("0", "1"), self.points, 0)


@dataset(n_("Spiral"))
class Spiral(_Plane):
    """Two arms wound around each other: needs a network that bends."""

    target: ClassVar[str] = "nnplay.data.plane:spiral"
    points: int = param(500, low=4, high=1_000_000, help=POINTS_HELP)
    turns: float = param(
        1.75, low=0.1, high=5.0, help=n_("How often the arms wind around the middle.")
    )
    noise: float = param(0.0, low=0.0, high=2.0, help=NOISE_HELP)


@dataset(n_("Circle"))
class Circle(_Plane):
    """One class in the middle, the other in a ring around it."""

    target: ClassVar[str] = "nnplay.data.plane:circle"
    points: int = param(500, low=4, high=1_000_000, help=POINTS_HELP)
    noise: float = param(0.0, low=0.0, high=2.0, help=NOISE_HELP)


@dataset(n_("Exclusive or"))
class Xor(_Plane):
    """Opposite quarters share a class: no straight line can part them."""

    target: ClassVar[str] = "nnplay.data.plane:xor"
    points: int = param(500, low=4, high=1_000_000, help=POINTS_HELP)
    noise: float = param(0.0, low=0.0, high=2.0, help=NOISE_HELP)


@dataset(n_("Two clouds"))
class Gauss(_Plane):
    """Two round clouds: one straight line is enough."""

    target: ClassVar[str] = "nnplay.data.plane:gauss"
    points: int = param(500, low=4, high=1_000_000, help=POINTS_HELP)
    noise: float = param(
        1.0, low=0.0, high=5.0, help=n_("Radius of a cloud; more makes them overlap.")
    )
