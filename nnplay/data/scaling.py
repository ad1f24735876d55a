"""Scales inputs and targets by statistics of the training set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.data.arrays import Floats, Parts, Samples
from nnplay.experiment.outputs import LEARNABLE_MEAN, LEARNABLE_STD
from nnplay.link.scaling import Scaling, TargetScaling

_Statistics = npt.NDArray[np.float64]
_CHUNK_NUMBERS = 1_000_000


def scaled(parts: Parts, scaling: str) -> Parts:
    """Return the parts with `x` as (x - shift) / size, or unchanged if scaling is "none".

    Statistics are per feature for rows (n, features) and sequences (n, steps, features), and per
    channel for images (n, channels, height, width). Validation and test samples may leave the
    range, as new samples would. A feature that is constant in training is only shifted.
    """
    if scaling == "none" or not len(parts.train):
        return parts
    x = parts.train.raw if parts.train.raw.dtype == np.float64 else parts.train.x
    feature_axis = 1 if x.ndim == 4 else x.ndim - 1
    axes = tuple(axis for axis in range(x.ndim) if axis != feature_axis)
    low = x.min(axes, keepdims=True).astype(np.float64)
    high = x.max(axes, keepdims=True).astype(np.float64)
    if scaling == "0 to 1":
        shift, size = low, high - low
    else:
        shift = x.mean(axes, dtype=np.float64, keepdims=True)
        size = x.std(axes, dtype=np.float64, keepdims=True)
    # The standard deviation of a constant is rounding error; dividing by it would amplify that.
    size = np.where(high > low, size, 1.0)
    train, validation, test = (
        _scaled(one, shift, size) for one in (parts.train, parts.validation, parts.test)
    )
    return replace(
        parts, train=train, validation=validation, test=test, scaling=Scaling(shift[0], size[0])
    )


def _scaled(samples: Samples, shift: _Statistics, size: _Statistics) -> Samples:
    raw = samples.raw
    x: Floats = np.empty(raw.shape, np.float32)
    # In float64, as float32 has too few digits for numbers such as milliseconds since 1970; in
    # chunks, so that no temporary copy has twice the size.
    rows = max(1, _CHUNK_NUMBERS // max(1, raw[:1].size))
    for start in range(0, len(raw), rows):
        here = slice(start, start + rows)
        exact = raw[here] if raw.dtype == np.float64 else samples.rows(here)
        x[here] = (exact.astype(np.float64) - shift) / size
    return Samples(x, samples.y).read_only()


def target_scaling(
    y: npt.NDArray[Any], rule: str, reach: tuple[float, float]
) -> TargetScaling | None:
    """Return how to standardise training targets (n, outputs), or None to learn them as they are.

    The rule "automatic" leaves targets that are around 0 and of a size of about 1, and those that
    lie in the range `reach` of a network with bounded outputs. An output that is constant in
    training is only shifted.
    """
    if rule == "none" or not len(y):
        return None
    exact = np.asarray(y, np.float64).reshape(len(y), -1)
    mean, std = exact.mean(0), exact.std(0)
    low, high = exact.min(0), exact.max(0)
    if rule == "automatic":
        if _is_bounded(reach) and (low >= reach[0]).all() and (high <= reach[1]).all():
            return None
        smallest, largest = LEARNABLE_STD
        is_wide = (std >= smallest).all() and (std <= largest).all()
        if is_wide and (np.abs(mean) <= LEARNABLE_MEAN).all():
            return None
    std = np.where(high > low, std, 1.0)
    return TargetScaling(tuple(mean.tolist()), tuple(std.tolist()))


def _is_bounded(reach: tuple[float, float]) -> bool:
    """Return whether a range ends on both sides."""
    return bool(np.isfinite(reach).all())
