"""Samples with several labels each: the target is a row of 0 and 1."""

from __future__ import annotations

import numpy as np

from nnplay.catalog import Digits, DigitTraits, Discs
from nnplay.data.arrays import Samples, Source
from nnplay.data.known.images import digits

_EXTENT = 3.0
_RING = 1.2
"""Distance of the centre of each disc from the origin."""
_TRAITS = np.array(
    [
        [digit % 2 == 0, digit > 4, digit in (0, 6, 8, 9)]  # even, above 4, with a loop
        for digit in range(10)
    ],
    dtype=np.float32,
)


def discs(dataset: Discs, rng: np.random.Generator) -> Source:
    """Return uniformly random points, labelled by the discs they lie in before noise is added.

    The discs are arranged on a circle around the origin, the first at the top.
    """
    points = rng.uniform(-_EXTENT, _EXTENT, (dataset.points, 2))
    angles = np.pi / 2 - 2 * np.pi * np.arange(dataset.discs) / dataset.discs
    centres = _RING * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    squares = ((points[:, np.newaxis] - centres) ** 2).sum(-1)
    labels = (squares <= dataset.radius**2).astype(np.float32)
    if dataset.noise:
        points = points + rng.normal(0.0, dataset.noise, points.shape)
    chosen = rng.choice(dataset.points, round(dataset.flips * dataset.points), replace=False)
    flipped = rng.integers(dataset.discs, size=len(chosen))
    labels[chosen, flipped] = 1 - labels[chosen, flipped]
    return Source(Samples(points.astype(np.float32), labels))


def digit_traits(_dataset: DigitTraits, rng: np.random.Generator) -> Source:
    """Return the digits of scikit-learn, with their traits as targets."""
    samples = digits(Digits(), rng).samples
    return Source(Samples(samples.x, _TRAITS[samples.y]))
