"""The samples that a web page draws: points of the plane, or of a curve."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnplay.data import load, prepared_parts
from nnplay.data.arrays import Parts, Samples
from nnplay.experiment import Experiment
from nnplay.exports.page.packing import packed

MOST_POINTS = 2_000
_MARGIN = 0.1


def page_points(experiment: Experiment) -> dict[str, Any]:
    """Return an even subset of the samples in the units of the data, and the area around them.

    `part` is 0 for training, 1 for validation and 2 for test. Raises DataError.
    """
    parts = prepared_parts(load(experiment.data, experiment.seed), experiment)
    all_parts = (parts.train, parts.validation, parts.test)
    every = max(1, -(-sum(map(len, all_parts)) // MOST_POINTS))
    inputs = [_inputs(part, parts, every) for part in all_parts]
    targets = [np.reshape(part.y[::every], (-1, _width(part))) for part in all_parts]
    numbers = [np.full(len(x), number, np.uint8) for number, x in enumerate(inputs)]
    x, y = np.concatenate(inputs), np.concatenate(targets)
    low, high = inputs[0].min(0), inputs[0].max(0)
    margin = np.maximum((high - low) * _MARGIN, 1e-9) if x.shape[1] > 1 else np.zeros(1)
    return {
        "x": packed(x.astype(np.float32).ravel()),
        "y": packed(y.astype(np.float32).ravel()),
        "part": packed(np.concatenate(numbers)),
        "low": (low - margin).tolist(),
        "high": (high + margin).tolist(),
    }


def _inputs(part: Samples, parts: Parts, every: int) -> np.ndarray[Any, Any]:
    x = part.x[::every].reshape(-1, part.x.shape[-1]).astype(np.float64)
    return x if parts.scaling is None else parts.scaling.inverse(x)


def _width(part: Samples) -> int:
    return part.y.shape[1] if part.y.ndim > 1 else 1
