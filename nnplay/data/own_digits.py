"""Imported images of digits that are used together with MNIST."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnplay.catalog import OwnDigits, PictureFolder
from nnplay.catalog.datasets.tables import CLASS_SEPARATOR
from nnplay.data.arrays import DataError, Samples, Source
from nnplay.data.download.registry import read
from nnplay.data.importing.image_folder import ImportedFolder
from nnplay.data.importing.store import store, stored
from nnplay.data.resize import square_images
from nnplay.data.sampling import balanced_indices
from nnplay.translation import _

SIDE = 28
"""Rows and columns of the images of MNIST."""


def with_mnist(imported: ImportedFolder, use: str) -> ImportedFolder:
    """Return an imported folder as digits that are used with MNIST for training, or for a test.

    The images must be grey and have 28 × 28 pixels. Raises DataError where a class is no digit.
    """
    found = imported.dataset
    assert isinstance(found, PictureFolder)
    assert found.side == SIDE and not found.colour
    names = found.classes.split(CLASS_SEPARATOR)
    wrong = [name for name in names if name not in set("0123456789")]
    if wrong:
        raise DataError(
            _("Expected folders named 0 to 9, received {names}.").format(
                names=", ".join(wrong)[:200]
            ),
            _("Rename the folders, or import them without MNIST."),
        )
    arrays = stored(found.digest)
    assert arrays is not None
    # Those in folders called test or val are own digits like the others.
    parts = [front for front in ("", "validation_", "test_") if f"{front}pictures" in arrays]
    images = np.concatenate([arrays[f"{front}pictures"] for front in parts])
    labels = np.concatenate([arrays[f"{front}labels"] for front in parts])
    digits = np.array([int(name) for name in names])[labels]
    digest = store(pictures=images, labels=digits)
    dataset = OwnDigits(name=found.name, use=use, digest=digest, pictures=len(digits))
    return replace(imported, dataset=dataset)


def own_digits(dataset: OwnDigits, rng: np.random.Generator) -> Source:
    """Return MNIST with own digits; raises DataError if one of them is not on this machine."""
    again = _("Import the folder {name} again.").format(name=dataset.name or _("of images"))
    try:
        arrays = stored(dataset.digest)
        if arrays is None:
            text = _("The images of {name} are not on this machine.")
            raise DataError(text.format(name=dataset.name), again)
        own = Samples(arrays["pictures"], arrays["labels"].astype(np.int64))
    except (ValueError, KeyError) as error:
        text = _("The stored images of {name} are damaged.")
        raise DataError(text.format(name=dataset.name), again) from error
    mnist = read(dataset.archive)
    images, labels = mnist["train-images"], mnist["train-labels"].astype(np.int64)
    chosen = balanced_indices(labels, dataset.samples, rng)
    images, labels = square_images(images[chosen], SIDE), labels[chosen]
    if dataset.use == "test":
        return Source(Samples(images, labels), own)
    train = Samples(np.concatenate([images, own.raw]), np.concatenate([labels, own.y]))
    test = square_images(mnist["test-images"], SIDE)
    return Source(train, Samples(test, mnist["test-labels"].astype(np.int64)))
