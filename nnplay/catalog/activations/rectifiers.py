"""The rectifiers: activations that pass positive inputs and suppress negative ones."""

from __future__ import annotations

from collections.abc import Mapping
from math import erf, exp, expm1, inf, log1p, pi, sqrt, tanh
from typing import Any, ClassVar, Literal

from nnplay.catalog.activations.base import Activation
from nnplay.catalog.kind import activation, param
from nnplay.catalog.layers import Learner, Shape
from nnplay.translation import n_

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
"""From Klambauer et al., 2017: they preserve mean 0 and standard deviation 1."""
_ALPHA = n_("The function approaches minus this value on the left.")


def _leaking(x: float, slope: float) -> tuple[float, float]:
    """Return the value and the derivative of a leaky rectifier."""
    return (x, 1.0) if x > 0 else (slope * x, slope)


@activation(n_("ReLU"), formula="max(0, x)")
class ReLU(Activation):
    """Passes positive inputs and blocks the rest: fast, and the usual first choice."""

    target: ClassVar[str] = "torch.nn:ReLU"

    @property
    def output_range(self) -> tuple[float, float]:
        return 0.0, inf

    def curve(self, x: float) -> tuple[float, float]:
        return _leaking(x, 0.0)


@activation(n_("Leaky ReLU"), formula="x if x > 0 else slope · x")
class LeakyReLU(Activation):
    """Keeps a small gradient for negative inputs, where ReLU has none."""

    target: ClassVar[str] = "torch.nn:LeakyReLU"
    negative_slope: float = param(0.01, low=0.0, high=1.0, help=n_("Slope for negative inputs."))

    def curve(self, x: float) -> tuple[float, float]:
        return _leaking(x, self.negative_slope)


@activation(n_("PReLU"), formula="x if x > 0 else a · x, a is learnt")
class PReLU(Activation, Learner):
    """A leaky ReLU that learns its slope for negative inputs along with the weights."""

    target: ClassVar[str] = "torch.nn:PReLU"
    works_in_vmap: ClassVar[bool] = False
    shared: bool = param(
        True, help=n_("One slope for all; otherwise one for each feature or channel.")
    )
    init: float = param(0.25, low=-1.0, high=1.0, help=n_("The initial slope."))

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"num_parameters": 1 if self.shared else in_shape[0], "init": self.init}

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        return {"weight": (1 if self.shared else in_shape[0],)}

    def curve(self, x: float) -> tuple[float, float]:
        return _leaking(x, self.init)


@activation(n_("Randomised ReLU"), formula="x if x > 0 else a · x, a ~ U(lower, upper)")
class RReLU(Activation):
    """A leaky ReLU with a random slope in training, which reduces overfitting."""

    target: ClassVar[str] = "torch.nn:RReLU"
    randomness: ClassVar[Literal["none", "mask", "by input"]] = "by input"
    lower: float = param(0.125, low=0.0, high=0.25, help=n_("Smallest slope left of zero."))
    upper: float = param(1 / 3, low=0.25, high=1.0, help=n_("Largest slope left of zero."))

    def curve(self, x: float) -> tuple[float, float]:
        return _leaking(x, (self.lower + self.upper) / 2)


@activation(n_("ReLU6"), formula="min(max(0, x), 6)")
class ReLU6(Activation):
    """A ReLU capped at 6, made for low-precision arithmetic on mobile devices."""

    target: ClassVar[str] = "torch.nn:ReLU6"

    @property
    def output_range(self) -> tuple[float, float]:
        return 0.0, 6.0

    def curve(self, x: float) -> tuple[float, float]:
        return min(max(0.0, x), 6.0), float(0 < x < 6)


@activation(n_("ELU"), formula="x if x > 0 else α (eˣ - 1)")
class ELU(Activation):
    """Like ReLU, but approaches -α smoothly on the left, so that means stay closer to zero."""

    target: ClassVar[str] = "torch.nn:ELU"
    alpha: float = param(1.0, low=0.01, high=10.0, label="α", help=_ALPHA)

    @property
    def output_range(self) -> tuple[float, float]:
        return -self.alpha, inf

    def curve(self, x: float) -> tuple[float, float]:
        return (x, 1.0) if x > 0 else (self.alpha * expm1(x), self.alpha * exp(x))


@activation(n_("CELU"), formula="x if x > 0 else α (e^(x/α) - 1)")
class CELU(Activation):
    """An ELU without a corner at zero for any α."""

    target: ClassVar[str] = "torch.nn:CELU"
    alpha: float = param(1.0, low=0.01, high=10.0, label="α", help=_ALPHA)

    @property
    def output_range(self) -> tuple[float, float]:
        return -self.alpha, inf

    def curve(self, x: float) -> tuple[float, float]:
        if x > 0:
            return x, 1.0
        return self.alpha * expm1(x / self.alpha), exp(x / self.alpha)


