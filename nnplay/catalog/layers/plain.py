"""The plain layers: dense, of form, against over-fitting, and those that normalise."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar, Literal

from nnplay.catalog.kind import Call, layer, param
from nnplay.catalog.layers.base import Layer, Learner, Shape, ShapeError, Weighted
from nnplay.translation import n_


@layer(n_("Dense"), formula="y = W x + b")
class Dense(Weighted):
    """Joins every input to every unit: the plain building block, for features without order."""

    target: ClassVar[str] = "torch.nn:Linear"
    takes: ClassVar[tuple[int, ...]] = (1,)
    units: int = param(
        64,
        low=1,
        high=100_000,
        help=n_("More units can draw finer shapes, cost more and over-fit sooner."),
    )
    bias: bool = param(True, help=n_("Lets each unit move its threshold away from zero."))

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        return (self.units,)

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"in_features": in_shape[0], "out_features": self.units, "bias": self.bias}

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        weight = {"weight": (self.units, in_shape[0])}
        return weight | {"bias": (self.units,)} if self.bias else weight


@layer(n_("Flatten"))
class Flatten(Layer):
    """Lays a picture or a sequence out as one row of numbers, as Dense layers need it."""

    target: ClassVar[str] = "torch.nn:Flatten"

    def out_shape(self, in_shape: Shape) -> Shape:
        return (prod(in_shape),)


@layer(n_("Dropout"), formula="y = x with a share p set to 0, rest / (1 - p)")
class Dropout(Layer):
    """Switches random units off in training, so that none relies on others: less over-fitting."""

    target: ClassVar[str] = "torch.nn:Dropout"
    randomness: ClassVar[Literal["none", "mask", "by input"]] = "mask"
    p: float = param(
        0.2,
        low=0.0,
        high=0.95,
        help=n_("Share switched off; more fights over-fitting and slows learning."),
    )


@layer(n_("Batch normalisation"), formula="y = γ (x - mean) / √(var + ε) + β")
class BatchNorm(Learner):
    """Brings each feature of a batch to mean 0 and spread 1, so that deep stacks train faster."""

    target: ClassVar[str] = "torch.nn:BatchNorm1d"
    takes: ClassVar[tuple[int, ...]] = (1, 3)
    eps: float = param(
        1e-5, low=1e-12, high=1.0, help=n_("Keeps the division safe where the spread is nearly 0.")
    )
    momentum: float = param(
        0.1, low=0.0, high=1.0, help=n_("How fast the running mean follows the batches.")
    )

    def needs_company(self, in_shape: Shape) -> bool:
        # One sample of a picture still has many pixels to take the spread of.
        return prod(in_shape[1:]) == 1

    def call(self, in_shape: Shape) -> Call:
        dimension = 2 if len(in_shape) == 3 else 1
        args = {"num_features": in_shape[0], "eps": self.eps, "momentum": self.momentum}
        return Call(f"torch.nn:BatchNorm{dimension}d", args)

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        return {"weight": (in_shape[0],), "bias": (in_shape[0],)}


@layer(n_("Layer normalisation"), formula="y = γ (x - mean) / √(var + ε) + β")
class LayerNorm(Learner):
    """Brings the features of each sample (each step of a sequence) to mean 0 and spread 1."""

    target: ClassVar[str] = "torch.nn:LayerNorm"
    eps: float = param(
        1e-5, low=1e-12, high=1.0, help=n_("Keeps the division safe where the spread is nearly 0.")
    )

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"normalized_shape": self._part(in_shape), "eps": self.eps}

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        return {"weight": self._part(in_shape), "bias": self._part(in_shape)}

    def _part(self, in_shape: Shape) -> Shape:
        return in_shape[-1:] if len(in_shape) == 2 else in_shape


@layer(n_("Reshape"))
class Reshape(Layer):
    """Cuts the same numbers into another form; as it comes, a row becomes steps of one number."""

    target: ClassVar[str] = "nnplay.engine.modules.reshape:Reshape"
    first: int = param(
        0,
        low=0,
        high=1_000_000,
        help=n_("Steps of a sequence, channels of a picture; 0 takes as many as there are."),
    )
    second: int = param(
        1, low=1, high=1_000_000, help=n_("Features of a sequence, height of a picture.")
    )
    third: int = param(0, low=0, high=1_000_000, help=n_("Width of a picture; 0 for a sequence."))

    def out_shape(self, in_shape: Shape) -> Shape:
        rest = (self.second, self.third) if self.third else (self.second,)
        first = self.first or max(1, prod(in_shape) // prod(rest))
        if first * prod(rest) != prod(in_shape):
            said = first if self.first else n_("any")
            expected = " × ".join(map(str, (said, *rest)))
            raise ShapeError(expected, in_shape)
        return (first, *rest)

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"shape": self.out_shape(in_shape)}


@layer(n_("Picture rows as steps"))
class PictureRows(Layer):
    """Reads a picture row by row: a sequence with a step per row, for recurrent layers."""

    target: ClassVar[str] = "nnplay.engine.modules.reshape:PictureRows"
    takes: ClassVar[tuple[int, ...]] = (3,)

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        channels, height, width = in_shape
        return (height, channels * width)
