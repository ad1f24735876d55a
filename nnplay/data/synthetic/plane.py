"""Points in the plane, all within about -3 to 3, where small networks learn well.

Classes take turns from point to point, so that any stretch of them has its share of each.
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
    """Return arms r = extent · t at the angle 2π · turns · t, each turned on by the same angle."""
    classes = _classes(dataset)
    # All arms start one place off the middle, where they would meet.
    along = (_ranks(classes) + 1) / np.bincount(classes)[classes]
    angle = 2 * np.pi * (dataset.turns * along + classes / dataset.arms)
    return _source(dataset, _polar(_EXTENT * along, angle), classes, rng)


def circle(dataset: Circle, rng: np.random.Generator) -> Source:
    """Return a disc of radius 1.5 and a ring from 2.1 to 3, evenly filled."""
    classes = _classes(dataset)
    inner, outer = np.where(classes == 0, 0.0, 2.1), np.where(classes == 0, 1.5, _EXTENT)
    return _source(dataset, _in_rings(inner, outer, rng), classes, rng)


def xor(dataset: Xor, rng: np.random.Generator) -> Source:
    """Return class 0 where the signs of both coordinates agree and class 1 where they differ."""
    classes = _classes(dataset)
    side = np.where(_ranks(classes) % 2 == 0, 1.0, -1.0)
    signs = np.stack([side, np.where(classes == 0, side, -side)], axis=1)
    # A gap along the axes keeps the quarters apart as long as there is no noise.
    points = signs * rng.uniform(0.2, _EXTENT, signs.shape)
    return _source(dataset, points, classes, rng)


def gauss(dataset: Gauss, rng: np.random.Generator) -> Source:
    """Return normal clouds around (1.5, 1.5) and (-1.5, -1.5); noise is two standard deviations."""
    classes = _classes(dataset)
    middle = np.where(classes == 0, 1.5, -1.5)[:, np.newaxis]
    return _clouds(dataset, np.repeat(middle, 2, axis=1), classes, rng)


def blobs(dataset: Blobs, rng: np.random.Generator) -> Source:
    """Return normal clouds around places on a circle of radius 2, the first at the right."""
    classes = _classes(dataset)
    middle = _polar(np.full(dataset.points, 2.0), 2 * np.pi * classes / dataset.classes)
    return _clouds(dataset, middle, classes, rng)


def moons(dataset: Moons, rng: np.random.Generator) -> Source:
    """Return an upper half circle of radius 2 and a lower one, moved by (2, 1)."""
    classes = _classes(dataset)
    angle = rng.uniform(0.0, np.pi, dataset.points)
    upper = classes == 0
    x = np.where(upper, 2 * np.cos(angle) - 1, 1 - 2 * np.cos(angle))
    y = np.where(upper, 2 * np.sin(angle) - 0.5, 0.5 - 2 * np.sin(angle))
    return _source(dataset, np.stack([x, y], axis=1), classes, rng)


def checkerboard(dataset: Checkerboard, rng: np.random.Generator) -> Source:
    """Return tiles of class 0 where row plus column is even, of class 1 elsewhere."""
    classes, tiles = _classes(dataset), dataset.tiles
    column, row = np.meshgrid(np.arange(tiles), np.arange(tiles))
    points = np.empty((dataset.points, 2))
    for number in range(2):
        of_class = (column + row) % 2 == number
        mine = classes == number
        corners = np.stack([column[of_class], row[of_class]], axis=1)
        chosen = corners[rng.integers(len(corners), size=mine.sum())]
        points[mine] = chosen + rng.random(chosen.shape)
    return _source(dataset, (2 * points / tiles - 1) * _EXTENT, classes, rng)


def rings(dataset: Rings, rng: np.random.Generator) -> Source:
    """Return evenly filled rings of the same width, a third of it left free between them."""
    classes = _classes(dataset)
    width = _EXTENT / dataset.rings
    outer = np.asarray((classes + 1) * width, dtype=np.float64)
    return _source(dataset, _in_rings(outer - width * 2 / 3, outer, rng), classes, rng)


def border(dataset: Border, rng: np.random.Generator) -> Source:
    """Return points evenly by chance, of class 1 where the formula holds, before they stray.

    Raises DataError where it is no formula.
    """
    points = rng.uniform(-dataset.extent, dataset.extent, (dataset.points, 2))
    names = {"x": points[:, 0], "y": points[:, 1]}
    holds = evaluate(dataset.expression, names, rng, condition=True)
    return _source(dataset, points, holds.astype(np.int64), rng)


def tilted_plane(dataset: TiltedPlane, rng: np.random.Generator) -> Source:
    """Return the heights across · x₁ + up · x₂."""
    points = _evenly(dataset, rng)
    return _heights(dataset, points, points @ np.array([dataset.across, dataset.up]), rng)


def hills(dataset: Hills, rng: np.random.Generator) -> Source:
    """Return a sum of bells of height 1 and -1 in turn, around places on a circle of radius 1.8."""
    points, height = _evenly(dataset, rng), np.zeros(dataset.points)
    angles = 2 * np.pi * np.arange(dataset.hills) / dataset.hills
    for number, middle in enumerate(_polar(np.full(dataset.hills, 1.8), angles)):
        squares = ((points - middle) ** 2).sum(1)
        height += (-1) ** number * np.exp(-squares / (2 * dataset.width**2))
    return _heights(dataset, points, height, rng)


def _classes(dataset: Plane) -> _Classes:
    """Return the class of each point: in turn, the rare ones spread evenly over the others."""
    turn = np.arange(dataset.points, dtype=np.int64) % dataset.count
    if not dataset.imbalance:
        return turn
    weights = (1.0 - dataset.imbalance) ** np.arange(dataset.count)
    shares = dataset.points * weights / weights.sum()
    counts = np.floor(shares).astype(np.int64)
    # What rounding down has left goes to the classes that lost most by it.
    largest = np.argsort(counts - shares, kind="stable")
    counts[largest[: dataset.points - counts.sum()]] += 1
    classes = np.repeat(np.arange(dataset.count), counts)
    turns = (_ranks(classes) + 0.5) / counts[classes]
    return classes[np.argsort(turns, kind="stable")]


def _ranks(classes: _Classes) -> _Classes:
    """Return how many points of the same class stand in front of each."""
    ranks = np.empty_like(classes)
    for number in range(int(classes.max()) + 1):
        mine = classes == number
        ranks[mine] = np.arange(mine.sum())
    return ranks


def _polar(radius: _Numbers, angle: _Numbers) -> _Numbers:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _in_rings(inner: _Numbers, outer: _Numbers, rng: np.random.Generator) -> _Numbers:
    # The area up to a radius grows with its square, so even filling is uniform in the square.
    radius = np.sqrt(rng.uniform(inner**2, outer**2))
    return _polar(radius, rng.uniform(0.0, 2 * np.pi, len(radius)))


def _clouds(
    dataset: Plane, middles: _Numbers, classes: _Classes, rng: np.random.Generator
) -> Source:
    points = middles + rng.normal(0.0, dataset.noise / 2, (dataset.points, 2))
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
        away = rng.integers(1, dataset.count, count)
        classes[chosen] = (classes[chosen] + away) % dataset.count
    return Source(Samples(points.astype(np.float32), classes))


def _evenly(dataset: Surface, rng: np.random.Generator) -> _Numbers:
    return rng.uniform(-_EXTENT, _EXTENT, (dataset.points, 2))


def _heights(
    dataset: Surface, points: _Numbers, height: _Numbers, rng: np.random.Generator
) -> Source:
    if dataset.noise:
        height = height + rng.normal(0.0, dataset.noise, dataset.points)
    y = height.astype(np.float32)[:, np.newaxis]
    return Source(Samples(points.astype(np.float32), y))
