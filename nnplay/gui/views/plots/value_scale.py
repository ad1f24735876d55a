"""The choice of a vertical axis on which no part of a run flattens the rest."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from typing import Literal

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Scale = Literal["linear", "cut", "log"]
"""`cut` is linear, and ends below the values of the first steps."""
_ORDER: tuple[Scale, ...] = ("linear", "cut", "log")
_FIRST = 0.1
"""The share of the rows that counts as the first steps."""
_LEAST = 20
"""Rows before which nothing is chosen."""
_FLAT = 5.0
"""How much higher than the rest the first steps have to be."""
_SQUEEZED = 0.05
"""The share of the axis in which half of the curve looks flat."""
_CUTS = 2.0
"""How much lower than the first steps an axis has to end to be worth leaving them out."""
_BLOCKS = 50
"""Parts of a run whose means are its curve without the noise of single batches."""
_ABOVE = 1.15
_SAMPLE = 2000
"""Rows that are looked at, so that a long run costs no more than a short one."""


@dataclass(frozen=True)
class ScaleChoice:
    """A scale, and for `cut` where the axis ends."""

    scale: Scale = "linear"
    top: float = inf


def choose_scale(steps: Values, epochs: list[Values], at_least: Scale = "linear") -> ScaleChoice:
    """Return the scale for values of shape (n,) of each step, and of lines of each epoch.

    `at_least` is the choice before: a run that grows never goes back to a simpler scale.
    """
    steps = steps[:: max(1, len(steps) // _SAMPLE)]
    steps = steps[np.isfinite(steps)]
    if len(steps) < _LEAST:
        return ScaleChoice(at_least)
    low = min([float(steps.min()), *(_finite(line).min(initial=inf) for line in epochs)])
    highest = max([float(steps.max()), *(_finite(line).max(initial=-inf) for line in epochs)])
    rest = steps[ceil(_FIRST * len(steps)) :]
    later = [_finite(line)[max(1, ceil(_FIRST * len(line))) :] for line in epochs]
    usual = float(np.quantile(rest, 0.99))
    usual = max([usual, *(float(line.max()) for line in later if len(line))])
    # Measured from 0 where that is in sight.
    base = min(0.0, low) if low < 0.5 * usual else low
    excess = (highest - base) / max(usual - base, np.finfo(float).tiny)
    curve = _smooth(steps)
    # Where the first steps are far above the rest, an axis without them may suffice.
    seen = curve[ceil(_FIRST * len(curve)) :] if excess > _FLAT else curve
    is_flat = float(np.median(curve)) - base < _SQUEEZED * (float(seen.max()) - base)
    found: Scale = "linear"
    if is_flat and low > 0:
        found = "log"
    elif excess > (_CUTS if is_flat else _FLAT):
        found = "cut"
    scale = max(found, at_least, key=_ORDER.index)
    return ScaleChoice(scale, base + _ABOVE * (usual - base) if scale == "cut" else inf)


def _smooth(values: Values) -> Values:
    if len(values) <= _BLOCKS:
        return values
    return np.array([block.mean() for block in np.array_split(values, _BLOCKS)])


def _finite(values: Values) -> Values:
    found: Values = values[np.isfinite(values)]
    return found
