"""Samples that carry several labels at once: their truth is a row of 0 and 1 per sample."""

from __future__ import annotations

import numpy as np

from nnplay.catalog import Digits, DigitTraits, Discs
from nnplay.data.arrays import Samples, Source
from nnplay.data.known.pictures import digits

_EXTENT = 3.0
_RING = 1.2
"""How far the middle of each disc is from the middle of the plane."""
_TRAITS = np.array(
    [
        [digit % 2 == 0, digit > 4, digit in (0, 6, 8, 9)]  # even, above 4, with a loop
        for digit in range(10)
    ],
    dtype=np.float32,
)


def discs(dataset: Discs, rng: np.random.Generator) -> Source:
    """Return points evenly by chance, labelled by the discs they lie in before they stray.

    The discs stand on a circle around the middle, the first at the top.
    """
    points = rng.uniform(-_EXTENT, _EXTENT, (dataset.points, 2))
    angles = np.pi / 2 - 2 * np.pi * np.arange(dataset.discs) / dataset.discs
    middles = _RING * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    squares = ((points[:, np.newaxis] - middles) ** 2).sum(-1)
    labels = (squares <= dataset.radius**2).astype(np.float32)
    if dataset.noise:
        points = points + rng.normal(0.0, dataset.noise, points.shape)
    chosen = rng.choice(dataset.points, round(dataset.flips * dataset.points), replace=False)
    flipped = rng.integers(dataset.discs, size=len(chosen))
    labels[chosen, flipped] = 1 - labels[chosen, flipped]
    return Source(Samples(points.astype(np.float32), labels))


def digit_traits(_dataset: DigitTraits, rng: np.random.Generator) -> Source:
    """Return the digits that come with scikit-learn, with their traits for truth."""
    samples = digits(Digits(), rng).samples
    return Source(Samples(samples.x, _TRAITS[samples.y]))
