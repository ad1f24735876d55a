"""What all activations have in common."""

from __future__ import annotations

from math import inf
from typing import ClassVar

from nnplay.catalog.layers import Layer


class Activation(Layer):
    """An elementwise function, or one of a whole row for Softmax; keeps the shape."""

    ends: ClassVar[str] = ""
    """What it turns logits into: "probabilities" (Softmax), "probability" (Sigmoid) or nothing."""

    @property
    def output_range(self) -> tuple[float, float]:
        """The lowest and the highest value that it can return or approach."""
        return -inf, inf

    def curve(self, x: float) -> tuple[float, float] | None:
        """Return its value and its derivative at `x`; None if it is not elementwise.

        A random activation is evaluated as in evaluation mode, a learnable one at its initial
        parameters.
        """
        return None
