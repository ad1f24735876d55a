"""Points along a curve, for regression in one variable."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nnplay.catalog import (
    AbsoluteValue,
    Curve,
    Formula,
    Jump,
    Line,
    PolynomialCurve,
    Sinc,
    Sine,
    SineSum,
)
from nnplay.data.arrays import DataError, Samples, Source
from nnplay.data.synthetic.formulas import evaluate
from nnplay.translation import _

Numbers = npt.NDArray[np.float64]


def line(dataset: Line, rng: np.random.Generator) -> Source:
    """Return y = slope · x + offset + noise · U(0, 1), with x evenly spaced."""
    x = x_values(dataset)
    y = dataset.slope * x + dataset.offset + dataset.noise * rng.random(dataset.points)
    return source_of(x, with_outliers(dataset, y, rng))


def sine(dataset: Sine, rng: np.random.Generator) -> Source:
    """Return points along amplitude · sin(frequency · x + phase)."""
    x = x_values(dataset)
    return noisy_source(
        dataset, x, dataset.amplitude * np.sin(dataset.frequency * x + dataset.phase), rng
    )


def sine_sum(dataset: SineSum, rng: np.random.Generator) -> Source:
    """Return points along the first terms of the Fourier series of a sawtooth wave."""
    x, y = x_values(dataset), np.zeros(dataset.points)
    for k in range(1, dataset.waves + 1):
        y += np.sin(k * dataset.frequency * x) / k
    return noisy_source(dataset, x, y, rng)


def jump(dataset: Jump, rng: np.random.Generator) -> Source:
    """Return a step function: 0 left of the jump, its height from there on."""
    x = x_values(dataset)
    return noisy_source(dataset, x, np.where(x < dataset.place, 0.0, dataset.height), rng)


def absolute_value(dataset: AbsoluteValue, rng: np.random.Generator) -> Source:
    """Return points along slope · |x - place|."""
    x = x_values(dataset)
    return noisy_source(dataset, x, dataset.slope * np.abs(x - dataset.place), rng)


def polynomial(dataset: PolynomialCurve, rng: np.random.Generator) -> Source:
    """Return points along the polynomial with the coefficients a to e."""
    x = x_values(dataset)
    factors = (dataset.a, dataset.b, dataset.c, dataset.d, dataset.e)
    return noisy_source(dataset, x, np.polyval(factors[::-1], x), rng)


def sinc(dataset: Sinc, rng: np.random.Generator) -> Source:
    """Return points along amplitude · sin(u) / u with u = frequency · x, 1 at u = 0."""
    x = x_values(dataset)
    # NumPy's sinc is the normalised one, sin(πu) / (πu).
    return noisy_source(dataset, x, dataset.amplitude * np.sinc(dataset.frequency * x / np.pi), rng)


def formula(dataset: Formula, rng: np.random.Generator) -> Source:
    """Return points along a typed formula of x; raises DataError if it is not valid."""
    x = x_values(dataset)
    return noisy_source(dataset, x, evaluate(dataset.expression, {"x": x}, rng), rng)


def x_values(dataset: Line | Curve) -> Numbers:
    """Return evenly spaced x from low to high, (points,), without the gap.

    Raises DataError if the gap leaves no room.
    """
    low, high = dataset.low, dataset.high
    begin, end = max(dataset.gap_low, low), min(dataset.gap_high, high)
    gap = max(end - begin, 0.0)
    if gap > 0 and gap >= high - low:
        raise DataError(_("The gap covers the whole range: no room is left for points."))
    # Spaced over a range that is shorter by the gap, which is then inserted.
    x = np.linspace(low, high - gap, dataset.points)
    if not gap or end == high:
        return x
    # With a gap at the left end, the first point moves to the right of it.
    return np.where((x > begin) | (begin == low), x + gap, x)


def noisy_source(dataset: Curve, x: Numbers, y: Numbers, rng: np.random.Generator) -> Source:
    """Return the points of a curve with noise and outliers added."""
    if dataset.noise:
        y = y + rng.normal(0.0, dataset.noise, dataset.points)
    return source_of(x, with_outliers(dataset, y, rng))


def with_outliers(dataset: Line | Curve, y: Numbers, rng: np.random.Generator) -> Numbers:
    """Return heights with a random share of them moved up or down as outliers."""
    count = round(dataset.outliers * dataset.points)
    if count:
        y = y.copy()
        chosen = rng.choice(dataset.points, count, replace=False)
        y[chosen] += dataset.outlier_size * rng.choice((-1.0, 1.0), count)
    return y


def source_of(x: Numbers, y: Numbers) -> Source:
    """Return points as samples with one input and one output."""
    return Source(Samples(x.astype(np.float32)[:, np.newaxis], y.astype(np.float32)[:, np.newaxis]))
