"""The image data sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from nnplay.catalog.datasets.base import OWN, PICTURES, Dataset, DataSpec
from nnplay.catalog.datasets.tables import CLASS_SEPARATOR
from nnplay.catalog.kind import Fault, dataset, param
from nnplay.translation import _, n_

_TEN = tuple("0123456789")
SMALLEST_SIDE, LARGEST_SIDE = 4, 256
MOST_PICTURES = 50_000
MOST_CLASSES = 1000


def _samples(most: int) -> Any:
    return param(
        0,
        low=0,
        high=most,
        zero=n_("all"),
        label=n_("images used"),
        help=n_(
            "Number of images to use, chosen by the seed with equally many of each "
            "class where possible; 0 uses all. A network can memorise a few images."
        ),
    )


def _side(own: int) -> Any:
    return param(
        own,
        low=SMALLEST_SIDE,
        high=LARGEST_SIDE,
        label=n_("side in pixels"),
        help=n_("Rescales every image to this many rows and columns: smaller ones train faster."),
    )


class _Fetched(Dataset):
    """Images with an official test set."""

    group: ClassVar[str] = PICTURES
    target: ClassVar[str] = "nnplay.data.known.images:downloaded"
    of_training: ClassVar[int] = 60_000
    channels: ClassVar[int] = 1
    own_side: ClassVar[int] = 28
    names: ClassVar[tuple[str, ...]] = _TEN
    samples: int
    side: int

    def spec(self) -> DataSpec:
        shape = (self.channels, self.side, self.side)
        count = self.samples or self.of_training
        return DataSpec(
            "classification",
            shape,
            10,
            self.names,
            count,
            10_000,
            # Resizing interpolates, so the pixels are no longer integers.
            input_bytes=1 if self.side == self.own_side else 4,
        )


@dataset(n_("Digits 8×8"))
class Digits(Dataset):
    """1,797 small images of handwritten digits, included with scikit-learn; needs no download."""

    group: ClassVar[str] = PICTURES
    target: ClassVar[str] = "nnplay.data.known.images:digits"
    samples: int = _samples(1797)

    def spec(self) -> DataSpec:
        return DataSpec("classification", (1, 8, 8), 10, _TEN, self.samples or 1797, 0)


@dataset(n_("MNIST"))
class MNIST(_Fetched):
    """70,000 handwritten digits of 28×28 pixels, 10,000 for testing (LeCun, Cortes, Burges)."""

    archive: ClassVar[str] = "mnist"
    samples: int = _samples(60_000)
    side: int = _side(28)


@dataset(n_("Fashion-MNIST"))
class FashionMNIST(_Fetched):
    """70,000 images of clothes and shoes of 28×28 pixels; harder than digits (Zalando)."""

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
    """70,000 characters of old Japanese cursive of 28×28 pixels, each in many variants (CODH)."""

    archive: ClassVar[str] = "kmnist"
    names: ClassVar[tuple[str, ...]] = (
        "o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo",
    )  # fmt: skip
    samples: int = _samples(60_000)
    side: int = _side(28)


@dataset(n_("CIFAR-10"))
class CIFAR10(_Fetched):
    """60,000 colour photographs of 32×32 pixels in ten classes: here convolutions pay off."""

    archive: ClassVar[str] = "cifar-10"
    of_training: ClassVar[int] = 50_000
    channels: ClassVar[int] = 3
    own_side: ClassVar[int] = 32
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


@dataset(n_("Image folder"))
class PictureFolder(Dataset):
    """Your own images: a folder with one subfolder for each class, named after it."""

    group: ClassVar[str] = OWN
    target: ClassVar[str] = "nnplay.data.importing.image_folder:folder"
    name: str = param("", longest=255, label=n_("folder"), help=n_("Name of the folder."))
    samples: int = _samples(MOST_PICTURES)
    side: int = _side(32)
    digest: str = param(
        "",
        longest=64,
        editable=False,
        help=n_("SHA-256 of the imported data, which identifies them on this machine."),
    )
    pictures: int = param(
        2,
        low=2,
        high=MOST_PICTURES,
        editable=False,
        help=n_("Number of images that were imported."),
    )
    test_pictures: int = param(
        0,
        low=0,
        high=MOST_PICTURES,
        editable=False,
        help=n_("Number of images of the test set, from a folder called test or val."),
    )
    validation_pictures: int = param(
        0,
        low=0,
        high=MOST_PICTURES,
        editable=False,
        extra=True,
        help=n_("Number of images of the validation set, from a folder called val."),
    )
    colour: bool = param(False, editable=False, help=n_("Whether images keep red, green and blue."))
    classes: str = param(
        CLASS_SEPARATOR.join("ab"),
        longest=300_000,
        editable=False,
        help=n_("Names of the classes, separated by \u241f."),
    )

    def spec(self) -> DataSpec:
        names = tuple(self.classes.split(CLASS_SEPARATOR))
        count = min(self.samples or self.pictures, self.pictures)
        shape = (3 if self.colour else 1, self.side, self.side)
        return DataSpec(
            "classification",
            shape,
            len(names),
            names,
            count,
            self.test_pictures,
            validation_samples=self.validation_pictures,
        )

    def faults(self) -> Iterable[Fault]:
        if not self.digest:
            yield Fault(
                "name",
                _("No folder has been imported yet."),
                _("Import a folder with one subfolder for each class."),
            )
        if len(self.classes.split(CLASS_SEPARATOR)) < 2:
            yield Fault("name", _("The folder has only one class."), _("Import another folder."))
