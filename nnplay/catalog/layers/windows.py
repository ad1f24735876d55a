"""The layers that slide a window over an image or along a sequence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Literal

from nnplay.catalog.kind import layer, param
from nnplay.catalog.layers.base import Layer, Shape, ShapeError, Weighted
from nnplay.translation import n_

_BIAS = n_("Adds a learnable offset to each filter.")
_DILATION = n_(
    "Spacing between the inputs of a filter: 2 skips every other one and covers a larger area."
)
_GROUPS = n_(
    "Splits channels into separate groups; as many groups as channels gives each its own filters."
)


@layer(n_("Convolution 2d"), formula="y = W * x + b")
class Conv2d(Weighted):
    """Slides small filters over an image, so that a pattern is detected wherever it appears."""

    target: ClassVar[str] = "torch.nn:Conv2d"
    takes: ClassVar[tuple[int, ...]] = (3,)
    filters: int = param(
        32,
        low=1,
        high=4096,
        help=n_("Number of patterns to detect; each makes one output channel."),
    )
    kernel_size: int = param(3, low=1, high=31, help=n_("Side length of the window of a filter."))
    stride: int = param(
        1, low=1, high=16, help=n_("Step size of the window; 2 halves height and width.")
    )
    padding: int = param(
        0,
        low=0,
        high=15,
        help=n_("Rows of zeros around the image; kernel 3 with padding 1 keeps its size."),
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
    """Slides small filters along a sequence, so that a pattern is detected whenever it occurs."""

    target: ClassVar[str] = "nnplay.engine.modules.along_steps:Conv1d"
    takes: ClassVar[tuple[int, ...]] = (2,)
    filters: int = param(
        32,
        low=1,
        high=4096,
        help=n_("Number of patterns to detect; each makes one output feature."),
    )
    kernel_size: int = param(3, low=1, high=1024, help=n_("Number of steps that a filter covers."))
    stride: int = param(
        1, low=1, high=1024, help=n_("Step size of the window; 2 halves the length.")
    )
    padding: int = param(
        0,
        low=0,
        high=512,
        help=n_("Zeros at both ends; kernel 3 with padding 1 keeps the length."),
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


@dataclass(frozen=True)
class _Pool2d(Layer):
    takes: ClassVar[tuple[int, ...]] = (3,)
    kernel_size: int = param(2, low=1, high=31, help=n_("Side length of the window."))
    stride: int = param(
        2,
        low=1,
        high=16,
        help=n_("Step size of the window; equal to the window size for no overlap."),
    )

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        return (in_shape[0], *_slide(self, in_shape, in_shape[1:]))


@layer(n_("Max pooling 2d"), formula="y = max of the window")
class MaxPool2d(_Pool2d):
    """Keeps the strongest activation of each window: less work, and robust to small shifts."""

    target: ClassVar[str] = "torch.nn:MaxPool2d"


@layer(n_("Average pooling 2d"), formula="y = mean of the window")
class AvgPool2d(_Pool2d):
    """Keeps the mean of each window: smaller and smoother images."""

    target: ClassVar[str] = "torch.nn:AvgPool2d"


@dataclass(frozen=True)
class _Pool1d(Layer):
    takes: ClassVar[tuple[int, ...]] = (2,)
    kernel_size: int = param(2, low=1, high=1024, help=n_("Number of steps in a window."))
    stride: int = param(2, low=1, high=1024, help=n_("Steps from one window to the next."))

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        return (*_slide(self, in_shape, in_shape[:1]), in_shape[1])


@layer(n_("Max pooling 1d"), formula="y = max of the window")
class MaxPool1d(_Pool1d):
    """Keeps the strongest activation of each window: shorter sequences, robust to small shifts."""

    target: ClassVar[str] = "nnplay.engine.modules.along_steps:MaxPool1d"


@layer(n_("Average pooling 1d"), formula="y = mean of the window")
class AvgPool1d(_Pool1d):
    """Keeps the mean of each window: shorter and smoother sequences."""

    target: ClassVar[str] = "nnplay.engine.modules.along_steps:AvgPool1d"


@layer(n_("Global average pooling"), formula="y = mean over all places")
class GlobalAverage(Layer):
    """One number per channel of an image or feature of a sequence, wherever it was detected."""

    target: ClassVar[str] = "nnplay.engine.modules.reshape:GlobalAverage"
    takes: ClassVar[tuple[int, ...]] = (3, 2)

    def out_shape(self, in_shape: Shape) -> Shape:
        if len(in_shape) == 1:
            raise ShapeError(n_("an image or a sequence"), in_shape)
        return in_shape[:1] if len(in_shape) == 3 else in_shape[1:]


@layer(n_("Dropout 2d"), formula="y = x with a share p of the channels set to 0, rest / (1 - p)")
class Dropout2d(Layer):
    """Switches whole channels of an image off in training, as neighbouring pixels are similar."""

    target: ClassVar[str] = "torch.nn:Dropout2d"
    randomness: ClassVar[Literal["none", "mask", "by input"]] = "mask"
    keeps_values: ClassVar[bool] = True
    takes: ClassVar[tuple[int, ...]] = (3,)
    p: float = param(
        0.2,
        low=0.0,
        high=0.95,
        help=n_("Share of channels switched off; more reduces overfitting but slows learning."),
    )


@layer(n_("Residual block"), formula="y = ReLU(F(x) + x)")
class ResidualBlock(Weighted):
    """Two 3×3 convolutions that learn what to add to their input, as in a ResNet.

    A skip connection carries the input around them, so that very deep stacks still learn; where the
    shapes differ, it is a 1×1 convolution.
    """

    target: ClassVar[str] = "nnplay.engine.modules.residual:ResidualBlock"
    takes: ClassVar[tuple[int, ...]] = (3,)
    filters: int = param(16, low=1, high=4096, help=n_("Number of output channels."))
    stride: int = param(1, low=1, high=16, help=n_("2 halves height and width."))

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        return (self.filters, *((side - 1) // self.stride + 1 for side in in_shape[1:]))

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"channels": in_shape[0], "filters": self.filters, "stride": self.stride}

    def needs_batch_statistics(self, in_shape: Shape) -> bool:
        return prod(self.out_shape(in_shape)[1:]) == 1

    def saved_numbers(self, in_shape: Shape) -> int:
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
        expected = n_("channels and filters that can be split evenly among its groups")
        raise ShapeError(expected, in_shape)


def _slide(layer: Layer, in_shape: Shape, sides: Shape) -> Shape:
    # The formula in the documentation of torch.nn.Conv2d, rounded down.
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