@activation(n_("SELU"), formula="1.0507 · (x if x > 0 else 1.6733 (eˣ - 1))")
class SELU(Activation):
    """An ELU scaled so that deep stacks of Dense layers keep mean 0 and variance 1."""

    target: ClassVar[str] = "torch.nn:SELU"

    @property
    def output_range(self) -> tuple[float, float]:
        return -_SELU_SCALE * _SELU_ALPHA, inf

    def curve(self, x: float) -> tuple[float, float]:
        value, slope = (x, 1.0) if x > 0 else (_SELU_ALPHA * expm1(x), _SELU_ALPHA * exp(x))
        return _SELU_SCALE * value, _SELU_SCALE * slope


@activation(n_("GELU"), formula="x · Φ(x)")
class GELU(Activation):
    """A smooth ReLU weighted by the normal distribution function: used in most transformers."""

    target: ClassVar[str] = "torch.nn:GELU"
    approximate: str = param(
        "none",
        choices=("none", "tanh"),
        help=n_(
            "tanh approximates the normal distribution function: nearly the same, as used in GPT-2."
        ),
    )

    def curve(self, x: float) -> tuple[float, float]:
        if self.approximate == "tanh":
            bend = tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))
            steepness = sqrt(2 / pi) * (1 + 3 * 0.044715 * x**2) * (1 - bend**2)
            return x * (1 + bend) / 2, (1 + bend + x * steepness) / 2
        share = (1 + erf(x / sqrt(2))) / 2
        return x * share, share + x * exp(-(x**2) / 2) / sqrt(2 * pi)


@activation(n_("SiLU"), formula="x · sigmoid(x)")
class SiLU(Activation):
    """A smooth ReLU with a small dip for negative inputs, also called swish."""

    target: ClassVar[str] = "torch.nn:SiLU"

    def curve(self, x: float) -> tuple[float, float]:
        share = 1 / (1 + exp(-x))
        return x * share, share * (1 + x * (1 - share))


@activation(n_("Mish"), formula="x · tanh(log(1 + eˣ))")
class Mish(Activation):
    """A smooth ReLU much like SiLU, with a slightly deeper dip for negative inputs."""

    target: ClassVar[str] = "torch.nn:Mish"

    def curve(self, x: float) -> tuple[float, float]:
        bend, share = tanh(log1p(exp(x))), 1 / (1 + exp(-x))
        return x * bend, bend + x * share * (1 - bend**2)


@activation(n_("Hard swish"), formula="x · min(max(0, x + 3), 6) / 6")
class Hardswish(Activation):
    """SiLU approximated by straight lines and a parabola: cheaper, made for phones."""

    target: ClassVar[str] = "torch.nn:Hardswish"

    def curve(self, x: float) -> tuple[float, float]:
        if not -3 < x < 3:
            return max(0.0, x), float(x > 0)
        return x * (x + 3) / 6, (2 * x + 3) / 6


@activation(n_("Softplus"), formula="log(1 + e^(βx)) / β")
class Softplus(Activation):
    """A smooth ReLU that is always positive."""

    target: ClassVar[str] = "torch.nn:Softplus"
    beta: float = param(
        1.0, low=0.01, high=100.0, label="β", help=n_("A larger value makes the corner sharper.")
    )
    threshold: float = param(
        20.0, low=1.0, high=100.0, help=n_("Where βx is larger, the function is replaced by x.")
    )

    @property
    def output_range(self) -> tuple[float, float]:
        return 0.0, inf

    def curve(self, x: float) -> tuple[float, float]:
        scaled = self.beta * x
        if scaled > self.threshold:
            return x, 1.0
        # exp(-|βx|) cannot overflow for any β.
        small = exp(-abs(scaled))
        value = (max(0.0, scaled) + log1p(small)) / self.beta
        return value, (1.0 if scaled > 0 else small) / (1 + small)


@activation(n_("Threshold"), formula="x if x > threshold else value")
class Threshold(Activation):
    """Replaces every input up to a threshold by a fixed value."""

    target: ClassVar[str] = "torch.nn:Threshold"
    threshold: float = param(
        0.1, low=-100.0, high=100.0, help=n_("Inputs above this pass unchanged.")
    )
    value: float = param(0.0, low=-100.0, high=100.0, help=n_("Replaces all other inputs."))

    def curve(self, x: float) -> tuple[float, float]:
        return (x, 1.0) if x > self.threshold else (self.value, 0.0)
