"""Brings the inputs to one size, by figures of the training part alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nnplay.data.arrays import Floats, Parts, Samples, Scaling

_Figures = npt.NDArray[np.float64]


def scaled(parts: Parts, scaling: str) -> Parts:
    """Return the parts with `x` as (x - shift) / size, or as they are where scaling is "none".

    Features, of rows (n, features) and of sequences (n, steps, features), have figures of their
    own; pictures (n, channels, height, width) have them by channel. Validation and test may leave
    the range, as new samples would. What never changes in training is only moved.
    """
    if scaling == "none" or not len(parts.train):
        return parts
    x = parts.train.x
    kept = 1 if x.ndim == 4 else x.ndim - 1
    axes = tuple(axis for axis in range(x.ndim) if axis != kept)
    if scaling == "0 to 1":
        shift = x.min(axes, keepdims=True).astype(np.float64)
        size = x.max(axes, keepdims=True) - shift
    else:
        shift = x.mean(axes, dtype=np.float64, keepdims=True)
        size = x.std(axes, dtype=np.float64, keepdims=True)
    # What is constant has a deviation of rounding errors, which would be blown up.
    size = np.where(size > 1e-7 * np.abs(shift), size, 1.0)
    train, validation, test = (
        _moved(one, shift, size) for one in (parts.train, parts.validation, parts.test)
    )
    return Parts(train, validation, test, Scaling(shift[0], size[0]))


def _moved(samples: Samples, shift: _Figures, size: _Figures) -> Samples:
    # In the middle of the arithmetic stand single numbers as float32, so no copy is twice as large.
    x: Floats = samples.x - shift.astype(np.float32)
    x /= size.astype(np.float32)
    return Samples(x, samples.y).read_only()
