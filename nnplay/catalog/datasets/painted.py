"""The hand-painted data sets; their points are stored in the experiment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from nnplay.catalog.datasets.base import OWN, Dataset, DataSpec
from nnplay.catalog.kind import Fault, Rows, dataset, param
from nnplay.translation import _, n_

MOST_PAINTED = 20_000
"""The maximum number of painted points: half a megabyte as JSON."""
MOST_CLASSES = 10
_FIRST_CURVE: Rows = ((-2.0, -1.0), (-1.0, 0.5), (0.0, 0.0), (1.0, 1.5), (2.0, 1.0))
_FIRST_POINTS: Rows = (
    *((-1.5, -1.0, 0.0), (-1.0, -1.5, 0.0), (-0.5, -1.0, 0.0), (-1.0, -0.5, 0.0)),
    *((1.5, 1.0, 1.0), (1.0, 1.5, 1.0), (0.5, 1.0, 1.0), (1.0, 0.5, 1.0)),
)


@dataset(n_("Painted points"))
class Painted(Dataset):
    """Points that you paint in the plane, of up to ten classes."""

    group: ClassVar[str] = OWN
    target: ClassVar[str] = "nnplay.data.synthetic.painted:painted"
    points: Rows = param(
        _FIRST_POINTS,
        columns=3,
        longest=MOST_PAINTED,
        help=n_("Position (x₁ and x₂) and class of each point."),
    )
    classes: int = param(2, low=2, high=MOST_CLASSES, help=n_("Number of classes to paint with."))

    def spec(self) -> DataSpec:
        names = tuple(str(number) for number in range(self.classes))
        return DataSpec("classification", (2,), self.classes, names, len(self.points), 0)

    def faults(self) -> Iterable[Fault]:
        if not self.points:
            yield _no_points(_FIRST_POINTS)
            return
        strange = [c for _x, _y, c in self.points if not 0 <= c < MOST_CLASSES or c != int(c)]
        if strange:
            what = _("Expected classes from 0 to {last}, received {found:g}.")
            last = MOST_CLASSES - 1
            fixed = tuple((x, y, float(min(max(round(c), 0), last))) for x, y, c in self.points)
            yield Fault(
                "points",
                what.format(last=last, found=strange[0]),
                fix_label=_("Use the nearest classes"),
                fix=(("points", fixed),),
            )
        elif (needed := int(max(c for _x, _y, c in self.points)) + 1) > self.classes:
            what = _("There are points of class {last}, which requires {needed} classes.")
            yield Fault(
                "classes",
                what.format(last=needed - 1, needed=needed),
                fix_label=_("Set {value}").format(value=needed),
                fix=(("classes", needed),),
            )


@dataset(n_("Painted curve"))
class PaintedCurve(Dataset):
    """Points that you paint for regression."""

    group: ClassVar[str] = OWN
    target: ClassVar[str] = "nnplay.data.synthetic.painted:painted_curve"
    points: Rows = param(
        _FIRST_CURVE,
        columns=2,
        longest=MOST_PAINTED,
        help=n_("Position x and value y of each point."),
    )

    def spec(self) -> DataSpec:
        return DataSpec("regression", (1,), 1, (), len(self.points), 0)

    def faults(self) -> Iterable[Fault]:
        if not self.points:
            yield _no_points(_FIRST_CURVE)


def _no_points(first: Rows) -> Fault:
    return Fault(
        "points",
        _("There are no points yet."),
        _("Paint some on the empty plot."),
        _("Use a few example points"),
        (("points", first),),
    )
