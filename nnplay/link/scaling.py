"""How the samples of a run were scaled, so that its network serves new samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scaling:
    """How the inputs were scaled: (x - shift) / size, each with the shape of one sample."""

    shift: Numbers
    size: Numbers

    def transform(self, x: npt.NDArray[Any]) -> Floats:
        """Return inputs in the units of the network."""
        found: Floats = ((x - self.shift) / self.size).astype(np.float32)
        return found

    def inverse(self, x: npt.NDArray[Any]) -> Numbers:
        """Return inputs in the units of the data."""
        found: Numbers = x * self.size + self.shift
        return found


@dataclass(frozen=True)
class TargetScaling:
    """How numbers to predict were standardised: (y - mean) / std, with a pair for each output."""

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def transform(self, y: npt.NDArray[Any]) -> Floats:
        """Return targets (n, outputs) as the network learns them."""
        # In float64: large numbers that differ little would lose their digits before the mean is
        # subtracted.
        exact = np.asarray(y, np.float64)
        found: Floats = ((exact - np.array(self.mean)) / np.array(self.std)).astype(np.float32)
        return found

    def inverse(self, outputs: npt.NDArray[Any]) -> Numbers:
        """Return outputs (n, outputs) in the units of the data."""
        found: Numbers = outputs.astype(np.float64) * np.array(self.std) + np.array(self.mean)
        return found


@dataclass(frozen=True)
class SampleScaling:
    """How inputs and targets of a run were scaled; None for what was not."""

    inputs: Scaling | None = None
    targets: TargetScaling | None = None

    def line_in_units(self, weight: float, bias: float) -> tuple[float, float]:
        """Return the slope and the offset, in the units of the data, of a network that is a line.

        `weight` and `bias` are those of its only layer, which has one input and one output.
        """
        if self.inputs is not None:
            weight /= float(self.inputs.size[0])
            bias -= weight * float(self.inputs.shift[0])
        if self.targets is not None:
            weight, bias = weight * self.targets.std[0], bias * self.targets.std[0]
            bias += self.targets.mean[0]
        return weight, bias
