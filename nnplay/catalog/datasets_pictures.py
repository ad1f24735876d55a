"""The data sets of pictures."""

from __future__ import annotations

from typing import ClassVar

from nnplay.catalog.dataset import Dataset, DataSpec
from nnplay.catalog.kind import dataset
from nnplay.words import n_

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
