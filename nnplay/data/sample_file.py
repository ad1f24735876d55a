"""The samples of an experiment as a file that an exported script reads."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.data.arrays import Samples
from nnplay.data.filling import fill
from nnplay.data.load import load
from nnplay.data.split import split
from nnplay.experiment import Experiment
from nnplay.experiment.outputs import target_scaling_rule


def sample_file(experiment: Experiment) -> bytes:
    """Return an .npz file with all samples as `x` and `y`, before they are split and scaled.

    `x_test` and `y_test` hold the test set of a data set that has one. Missing inputs are filled as
    the split of the experiment fills them. Raises DataError if the data are not available.
    """
    source = load(experiment.data, experiment.seed)
    samples = source.samples
    if source.gaps is not None:
        plain = replace(source, gaps=None)
        shares = replace(experiment.split, scaling="none")
        train = split(plain, shares, experiment.seed).train
        samples = fill(samples, train, source.gaps)
    arrays: dict[str, Any] = _arrays(samples, experiment)
    if source.test is not None:
        arrays |= {f"{name}_test": one for name, one in _arrays(source.test, experiment).items()}
    content = BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def _arrays(samples: Samples, experiment: Experiment) -> dict[str, npt.NDArray[Any]]:
    # Float64 only where it is scaled, as the network takes float32.
    scales = experiment.split.scaling != "none"
    x = samples.raw if samples.raw.dtype == np.float64 and scales else samples.x
    y = samples.y
    if y.dtype == np.float64 and target_scaling_rule(experiment) == "none":
        y = y.astype(np.float32)
    return {"x": x, "y": y}
