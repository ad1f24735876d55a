"""Made-up statistics of the layers of a network, to look at a panel without training."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.engine.probes.layer_statistics import (
    BINS,
    Distribution,
    LayerFigures,
    LayerStatistics,
    on_scale,
)
from nnplay.experiment import Experiment
from nnplay.experiment.stages import network_stages


def example_statistics(experiment: Experiment, rng: np.random.Generator) -> LayerStatistics:
    """Return statistics of all layers with weights, whose gradient shrinks from last to first."""
    stages = network_stages(experiment.data.spec().in_shape, experiment.network)
    found: list[LayerFigures] = []
    for stage in stages[1:]:
        assert stage.layer is not None
        activation = stage.functions[0] if stage.functions else ""
        outputs = rng.normal(0, 1, 2000)
        found.append(
            LayerFigures(
                stage.layer, stage.kind, stage.name, activation, stage.frozen,
                _distribution(rng.normal(0, 0.3, 2000)),
                _distribution(np.maximum(outputs, 0) if activation == "ReLU" else outputs),
                0.125 if activation == "ReLU" else None, None,
                0.5 * 0.01 ** (len(stages) - 2 - len(found)), 0.003 * 0.1 ** len(found),
            )
        )  # fmt: skip
    return LayerStatistics(tuple(found), 1599, 256, 10)


def _distribution(values: npt.NDArray[Any]) -> Distribution:
    shares, _edges = np.histogram(on_scale(values), BINS, (-1, 1))
    return Distribution(
        (shares / len(values)).astype(np.float32),
        float(np.mean(values == 0)), float(values.mean()), float(values.std()),
    )  # fmt: skip
