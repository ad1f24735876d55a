"""What every layer is, and the shapes of what flows through a stack."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar

from nnplay.catalog.kind import Call, Kind
from nnplay.words import n_

Shape = tuple[int, ...]
"""The shape of one sample, without the batch.

How many numbers it has says what they are: (features,) is a row, (steps, features) a sequence,
(channels, height, width) a picture. There is no (channels, length): the layers for sequences, those
of torch that want it the other way round too, all take and give (steps, features).
"""
FORMS: Mapping[int, str] = {
    1: n_("a row of features"),
    2: n_("a sequence (steps × features)"),
    3: n_("a picture (channels × height × width)"),
}
"""What a sample of one, two or three axes is."""


class ShapeError(ValueError):
    """A layer cannot take what comes in; says what it expected and what it received."""

    def __init__(self, expected: str, received: Shape, cure: str = "") -> None:
        self.expected = expected
        self.received = received
        self.cure = cure
        """Key of a layer which, put in front, makes it fit ("Flatten"), or nothing."""
        super().__init__(f"expected {expected}, received {shape_text(received)}")


def shape_text(shape: Shape) -> str:
    """Return a shape as people write it, such as `1 x 28 x 28`."""
    return " × ".join(str(n) for n in shape) if shape else "-"


class Layer(Kind):
    """A step of the network; by default keeps the shape and holds no weights."""

    takes: ClassVar[tuple[int, ...]] = (1, 2, 3)
    """How many axes a sample may have."""
    hears_gradients: ClassVar[bool] = True
    """Whether the layers in front of it can learn through it."""

    def out_shape(self, in_shape: Shape) -> Shape:
        """Return the shape of one sample behind this layer, or raise ShapeError."""
        self.need_form(in_shape)
        return in_shape

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        """Return the keyword arguments of the PyTorch call."""
        return self.values()

    def call(self, in_shape: Shape) -> Call:
        """Return the PyTorch call that makes this layer for that input."""
        return Call(self.target, self.args(in_shape))

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        """Return the shapes of the trainable parameters by PyTorch's names."""
        return {}

    def kept(self, in_shape: Shape) -> int:
        """Return how many numbers of one sample it keeps for the way back, roughly."""
        return prod(self.out_shape(in_shape))

    def needs_company(self, in_shape: Shape) -> bool:
        """Say whether a batch of one sample would leave it without a spread to divide by."""
        return False

    def need_form(self, in_shape: Shape) -> None:
        """Raise ShapeError, with the layer that would help, unless it takes such samples."""
        if len(in_shape) in self.takes:
            return
        cure = {1: "Flatten"}.get(self.takes[0], "")
        if self.takes[0] == 2:
            cure = "PictureRows" if len(in_shape) == 3 else "Reshape"
        expected = n_("a row of features or a picture")
        raise ShapeError(FORMS[self.takes[0]] if len(self.takes) == 1 else expected, in_shape, cure)
