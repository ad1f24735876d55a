"""A trained network as a value: all that it takes to predict new samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

from nnplay.experiment import Experiment
from nnplay.link.events import Result
from nnplay.link.input_columns import InputColumns
from nnplay.link.scaling import SampleScaling


@dataclass(frozen=True)
class Trained:
    """The weights of a run, with its experiment and with how its samples were encoded."""

    experiment: Experiment
    weights: Mapping[str, npt.NDArray[Any]]
    """By PyTorch's names, such as `0.weight`."""
    scaling: SampleScaling = field(default_factory=SampleScaling)
    columns: InputColumns | None = None
    """None for images and sequences."""

    @staticmethod
    def of(result: Result) -> Trained:
        """Return the network at the end of a run."""
        return Trained(result.experiment, result.weights, result.scaling, result.columns)
