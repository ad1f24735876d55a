"""The data sets of pictures."""

from __future__ import annotations

from typing import Any, ClassVar

from nnplay.catalog.dataset import Dataset, DataSpec
from nnplay.catalog.kind import dataset, param
from nnplay.words import n_

_TEN = tuple("0123456789")
SMALLEST_SIDE, LARGEST_SIDE = 4, 256


def _samples(most: int) -> Any:
    return param(
        0,
        low=0,
        high=most,
        label=n_("pictures to learn from"),
        help=n_(
            "How many of the pictures are used, drawn by the seed with as many of each class as "
            "there can be; 0 takes all. Few pictures are learned by heart."
        ),
    )


def _side(own: int) -> Any:
    return param(
        own,
        low=SMALLEST_SIDE,
        high=LARGEST_SIDE,
        label=n_("side in pixels"),
        help=n_("Scales every picture to so many rows and columns: smaller ones train faster."),
    )


class _Fetched(Dataset):
    """Pictures with an official test part."""

    target: ClassVar[str] = "nnplay.data.pictures:fetched"
    of_training: ClassVar[int] = 60_000
    channels: ClassVar[int] = 1
    names: ClassVar[tuple[str, ...]] = _TEN
    samples: int
    side: int

    def spec(self) -> DataSpec:
        shape = (self.channels, self.side, self.side)
        count = self.samples or self.of_training
        return DataSpec("classification", shape, 10, self.names, count, 10_000)


@dataset(n_("Digits 8×8"))
class Digits(Dataset):
    """1,797 small pictures of handwritten digits that come with scikit-learn; needs no download."""

    target: ClassVar[str] = "nnplay.data.pictures:digits"
    samples: int = _samples(1797)

    def spec(self) -> DataSpec:
        return DataSpec("classification", (1, 8, 8), 10, _TEN, self.samples or 1797, 0)


@dataset(n_("MNIST"))
class MNIST(_Fetched):
    """70,000 handwritten digits of 28×28 pixels, 10,000 for the test (LeCun, Cortes, Burges)."""

    archive: ClassVar[str] = "mnist"
    samples: int = _samples(60_000)
    side: int = _side(28)


@dataset(n_("Fashion-MNIST"))
class FashionMNIST(_Fetched):
    """70,000 pictures of clothes and shoes of 28×28 pixels; harder than digits (Zalando)."""

    archive: ClassVar[str] = "fashion-mnist"
    names: ClassVar[tuple[str, ...]] = (
        n_("T-shirt"),
        n_("trousers"),
        n_("pullover"),
        n_("dress"),
        n_("coat"),
        n_("sandal"),
        n_("shirt"),
        n_("sneaker"),
        n_("bag"),
        n_("ankle boot"),
    )
    samples: int = _samples(60_000)
    side: int = _side(28)


@dataset(n_("KMNIST"))
class KMNIST(_Fetched):
    """70,000 signs of old Japanese cursive of 28×28 pixels, each written in many ways (CODH)."""

    archive: ClassVar[str] = "kmnist"
    names: ClassVar[tuple[str, ...]] = (
        "o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo",
    )  # fmt: skip
    samples: int = _samples(60_000)
    side: int = _side(28)


@dataset(n_("CIFAR-10"))
class CIFAR10(_Fetched):
    """60,000 colour photographs of 32×32 pixels of ten things: where convolutions pay."""

    archive: ClassVar[str] = "cifar-10"
    of_training: ClassVar[int] = 50_000
    channels: ClassVar[int] = 3
    names: ClassVar[tuple[str, ...]] = (
        n_("airplane"),
        n_("car"),
        n_("bird"),
        n_("cat"),
        n_("deer"),
        n_("dog"),
        n_("frog"),
        n_("horse"),
        n_("ship"),
        n_("truck"),
    )
    samples: int = _samples(50_000)
    side: int = _side(32)
