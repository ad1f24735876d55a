"""What the outputs of a network mean: the only place that turns them into predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nnplay.catalog import Loss
from nnplay.link.scaling import TargetScaling

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Output:
    """The loss that a network is trained with, and how its targets were scaled."""

    loss: Loss
    scaling: TargetScaling | None = None

    @property
    def form(self) -> str:
        """The form in which the loss takes targets."""
        return self.loss.target_form

    @property
    def loss_unit(self) -> float | None:
        """What the loss is to be multiplied by to be in the units of the data.

        None if it already is, or if the outputs are scaled differently, so that no single number
        can do that.
        """
        if self.scaling is None or self.loss.degree is None or len(set(self.scaling.std)) != 1:
            return None
        unit: float = self.scaling.std[0] ** self.loss.degree
        return unit

    def values(self, outputs: Tensor) -> Numbers:
        """Return the numbers that are predicted (n, outputs), in the units of the data."""
        found: Numbers = outputs.detach().reshape(len(outputs), -1).cpu().numpy().astype(np.float64)
        if self.loss.link == "log":
            # A logarithm beyond that of the largest float64 would only warn and become infinite.
            with np.errstate(over="ignore"):
                found = np.exp(found)
        return found if self.scaling is None else self.scaling.inverse(found)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return class probabilities (n, classes), or those of each label (n, labels)."""
        return probabilities(logits, self.form)


def probabilities(logits: Tensor, target_form: str) -> Tensor:
    """Return class probabilities (n, classes), or those of each label (n, labels), from logits."""
    if target_form == "classes":
        return logits.softmax(1)
    one = logits.sigmoid()
    return one if target_form == "labels" else torch.cat((1 - one, one), 1)
