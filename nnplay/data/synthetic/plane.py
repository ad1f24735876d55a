"""Points in the plane, within about -3 to 3, where small networks learn well.

Classes alternate from point to point, so that every section of the data has its share of each.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nnplay.catalog import (
    Blobs,
    Border,
    Checkerboard,
    Circle,
    Gauss,
    Hills,
    Moons,
    Plane,
    PlaneClasses,
    Rings,
    Spiral,
    Surface,
    TiltedPlane,
    Xor,
)
from nnplay.data.arrays import Samples, Source
from nnplay.data.synthetic.formulas import evaluate

_EXTENT = 3.0
_Numbers = npt.NDArray[np.float64]
_Classes = npt.NDArray[np.int64]


def spiral(dataset: Spiral, rng: np.random.Generator) -> Source:
    """Return arms r = extent · t at the angle 2π · turns · t, rotated by equal angles."""
    classes = _classes(dataset)
    # All arms start one point away from the origin, where they would meet.
    along = (_ranks(classes) + 1) / np.bincount(classes)[classes]
    angle = 2 * np.pi * (dataset.turns * along + classes / dataset.arms)
    return _source(dataset, _polar(_EXTENT * along, angle), classes, rng)


def circle(dataset: Circle, rng: np.random.Generator) -> Source:
    """Return a disc of radius 1.5 and a ring from 2.1 to 3, uniformly filled."""
    classes = _classes(dataset)
    inner, outer = np.where(classes == 0, 0.0, 2.1), np.where(classes == 0, 1.5, _EXTENT)
    return _source(dataset, _in_rings(inner, outer, rng), classes, rng)


def xor(dataset: Xor, rng: np.random.Generator) -> Source:
    """Return class 0 where both coordinates have the same sign and class 1 where they differ."""
    classes = _classes(dataset)
    side = np.where(_ranks(classes) % 2 == 0, 1.0, -1.0)
    signs = np.stack([side, np.where(classes == 0, side, -side)], axis=1)
    # A gap along the axes separates the quadrants as long as there is no noise.
    points = signs * rng.uniform(0.2, _EXTENT, signs.shape)
    return _source(dataset, points, classes, rng)


def gauss(dataset: Gauss, rng: np.random.Generator) -> Source:
    """Return normal clusters at (1.5, 1.5) and (-1.5, -1.5); noise is two standard deviations."""
    classes = _classes(dataset)
    centre = np.where(classes == 0, 1.5, -1.5)[:, np.newaxis]
    return _clusters(dataset, np.repeat(centre, 2, axis=1), classes, rng)


def blobs(dataset: Blobs, rng: np.random.Generator) -> Source:
    """Return normal clusters centred on a circle of radius 2, the first at the right."""
    classes = _classes(dataset)
    centres = _polar(np.full(dataset.points, 2.0), 2 * np.pi * classes / dataset.classes)
    return _clusters(dataset, centres, classes, rng)


def moons(dataset: Moons, rng: np.random.Generator) -> Source:
    """Return an upper half circle of radius 2 and a lower one, shifted by (2, 1)."""
    classes = _classes(dataset)
    angle = rng.uniform(0.0, np.pi, dataset.points)
    upper = classes == 0
    x = np.where(upper, 2 * np.cos(angle) - 1, 1 - 2 * np.cos(angle))
    y = np.where(upper, 2 * np.sin(angle) - 0.5, 0.5 - 2 * np.sin(angle))
    return _source(dataset, np.stack([x, y], axis=1), classes, rng)


def checkerboard(dataset: Checkerboard, rng: np.random.Generator) -> Source:
    """Return tiles of class 0 where row + column is even, and of class 1 elsewhere."""
    classes, tiles = _classes(dataset), dataset.tiles
    column, row = np.meshgrid(np.arange(tiles), np.arange(tiles))
    points = np.empty((dataset.points, 2))
    for number in range(2):
        own_tile = (column + row) % 2 == number
        of_class = classes == number
        corners = np.stack([column[own_tile], row[own_tile]], axis=1)
        chosen = corners[rng.integers(len(corners), size=of_class.sum())]
        points[of_class] = chosen + rng.random(chosen.shape)
    return _source(dataset, (2 * points / tiles - 1) * _EXTENT, classes, rng)


def rings(dataset: Rings, rng: np.random.Generator) -> Source:
    """Return uniformly filled rings of equal width, a third of which stays empty between them."""
    classes = _classes(dataset)
    width = _EXTENT / dataset.rings
    outer = np.asarray((classes + 1) * width, dtype=np.float64)
    return _source(dataset, _in_rings(outer - width * 2 / 3, outer, rng), classes, rng)


def border(dataset: Border, rng: np.random.Generator) -> Source:
    """Return uniformly random points, of class 1 where the formula holds before noise is added.

    Raises DataError if it is not a valid formula.
    """
    points = rng.uniform(-dataset.extent, dataset.extent, (dataset.points, 2))
    names = {"x": points[:, 0], "y": points[:, 1]}
    holds = evaluate(dataset.expression, names, rng, condition=True)
    return _source(dataset, points, holds.astype(np.int64), rng)


def tilted_plane(dataset: TiltedPlane, rng: np.random.Generator) -> Source:
    """Return the heights across · x₁ + up · x₂."""
    points = _uniform(dataset, rng)
    return _heights(dataset, points, points @ np.array([dataset.across, dataset.up]), rng)


def hills(dataset: Hills, rng: np.random.Generator) -> Source:
    """Return Gaussian bumps of alternating height 1 and -1, centred on a circle of radius 1.8."""
    points, height = _uniform(dataset, rng), np.zeros(dataset.points)
    angles = 2 * np.pi * np.arange(dataset.hills) / dataset.hills
    for number, centre in enumerate(_polar(np.full(dataset.hills, 1.8), angles)):
        squares = ((points - centre) ** 2).sum(1)
        height += (-1) ** number * np.exp(-squares / (2 * dataset.width**2))
    return _heights(dataset, points, height, rng)


def _classes(dataset: Plane) -> _Classes:
    """Return the class of each point: alternating, rare classes spread evenly among the others."""
    cyclic = np.arange(dataset.points, dtype=np.int64) % dataset.count
    if not dataset.imbalance:
        return cyclic
    weights = (1.0 - dataset.imbalance) ** np.arange(dataset.count)
    shares = dataset.points * weights / weights.sum()
    counts = np.floor(shares).astype(np.int64)
    # The points lost by rounding down go to the classes that lost the most.
    largest = np.argsort(counts - shares, kind="stable")
    counts[largest[: dataset.points - counts.sum()]] += 1
    classes = np.repeat(np.arange(dataset.count), counts)
    positions = (_ranks(classes) + 0.5) / counts[classes]
    return classes[np.argsort(positions, kind="stable")]


def _ranks(classes: _Classes) -> _Classes:
    """Return for each point the number of earlier points of its class."""
    ranks = np.empty_like(classes)
    for number in range(int(classes.max()) + 1):
        of_class = classes == number
        ranks[of_class] = np.arange(of_class.sum())
    return ranks


def _polar(radius: _Numbers, angle: _Numbers) -> _Numbers:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _in_rings(inner: _Numbers, outer: _Numbers, rng: np.random.Generator) -> _Numbers:
    # The area within a radius grows with its square, so a uniform density is uniform in the square.
    radius = np.sqrt(rng.uniform(inner**2, outer**2))
    return _polar(radius, rng.uniform(0.0, 2 * np.pi, len(radius)))


def _clusters(
    dataset: Plane, centres: _Numbers, classes: _Classes, rng: np.random.Generator
) -> Source:
    points = centres + rng.normal(0.0, dataset.noise / 2, (dataset.points, 2))
    return _labelled(dataset, points, classes, rng)


def _source(
    dataset: PlaneClasses, points: _Numbers, classes: _Classes, rng: np.random.Generator
) -> Source:
    if dataset.noise:
        points = points + rng.normal(0.0, dataset.noise, points.shape)
    return _labelled(dataset, points, classes, rng)


def _labelled(
    dataset: PlaneClasses, points: _Numbers, classes: _Classes, rng: np.random.Generator
) -> Source:
    count = round(dataset.flips * dataset.points)
    if count:
        chosen = rng.choice(dataset.points, count, replace=False)
        shift = rng.integers(1, dataset.count, count)
        classes[chosen] = (classes[chosen] + shift) % dataset.count
    return Source(Samples(points.astype(np.float32), classes))


def _uniform(dataset: Surface, rng: np.random.Generator) -> _Numbers:
    return rng.uniform(-_EXTENT, _EXTENT, (dataset.points, 2))


def _heights(
    dataset: Surface, points: _Numbers, height: _Numbers, rng: np.random.Generator
) -> Source:
    if dataset.noise:
        height = height + rng.normal(0.0, dataset.noise, dataset.points)
    y = height.astype(np.float32)[:, np.newaxis]
    return Source(Samples(points.astype(np.float32), y))
