"""Scales the inputs by statistics of the training set."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nnplay.data.arrays import Floats, Parts, Samples, Scaling

_Statistics = npt.NDArray[np.float64]


def scaled(parts: Parts, scaling: str) -> Parts:
    """Return the parts with `x` as (x - shift) / size, or unchanged if scaling is "none".

    Statistics are per feature for rows (n, features) and sequences (n, steps, features), and per
    channel for images (n, channels, height, width). Validation and test samples may leave the
    range, as new samples would. A feature that is constant in training is only shifted.
    """
    if scaling == "none" or not len(parts.train):
        return parts
    x = parts.train.x
    feature_axis = 1 if x.ndim == 4 else x.ndim - 1
    axes = tuple(axis for axis in range(x.ndim) if axis != feature_axis)
    if scaling == "0 to 1":
        shift = x.min(axes, keepdims=True).astype(np.float64)
        size = x.max(axes, keepdims=True) - shift
    else:
        shift = x.mean(axes, dtype=np.float64, keepdims=True)
        size = x.std(axes, dtype=np.float64, keepdims=True)
    # The standard deviation of a constant is rounding error; dividing by it would amplify that.
    size = np.where(size > 1e-7 * np.abs(shift), size, 1.0)
    train, validation, test = (
        _scaled(one, shift, size) for one in (parts.train, parts.validation, parts.test)
    )
    return Parts(train, validation, test, Scaling(shift[0], size[0]))


def _scaled(samples: Samples, shift: _Statistics, size: _Statistics) -> Samples:
    # Both operands are float32, so that no temporary copy has twice the size.
    x: Floats = samples.x - shift.astype(np.float32)
    x /= size.astype(np.float32)
    return Samples(x, samples.y).read_only()
