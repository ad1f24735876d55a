"""MNIST together with one's own digits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from nnplay.catalog.datasets.base import OWN, Dataset, DataSpec
from nnplay.catalog.datasets.images import MOST_PICTURES
from nnplay.catalog.kind import Fault, dataset, param
from nnplay.translation import _, n_

MNIST_TRAINING, MNIST_TEST = 60_000, 10_000
USES = (n_("training"), n_("test"))


@dataset(n_("MNIST and own digits"))
class OwnDigits(Dataset):
    """MNIST with digits of your own: they follow its training images, or replace its test set."""

    group: ClassVar[str] = OWN
    target: ClassVar[str] = "nnplay.data.own_digits:own_digits"
    archive: ClassVar[str] = "mnist"
    name: str = param("", longest=255, label=n_("folder"), help=n_("Name of the folder."))
    use: str = param(
        USES[0],
        choices=USES,
        label=n_("own digits for"),
        help=n_(
            "Training: they are added to the training images of MNIST. Test: the network is "
            "trained with MNIST alone, and tested on your digits only."
        ),
    )
    samples: int = param(
        0,
        low=0,
        high=MNIST_TRAINING,
        zero=n_("all"),
        label=n_("MNIST images"),
        help=n_("Number of MNIST images to use, the same of each digit; 0 uses all."),
    )
    digest: str = param(
        "",
        longest=64,
        editable=False,
        help=n_("SHA-256 of the imported data, which identifies them on this machine."),
    )
    pictures: int = param(
        1,
        low=1,
        high=MOST_PICTURES,
        editable=False,
        help=n_("Number of images that were imported."),
    )

    def spec(self) -> DataSpec:
        count, names = self.samples or MNIST_TRAINING, tuple("0123456789")
        is_test = self.use == "test"
        train, test = (count, self.pictures) if is_test else (count + self.pictures, MNIST_TEST)
        return DataSpec("classification", (1, 28, 28), 10, names, train, test, input_bytes=1)

    def faults(self) -> Iterable[Fault]:
        if not self.digest:
            yield Fault(
                "name",
                _("No digits have been imported yet."),
                _(
                    "Import a folder with one subfolder for each digit, and choose to use it with "
                    "MNIST."
                ),
            )
