"""Published images, as channels × height × width from 0 to 1."""

from __future__ import annotations

import numpy as np

from nnplay.catalog import CIFAR10, KMNIST, MNIST, Digits, FashionMNIST
from nnplay.data.arrays import Samples, Source
from nnplay.data.download.registry import read
from nnplay.data.resize import square_images
from nnplay.data.sampling import balanced_indices


def digits(dataset: Digits, rng: np.random.Generator) -> Source:
    """Return the 1,797 digits of scikit-learn: 8×8 pixels with 17 grey levels."""
    from sklearn.datasets import load_digits  # takes 2 s to import

    bunch = load_digits()
    labels = bunch.target.astype(np.int64)
    chosen = balanced_indices(labels, dataset.samples, rng)
    images = bunch.images[chosen, np.newaxis] / 16.0
    return Source(Samples(images.astype(np.float32), labels[chosen]))


def downloaded(
    dataset: MNIST | FashionMNIST | KMNIST | CIFAR10, rng: np.random.Generator
) -> Source:
    """Return the images of a downloaded archive; raises DataError if it is missing or damaged."""
    arrays = read(dataset.archive)
    images, labels = arrays["train-images"], arrays["train-labels"]
    chosen = balanced_indices(labels, dataset.samples, rng)
    if len(chosen) < len(labels):
        images, labels = images[chosen], labels[chosen]
    test_labels = arrays["test-labels"].astype(np.int64)
    return Source(
        Samples(square_images(images, dataset.side), labels.astype(np.int64)),
        Samples(square_images(arrays["test-images"], dataset.side), test_labels),
    )
