"""Activations with a bounded range, those that shrink towards zero, and the identity."""

from __future__ import annotations

from collections.abc import Mapping
from math import copysign, exp, inf, log1p, tanh
from typing import Any, ClassVar

from nnplay.catalog.activations.base import Activation
from nnplay.catalog.kind import activation, param
from nnplay.catalog.layers import Shape
from nnplay.translation import n_


@activation(n_("Sigmoid"), formula="1 / (1 + e⁻ˣ)")
class Sigmoid(Activation):
    """Squashes into 0 to 1; deep stacks of it learn slowly because its gradient vanishes."""

    target: ClassVar[str] = "torch.nn:Sigmoid"
    ends: ClassVar[str] = "probability"

    @property
    def output_range(self) -> tuple[float, float]:
        return 0.0, 1.0

    def curve(self, x: float) -> tuple[float, float]:
        share = 1 / (1 + exp(-x))
        return share, share * (1 - share)


@activation(n_("Hard sigmoid"), formula="min(max(0, x / 6 + ½), 1)")
class Hardsigmoid(Activation):
    """A piecewise linear sigmoid: cheaper, but with no gradient beyond -3 and 3."""

    target: ClassVar[str] = "torch.nn:Hardsigmoid"
    ends: ClassVar[str] = "probability"

    @property
    def output_range(self) -> tuple[float, float]:
        return 0.0, 1.0

    def curve(self, x: float) -> tuple[float, float]:
        return min(max(0.0, x / 6 + 0.5), 1.0), 1 / 6 if -3 < x < 3 else 0.0


@activation(n_("Log sigmoid"), formula="-log(1 + e⁻ˣ)")
class LogSigmoid(Activation):
    """The logarithm of the sigmoid: always negative, close to a straight line far to the left."""

    target: ClassVar[str] = "torch.nn:LogSigmoid"

    @property
    def output_range(self) -> tuple[float, float]:
        return -inf, 0.0

    def curve(self, x: float) -> tuple[float, float]:
        return min(0.0, x) - log1p(exp(-abs(x))), 1 / (1 + exp(x))


@activation(n_("Tanh"), formula="(eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)")
class Tanh(Activation):
    """Squashes into -1 to 1, centred on zero: makes smooth curves, good for small networks."""

    target: ClassVar[str] = "torch.nn:Tanh"

    @property
    def output_range(self) -> tuple[float, float]:
        return -1.0, 1.0

    def curve(self, x: float) -> tuple[float, float]:
        return tanh(x), 1 - tanh(x) ** 2


@activation(n_("Hard tanh"), formula="min(max(low, x), high)")
class Hardtanh(Activation):
    """A straight line, clipped below and above: cheap, but with no gradient beyond its limits."""

    target: ClassVar[str] = "torch.nn:Hardtanh"
    min_val: float = param(-1.0, low=-100.0, high=0.0, label=n_("low"), help=n_("Lower limit."))
    max_val: float = param(1.0, low=0.01, high=100.0, label=n_("high"), help=n_("Upper limit."))

    @property
    def output_range(self) -> tuple[float, float]:
        return self.min_val, self.max_val

    def curve(self, x: float) -> tuple[float, float]:
        inside = self.min_val < x < self.max_val
        return min(max(self.min_val, x), self.max_val), float(inside)


@activation(n_("Softsign"), formula="x / (1 + |x|)")
class Softsign(Activation):
    """Squashes into -1 to 1 like tanh, but approaches its limits far more slowly."""

    target: ClassVar[str] = "torch.nn:Softsign"

    @property
    def output_range(self) -> tuple[float, float]:
        return -1.0, 1.0

    def curve(self, x: float) -> tuple[float, float]:
        return x / (1 + abs(x)), 1 / (1 + abs(x)) ** 2


@activation(n_("Softmax"), formula="eˣⁱ / Σ eˣʲ")
class Softmax(Activation):
    """Turns a row of logits into probabilities that sum to 1."""

    target: ClassVar[str] = "torch.nn:Softmax"
    ends: ClassVar[str] = "probabilities"

    @property
    def output_range(self) -> tuple[float, float]:
        return 0.0, 1.0

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"dim": 2 if len(in_shape) == 2 else 1}


@activation(n_("Tanh shrink"), formula="x - tanh(x)")
class Tanhshrink(Activation):
    """Flattens small inputs and passes large ones reduced by 1."""

    target: ClassVar[str] = "torch.nn:Tanhshrink"

    def curve(self, x: float) -> tuple[float, float]:
        return x - tanh(x), tanh(x) ** 2


_LAMBDA = n_("Inputs closer to zero than this become 0.")


@activation(n_("Soft shrink"), formula="x - λ if x > λ, x + λ if x < -λ, else 0")
class Softshrink(Activation):
    """Moves every input towards zero by λ, which makes many of them exactly 0."""

    target: ClassVar[str] = "torch.nn:Softshrink"
    lambd: float = param(0.5, low=0.0, high=100.0, label="λ", help=_LAMBDA)

    def curve(self, x: float) -> tuple[float, float]:
        if abs(x) <= self.lambd:
            return 0.0, 0.0
        return x - copysign(self.lambd, x), 1.0


@activation(n_("Hard shrink"), formula="x if |x| > λ else 0")
class Hardshrink(Activation):
    """Sets small inputs to 0 and passes all others unchanged."""

    target: ClassVar[str] = "torch.nn:Hardshrink"
    lambd: float = param(0.5, low=0.0, high=100.0, label="λ", help=_LAMBDA)

    def curve(self, x: float) -> tuple[float, float]:
        return (x, 1.0) if abs(x) > self.lambd else (0.0, 0.0)


@activation(n_("Identity"), formula="x")
class Identity(Activation):
    """Changes nothing: shows what a network without nonlinearities can do."""

    target: ClassVar[str] = "torch.nn:Identity"
    keeps_values: ClassVar[bool] = True

    def curve(self, x: float) -> tuple[float, float]:
        return x, 1.0
