"""The layers that slide a window over a picture or along a sequence."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar, Literal

from nnplay.catalog.kind import layer, param
from nnplay.catalog.layers.base import Layer, Shape, ShapeError, Weighted
from nnplay.translation import n_

_BIAS = n_("Lets each filter move its threshold away from zero.")
_DILATION = n_("Gaps between what a filter sees: 2 leaves out every other one, and sees further.")
_GROUPS = n_("Parts that do not see each other: as many as channels gives each its own filters.")


@layer(n_("Convolution 2d"), formula="y = W * x + b")
class Conv2d(Weighted):
    """Slides small filters over a picture, so that a pattern is found wherever it stands."""

    target: ClassVar[str] = "torch.nn:Conv2d"
    takes: ClassVar[tuple[int, ...]] = (3,)
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
    bias: bool = param(True, help=_BIAS)
    dilation: int = param(1, low=1, high=16, help=_DILATION)
    groups: int = param(1, low=1, high=4096, help=_GROUPS)

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        _share(self.groups, self.filters, in_shape[0], in_shape)
        sides = _slide(self, in_shape, in_shape[1:])
        return (self.filters, *sides)

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {
            "in_channels": in_shape[0],
            "out_channels": self.filters,
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": self.padding,
            "bias": self.bias,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        kernel = (self.filters, in_shape[0] // self.groups, self.kernel_size, self.kernel_size)
        return {"weight": kernel} | ({"bias": (self.filters,)} if self.bias else {})


@layer(n_("Convolution 1d"), formula="y = W * x + b")
class Conv1d(Weighted):
    """Slides small filters along a sequence, so that a pattern is found whenever it comes."""

    target: ClassVar[str] = "nnplay.engine.modules.along_steps:Conv1d"
    takes: ClassVar[tuple[int, ...]] = (2,)
    filters: int = param(
        32, low=1, high=4096, help=n_("How many patterns to look for; each makes one feature.")
    )
    kernel_size: int = param(3, low=1, high=1024, help=n_("Steps that a filter sees at once."))
    stride: int = param(1, low=1, high=1024, help=n_("Steps of the window; 2 halves the length."))
    padding: int = param(
        0,
        low=0,
        high=512,
        help=n_("Zeros at both ends; 1 keeps the length with a kernel of 3."),
    )
    bias: bool = param(True, help=_BIAS)
    dilation: int = param(1, low=1, high=1024, help=_DILATION)
    groups: int = param(1, low=1, high=4096, help=_GROUPS)

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        _share(self.groups, self.filters, in_shape[1], in_shape)
        return (*_slide(self, in_shape, in_shape[:1]), self.filters)

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        values: dict[str, Any] = dict(self.own_values())
        return {"in_channels": in_shape[1], "out_channels": values.pop("filters"), **values}

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        kernel = (self.filters, in_shape[1] // self.groups, self.kernel_size)
        return {"weight": kernel} | ({"bias": (self.filters,)} if self.bias else {})


class _Pool2d(Layer):
    takes: ClassVar[tuple[int, ...]] = (3,)
    kernel_size: int
    stride: int

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        return (in_shape[0], *_slide(self, in_shape, in_shape[1:]))


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


class _Pool1d(Layer):
    takes: ClassVar[tuple[int, ...]] = (2,)
    kernel_size: int
    stride: int

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        return (*_slide(self, in_shape, in_shape[:1]), in_shape[1])


@layer(n_("Max pooling 1d"), formula="y = max of the window")
class MaxPool1d(_Pool1d):
    """Keeps the strongest answer of each few steps: shorter sequences, small shifts forgiven."""

    target: ClassVar[str] = "nnplay.engine.modules.along_steps:MaxPool1d"
    kernel_size: int = param(2, low=1, high=1024, help=n_("Steps in a window."))
    stride: int = param(2, low=1, high=1024, help=n_("Steps from one window to the next."))


@layer(n_("Average pooling 1d"), formula="y = mean of the window")
class AvgPool1d(_Pool1d):
    """Keeps the mean of each few steps: shorter and smoother sequences."""

    target: ClassVar[str] = "nnplay.engine.modules.along_steps:AvgPool1d"
    kernel_size: int = param(2, low=1, high=1024, help=n_("Steps in a window."))
    stride: int = param(2, low=1, high=1024, help=n_("Steps from one window to the next."))


@layer(n_("Global average pooling"), formula="y = mean over all places")
class GlobalAverage(Layer):
    """One number per channel of a picture or feature of a sequence, wherever it was found."""

    target: ClassVar[str] = "nnplay.engine.modules.reshape:GlobalAverage"
    takes: ClassVar[tuple[int, ...]] = (3, 2)

    def out_shape(self, in_shape: Shape) -> Shape:
        if len(in_shape) == 1:
            raise ShapeError(n_("a picture or a sequence"), in_shape)
        return in_shape[:1] if len(in_shape) == 3 else in_shape[1:]


@layer(n_("Dropout 2d"), formula="y = x with a share p of the channels set to 0, rest / (1 - p)")
class Dropout2d(Layer):
    """Switches whole channels of a picture off in training, as neighbouring pixels are alike."""

    target: ClassVar[str] = "torch.nn:Dropout2d"
    randomness: ClassVar[Literal["none", "mask", "by input"]] = "mask"
    takes: ClassVar[tuple[int, ...]] = (3,)
    p: float = param(
        0.2,
        low=0.0,
        high=0.95,
        help=n_("Share switched off; more fights over-fitting and slows learning."),
    )


@layer(n_("Residual block"), formula="y = ReLU(F(x) + x)")
class ResidualBlock(Weighted):
    """Two 3×3 convolutions that learn what to add to the picture, as in a ResNet.

    A way around them carries the picture itself, so that very deep stacks still learn; where the
    shapes differ, a 1×1 convolution fits it.
    """

    target: ClassVar[str] = "nnplay.engine.modules.residual:ResidualBlock"
    takes: ClassVar[tuple[int, ...]] = (3,)
    filters: int = param(16, low=1, high=4096, help=n_("Channels that come out."))
    stride: int = param(1, low=1, high=16, help=n_("2 halves height and width."))

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        return (self.filters, *((side - 1) // self.stride + 1 for side in in_shape[1:]))

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"channels": in_shape[0], "filters": self.filters, "stride": self.stride}

    def needs_company(self, in_shape: Shape) -> bool:
        return prod(self.out_shape(in_shape)[1:]) == 1

    def kept(self, in_shape: Shape) -> int:
        return 6 * prod(self.out_shape(in_shape))

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        channels, filters = in_shape[0], self.filters
        found: dict[str, Shape] = {
            "conv1.weight": (filters, channels, 3, 3),
            "conv2.weight": (filters, filters, 3, 3),
        }
        norms = ["norm1", "norm2"]
        if channels != filters or self.stride != 1:
            found["way.0.weight"] = (filters, channels, 1, 1)
            norms.append("way.1")
        for norm in norms:
            found |= {f"{norm}.weight": (filters,), f"{norm}.bias": (filters,)}
        return found


def _share(groups: int, filters: int, channels: int, in_shape: Shape) -> None:
    if filters % groups or channels % groups:
        expected = n_("channels and filters that its groups can share evenly")
        raise ShapeError(expected, in_shape)


def _slide(layer: Layer, in_shape: Shape, sides: Shape) -> Shape:
    # The arithmetic of torch.nn.Conv2d's documentation, rounding down.
    values = layer.values()
    kernel, stride, padding, dilation = (
        int(values.get(name, default))
        for name, default in (("kernel_size", 1), ("stride", 1), ("padding", 0), ("dilation", 1))
    )
    window = dilation * (kernel - 1) + 1
    if min(sides) + 2 * padding < window:
        expected = f"a picture of at least {window} × {window}"
        raise ShapeError(
            expected if len(sides) == 2 else f"a sequence of at least {window} steps", in_shape
        )
    return tuple((side + 2 * padding - window) // stride + 1 for side in sides)
