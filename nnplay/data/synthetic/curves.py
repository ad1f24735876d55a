"""Points along a curve, for regressions in one variable."""

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
    """Return y = slope · x + offset + noise · U(0, 1), with x evenly from low to high."""
    x = places(dataset)
    y = dataset.slope * x + dataset.offset + dataset.noise * rng.random(dataset.points)
    return columns(x, thrown(dataset, y, rng))


def sine(dataset: Sine, rng: np.random.Generator) -> Source:
    """Return points along amplitude · sin(frequency · x + phase)."""
    x = places(dataset)
    return strewn(
        dataset, x, dataset.amplitude * np.sin(dataset.frequency * x + dataset.phase), rng
    )


def sine_sum(dataset: SineSum, rng: np.random.Generator) -> Source:
    """Return points along the first terms of the Fourier series of a saw tooth."""
    x, y = places(dataset), np.zeros(dataset.points)
    for k in range(1, dataset.waves + 1):
        y += np.sin(k * dataset.frequency * x) / k
    return strewn(dataset, x, y, rng)


def jump(dataset: Jump, rng: np.random.Generator) -> Source:
    """Return points at 0 left of the jump, at its height from there on."""
    x = places(dataset)
    return strewn(dataset, x, np.where(x < dataset.place, 0.0, dataset.height), rng)


def absolute_value(dataset: AbsoluteValue, rng: np.random.Generator) -> Source:
    """Return points along slope · |x - place|."""
    x = places(dataset)
    return strewn(dataset, x, dataset.slope * np.abs(x - dataset.place), rng)


def polynomial(dataset: PolynomialCurve, rng: np.random.Generator) -> Source:
    """Return points along the polynomial with the coefficients a to e."""
    x = places(dataset)
    factors = (dataset.a, dataset.b, dataset.c, dataset.d, dataset.e)
    return strewn(dataset, x, np.polyval(factors[::-1], x), rng)


def sinc(dataset: Sinc, rng: np.random.Generator) -> Source:
    """Return points along amplitude · sin(u) / u with u = frequency · x, 1 at u = 0."""
    x = places(dataset)
    # NumPy's sinc is the one of signal processing, sin(πu) / (πu).
    return strewn(dataset, x, dataset.amplitude * np.sinc(dataset.frequency * x / np.pi), rng)


def formula(dataset: Formula, rng: np.random.Generator) -> Source:
    """Return points along a typed formula of x; raises DataError where it is none."""
    x = places(dataset)
    return strewn(dataset, x, evaluate(dataset.expression, {"x": x}, rng), rng)


def places(dataset: Line | Curve) -> Numbers:
    """Return x evenly from low to high, (points,), with the gap left out.

    Raises DataError where the gap leaves nothing.
    """
    low, high = dataset.low, dataset.high
    begin, end = max(dataset.gap_low, low), min(dataset.gap_high, high)
    gap = max(end - begin, 0.0)
    if gap > 0 and gap >= high - low:
        raise DataError(_("The gap takes the whole range: there is no place left for points."))
    # Laid out over a range that is shorter by the gap, which is then put back.
    x = np.linspace(low, high - gap, dataset.points)
    if not gap or end == high:
        return x
    # A gap at the left end leaves no point at its own beginning.
    return np.where((x > begin) | (begin == low), x + gap, x)


def strewn(dataset: Curve, x: Numbers, y: Numbers, rng: np.random.Generator) -> Source:
    """Return the points of a curve with its noise and its outliers."""
    if dataset.noise:
        y = y + rng.normal(0.0, dataset.noise, dataset.points)
    return columns(x, thrown(dataset, y, rng))


def thrown(dataset: Line | Curve, y: Numbers, rng: np.random.Generator) -> Numbers:
    """Return heights of which the share of outliers, by chance, is thrown up or down."""
    count = round(dataset.outliers * dataset.points)
    if count:
        y = y.copy()
        chosen = rng.choice(dataset.points, count, replace=False)
        y[chosen] += dataset.outlier_size * rng.choice((-1.0, 1.0), count)
    return y


def columns(x: Numbers, y: Numbers) -> Source:
    """Return points as samples of one number in and one out."""
    return Source(Samples(x.astype(np.float32)[:, np.newaxis], y.astype(np.float32)[:, np.newaxis]))
