"""What every activation is."""

from __future__ import annotations

from typing import ClassVar

from nnplay.catalog.layers import Layer


class Activation(Layer):
    """A function of each number by itself, or of a row for Softmax; keeps the shape."""

    ends: ClassVar[str] = ""
    """What it makes of logits: "probabilities" (Softmax), "probability" (Sigmoid) or nothing."""

    def curve(self, x: float) -> tuple[float, float] | None:
        """Return its value and its slope at a number; None where it takes whole rows at once.

        Where chance is in it, the curve is that of evaluation; where it learns, the first one.
        """
        return None
