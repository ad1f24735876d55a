"""What every activation is."""

from __future__ import annotations

from typing import ClassVar

from nnplay.catalog.layers import Layer


class Activation(Layer):
    """A function of each number by itself, or of a row for Softmax; keeps the shape."""

    ends: ClassVar[str] = ""
    """What it makes of logits: "probabilities" (Softmax), "probability" (Sigmoid) or nothing."""
