"""The layers: each says what PyTorch call it is, what shape it makes and which weights it holds."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar

from nnplay.catalog.kind import Call, Kind, layer, param
from nnplay.words import n_

Shape = tuple[int, ...]
"""The shape of one sample, without the batch: (features,) or (channels, height, width)."""


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

    def out_shape(self, in_shape: Shape) -> Shape:
        """Return the shape of one sample behind this layer, or raise ShapeError."""
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


@layer(n_("Dense"), formula="y = W x + b")
class Dense(Layer):
    """Joins every input to every unit: the plain building block, for features without order."""

    target: ClassVar[str] = "torch.nn:Linear"
    units: int = param(
        64,
        low=1,
        high=100_000,
        help=n_("More units can draw finer shapes, cost more and over-fit sooner."),
    )
    bias: bool = param(True, help=n_("Lets each unit move its threshold away from zero."))

    def out_shape(self, in_shape: Shape) -> Shape:
        if len(in_shape) != 1:
            raise ShapeError("a row of features", in_shape, cure="Flatten")
        return (self.units,)

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"in_features": in_shape[0], "out_features": self.units, "bias": self.bias}

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        weight = {"weight": (self.units, in_shape[0])}
        return weight | {"bias": (self.units,)} if self.bias else weight


@layer(n_("Convolution 2d"), formula="y = W * x + b")
class Conv2d(Layer):
    """Slides small filters over a picture, so that a pattern is found wherever it stands."""

    target: ClassVar[str] = "torch.nn:Conv2d"
    filters: int = param(
        32, low=1, high=4096, help=n_("How many patterns to look for; each makes one channel.")
    )
    kernel_size: int = param(3, low=1, high=31, help=n_("Side of the window that a filter sees."))
    stride: int = param(
        1, low=1, high=16, help=n_("Steps of the window; 2 halves height and width.")
    )
    padding: int = param(
        0,
        low=0,
        high=15,
        help=n_("Rows of zeros around the picture; keeps its size with kernel 3, padding 1."),
    )
    bias: bool = param(True, help=n_("Lets each filter move its threshold away from zero."))

    def out_shape(self, in_shape: Shape) -> Shape:
        _need_picture(in_shape)
        sides = _slide(in_shape, self.kernel_size, self.stride, self.padding)
        return (self.filters, *sides)

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {
            "in_channels": in_shape[0],
            "out_channels": self.filters,
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": self.padding,
            "bias": self.bias,
        }

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        kernel = (self.filters, in_shape[0], self.kernel_size, self.kernel_size)
        return {"weight": kernel} | ({"bias": (self.filters,)} if self.bias else {})


class _Pool2d(Layer):
    kernel_size: int
    stride: int

    def out_shape(self, in_shape: Shape) -> Shape:
        _need_picture(in_shape)
        return (in_shape[0], *_slide(in_shape, self.kernel_size, self.stride, 0))


@layer(n_("Max pooling 2d"), formula="y = max of the window")
class MaxPool2d(_Pool2d):
    """Keeps the strongest answer of each window: less work, and small shifts are forgiven."""

    target: ClassVar[str] = "torch.nn:MaxPool2d"
    kernel_size: int = param(2, low=1, high=31, help=n_("Side of the window."))
    stride: int = param(
        2, low=1, high=16, help=n_("Steps of the window; as large as the window means no overlap.")
    )


@layer(n_("Average pooling 2d"), formula="y = mean of the window")
class AvgPool2d(_Pool2d):
    """Keeps the mean of each window: smaller and smoother pictures."""

    target: ClassVar[str] = "torch.nn:AvgPool2d"
    kernel_size: int = param(2, low=1, high=31, help=n_("Side of the window."))
    stride: int = param(
        2, low=1, high=16, help=n_("Steps of the window; as large as the window means no overlap.")
    )


@layer(n_("Flatten"))
class Flatten(Layer):
    """Lays a picture out as one row of numbers, as Dense layers need it."""

    target: ClassVar[str] = "torch.nn:Flatten"

    def out_shape(self, in_shape: Shape) -> Shape:
        return (prod(in_shape),)


@layer(n_("Dropout"), formula="y = x with a share p set to 0, rest / (1 - p)")
class Dropout(Layer):
    """Switches random units off in training, so that none relies on others: less over-fitting."""

    target: ClassVar[str] = "torch.nn:Dropout"
    p: float = param(
        0.2,
        low=0.0,
        high=0.95,
        help=n_("Share switched off; more fights over-fitting and slows learning."),
    )


@layer(n_("Batch normalisation"), formula="y = γ (x - mean) / √(var + ε) + β")
class BatchNorm(Layer):
    """Brings each feature of a batch to mean 0 and spread 1, so that deep stacks train faster."""

    target: ClassVar[str] = "torch.nn:BatchNorm1d"
    eps: float = param(
        1e-5, low=1e-12, high=1.0, help=n_("Keeps the division safe where the spread is nearly 0.")
    )
    momentum: float = param(
        0.1, low=0.0, high=1.0, help=n_("How fast the running mean follows the batches.")
    )

    def out_shape(self, in_shape: Shape) -> Shape:
        if len(in_shape) not in (1, 3):
            raise ShapeError("a row of features or a picture", in_shape, cure="Flatten")
        return in_shape

    def call(self, in_shape: Shape) -> Call:
        dimension = 2 if len(in_shape) == 3 else 1
        args = {"num_features": in_shape[0], "eps": self.eps, "momentum": self.momentum}
        return Call(f"torch.nn:BatchNorm{dimension}d", args)

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        return {"weight": (in_shape[0],), "bias": (in_shape[0],)}


def _need_picture(in_shape: Shape) -> None:
    if len(in_shape) != 3:
        raise ShapeError("a picture (channels × height × width)", in_shape)


def _slide(in_shape: Shape, kernel: int, stride: int, padding: int) -> Shape:
    # The arithmetic of torch.nn.Conv2d's documentation, with dilation 1 and rounding down.
    if min(in_shape[1:]) + 2 * padding < kernel:
        raise ShapeError(f"a picture of at least {kernel} × {kernel}", in_shape)
    return tuple((side + 2 * padding - kernel) // stride + 1 for side in in_shape[1:])
