"""The general layers: dense, reshaping, dropout and normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar, Literal

from nnplay.catalog.kind import Call, layer, param
from nnplay.catalog.layers.base import Layer, Learner, Shape, ShapeError, Weighted
from nnplay.translation import n_


@layer(n_("Dense"), formula="y = W x + b")
class Dense(Weighted):
    """Connects every input to every unit: the basic layer, for features without order."""

    target: ClassVar[str] = "torch.nn:Linear"
    takes: ClassVar[tuple[int, ...]] = (1,)
    units: int = param(
        64,
        low=1,
        high=100_000,
        help=n_("More units can fit finer shapes, but cost more and overfit sooner."),
    )
    bias: bool = param(True, help=n_("Adds a learnable offset to each unit."))

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
    """Flattens an image or a sequence into one vector, as Dense layers need it."""

    target: ClassVar[str] = "torch.nn:Flatten"
    keeps_values: ClassVar[bool] = True

    def out_shape(self, in_shape: Shape) -> Shape:
        return (prod(in_shape),)


@layer(n_("Dropout"), formula="y = x with a share p set to 0, rest / (1 - p)")
class Dropout(Layer):
    """Switches random units off in training, so that none relies on others: less overfitting."""

    target: ClassVar[str] = "torch.nn:Dropout"
    randomness: ClassVar[Literal["none", "mask", "by input"]] = "mask"
    keeps_values: ClassVar[bool] = True
    p: float = param(
        0.2,
        low=0.0,
        high=0.95,
        help=n_("Share of units switched off; more reduces overfitting but slows learning."),
    )


@layer(n_("Batch normalisation"), formula="y = γ (x - mean) / √(var + ε) + β")
class BatchNorm(Learner):
    """Normalises each feature over the batch to mean 0 and variance 1: deep stacks train faster."""

    target: ClassVar[str] = "torch.nn:BatchNorm1d"
    takes: ClassVar[tuple[int, ...]] = (1, 3)
    eps: float = param(
        1e-5, low=1e-12, high=1.0, help=n_("Added to the variance to avoid division by zero.")
    )
    momentum: float = param(
        0.1, low=0.0, high=1.0, help=n_("How fast the running statistics follow the batches.")
    )

    def needs_batch_statistics(self, in_shape: Shape) -> bool:
        # A single image still has many pixels to compute the variance of.
        return prod(in_shape[1:]) == 1

    def call(self, in_shape: Shape) -> Call:
        dimension = 2 if len(in_shape) == 3 else 1
        args = {"num_features": in_shape[0], "eps": self.eps, "momentum": self.momentum}
        return Call(f"torch.nn:BatchNorm{dimension}d", args)

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        return {"weight": (in_shape[0],), "bias": (in_shape[0],)}


@layer(n_("Layer normalisation"), formula="y = γ (x - mean) / √(var + ε) + β")
class LayerNorm(Learner):
    """Normalises the features of each sample, or of each step, to mean 0 and variance 1."""

    target: ClassVar[str] = "torch.nn:LayerNorm"
    eps: float = param(
        1e-5, low=1e-12, high=1.0, help=n_("Added to the variance to avoid division by zero.")
    )

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"normalized_shape": self._part(in_shape), "eps": self.eps}

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        return {"weight": self._part(in_shape), "bias": self._part(in_shape)}

    def _part(self, in_shape: Shape) -> Shape:
        return in_shape[-1:] if len(in_shape) == 2 else in_shape


@layer(n_("Reshape"))
class Reshape(Layer):
    """Changes the shape of a sample; by default a vector becomes steps of one number."""

    target: ClassVar[str] = "nnplay.engine.modules.reshape:Reshape"
    keeps_values: ClassVar[bool] = True
    first: int = param(
        0,
        low=0,
        high=1_000_000,
        help=n_("Steps of a sequence or channels of an image; 0 infers the number."),
    )
    second: int = param(
        1, low=1, high=1_000_000, help=n_("Features of a sequence or height of an image.")
    )
    third: int = param(0, low=0, high=1_000_000, help=n_("Width of an image; 0 for a sequence."))

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


@layer(n_("Image rows as steps"))
class PictureRows(Layer):
    """Reads an image row by row: a sequence with one step per row, for recurrent layers."""

    target: ClassVar[str] = "nnplay.engine.modules.reshape:PictureRows"
    keeps_values: ClassVar[bool] = True
    takes: ClassVar[tuple[int, ...]] = (3,)

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        channels, height, width = in_shape
        return (height, channels * width)
