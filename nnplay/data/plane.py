"""Two classes of points in the plane, all within about -3 to 3, where small networks learn well.

Classes alternate from point to point, so that they are balanced for any number of points.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Circle, Gauss, Spiral, Xor
from nnplay.data.arrays import Samples, Source

_EXTENT = 3.0
_Numbers = npt.NDArray[np.float64]


def spiral(dataset: Spiral, rng: np.random.Generator) -> Source:
    """Return two arms r = extent · t at the angle 2π · turns · t, the second turned by half."""
    classes = _classes(dataset.points)
    per_arm = (dataset.points + 1) // 2
    # Both arms start one place off the middle, where they would meet.
    along = (np.arange(dataset.points) // 2 + 1) / per_arm
    angle = 2 * np.pi * dataset.turns * along + np.pi * classes
    points = _polar(_EXTENT * along, angle)
    return _source(points + rng.normal(0.0, dataset.noise, points.shape), classes)


def circle(dataset: Circle, rng: np.random.Generator) -> Source:
    """Return a disc of radius 1.5 and a ring from 2.1 to 3, evenly filled."""
    classes = _classes(dataset.points)
    inner, outer = np.where(classes == 0, 0.0, 2.1), np.where(classes == 0, 1.5, _EXTENT)
    # The area up to a radius grows with its square, so even filling is uniform in the square.
    radius = np.sqrt(rng.uniform(inner**2, outer**2))
    points = _polar(radius, rng.uniform(0.0, 2 * np.pi, dataset.points))
    return _source(points + rng.normal(0.0, dataset.noise, points.shape), classes)


def xor(dataset: Xor, rng: np.random.Generator) -> Source:
    """Return class 0 where the signs of both coordinates agree and class 1 where they differ."""
    classes = _classes(dataset.points)
    side = np.where(np.arange(dataset.points) // 2 % 2 == 0, 1.0, -1.0)
    signs = np.stack([side, np.where(classes == 0, side, -side)], axis=1)
    # A gap along the axes keeps the quarters apart as long as there is no noise.
    points = signs * rng.uniform(0.2, _EXTENT, signs.shape)
    return _source(points + rng.normal(0.0, dataset.noise, points.shape), classes)


def gauss(dataset: Gauss, rng: np.random.Generator) -> Source:
    """Return normal clouds around (1.5, 1.5) and (-1.5, -1.5); noise is two standard deviations."""
    classes = _classes(dataset.points)
    middle = np.where(classes == 0, 1.5, -1.5)[:, np.newaxis]
    points = middle + rng.normal(0.0, dataset.noise / 2, (dataset.points, 2))
    return _source(points, classes)


def _classes(points: int) -> npt.NDArray[np.int64]:
    return np.arange(points, dtype=np.int64) % 2


def _polar(radius: _Numbers, angle: _Numbers) -> _Numbers:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _source(points: _Numbers, classes: npt.NDArray[np.int64]) -> Source:
    return Source(Samples(points.astype(np.float32), classes))
