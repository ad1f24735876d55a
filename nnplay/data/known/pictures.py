"""Pictures of known sets, as channels × height × width from 0 to 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog import CIFAR10, KMNIST, MNIST, Digits, FashionMNIST
from nnplay.data.arrays import Bytes, Floats, Samples, Source, floats_of
from nnplay.data.download.registry import read
from nnplay.data.resize import resized

_Chance = np.random.Generator


_Fetched = MNIST | FashionMNIST | KMNIST | CIFAR10


def digits(dataset: Digits, rng: _Chance) -> Source:
    """Return the 1,797 digits that come with scikit-learn, 8×8 pixels of 17 greys."""
    from sklearn.datasets import load_digits  # takes 2 s to import

    bunch = load_digits()
    labels = bunch.target.astype(np.int64)
    taken = balanced(labels, dataset.samples, rng)
    pictures = bunch.images[taken, np.newaxis] / 16.0
    return Source(Samples(pictures.astype(np.float32), labels[taken]))


def fetched(dataset: _Fetched, rng: _Chance) -> Source:
    """Return pictures from their files; raises DataError where they are not there."""
    arrays = read(dataset.archive)
    labels = arrays["train-labels"]
    taken = balanced(labels, dataset.samples, rng)
    if len(taken) < len(labels):
        arrays = {**arrays, "train-images": arrays["train-images"][taken]}
        labels = labels[taken]
    return Source(
        Samples(scaled(arrays["train-images"], dataset.side), labels.astype(np.int64)),
        Samples(
            scaled(arrays["test-images"], dataset.side), arrays["test-labels"].astype(np.int64)
        ),
    )


def scaled(pictures: Bytes, side: int) -> Floats | Bytes:
    """Return pictures (n, height, width) or (n, channels, height, width) with channels, that size.

    They stay bytes where they have that size.
    """
    if pictures.ndim == 3:
        pictures = pictures[:, np.newaxis]
    if pictures.shape[-2:] == (side, side):
        return np.ascontiguousarray(pictures)
    return resized(floats_of(pictures), side)


def balanced(labels: npt.NDArray[Any], count: int, rng: _Chance) -> npt.NDArray[np.int64]:
    """Return the places of that many samples, as evenly from all classes as can be, in order.

    A count of 0 takes all, and draws nothing.
    """
    if not count:
        return np.arange(len(labels))
    order = rng.permutation(len(labels))
    turn = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        mine = order[labels[order] == label]
        turn[mine] = np.arange(len(mine))
    # Everyone's first sample, then everyone's second, and so on; by chance within a turn.
    return np.sort(order[np.argsort(turn[order], kind="stable")][:count])
