"""The data sets whose samples can have several labels, or none."""

from __future__ import annotations

from typing import ClassVar

from nnplay.catalog.datasets.base import NOISE_HELP, PICTURES, PLANE, POINTS_HELP, Dataset, DataSpec
from nnplay.catalog.kind import dataset, param
from nnplay.translation import n_


@dataset(n_("Overlapping discs"))
class Discs(Dataset):
    """Each point has the label of every disc that contains it: none, one or several."""

    group: ClassVar[str] = PLANE
    target: ClassVar[str] = "nnplay.data.synthetic.multilabel:discs"
    points: int = param(500, low=4, high=1_000_000, help=POINTS_HELP)
    noise: float = param(0.0, low=0.0, high=2.0, help=NOISE_HELP)
    flips: float = param(
        0.0,
        low=0.0,
        high=0.5,
        label=n_("wrong labels"),
        help=n_("Share of points with one wrong label, as in real data."),
    )
    discs: int = param(3, low=2, high=5, help=n_("Number of discs; each is a label."))
    radius: float = param(
        1.6, low=0.2, high=3.0, help=n_("Radius of each disc; larger ones overlap more.")
    )

    def spec(self) -> DataSpec:
        names = tuple("ABCDE"[: self.discs])
        return DataSpec("multilabel", (2,), self.discs, names, self.points, 0)


@dataset(n_("Traits of 8×8 digits"))
class DigitTraits(Dataset):
    """Small images of digits with three labels, each true or false."""

    group: ClassVar[str] = PICTURES
    target: ClassVar[str] = "nnplay.data.synthetic.multilabel:digit_traits"

    def spec(self) -> DataSpec:
        names = (n_("even"), n_("greater than 4"), n_("with a loop"))
        return DataSpec("multilabel", (1, 8, 8), 3, names, 1797, 0)
