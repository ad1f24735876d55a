"""The activations: what bends a stack of linear layers; all keep the shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from nnplay.catalog.kind import activation, param
from nnplay.catalog.layers import Layer, Shape
from nnplay.words import n_


class Activation(Layer):
    """A function of each number by itself, or of a row for Softmax."""

    ends: ClassVar[str] = ""
    """What it makes of logits: "probabilities" (Softmax), "probability" (Sigmoid) or nothing."""


@activation(n_("ReLU"), formula="max(0, x)")
class ReLU(Activation):
    """Passes what is positive and stops the rest: fast, and the usual first choice."""

    target: ClassVar[str] = "torch.nn:ReLU"


@activation(n_("Leaky ReLU"), formula="x if x > 0 else slope · x")
class LeakyReLU(Activation):
    """Keeps a small gradient alive where ReLU has none."""

    target: ClassVar[str] = "torch.nn:LeakyReLU"
    negative_slope: float = param(0.01, low=0.0, high=1.0, help=n_("Slope left of zero."))


@activation(n_("ELU"), formula="x if x > 0 else α (eˣ - 1)")
class ELU(Activation):
    """Like ReLU with a smooth left side that ends at -α, so that means stay near zero."""

    target: ClassVar[str] = "torch.nn:ELU"
    alpha: float = param(
        1.0, low=0.01, high=10.0, help=n_("How far below zero the left side ends.")
    )


@activation(n_("GELU"), formula="x · Φ(x)")
class GELU(Activation):
    """A smooth ReLU weighted by the normal distribution: the choice of most transformers."""

    target: ClassVar[str] = "torch.nn:GELU"


@activation(n_("SiLU"), formula="x · sigmoid(x)")
class SiLU(Activation):
    """A smooth ReLU with a small dip left of zero, also called swish."""

    target: ClassVar[str] = "torch.nn:SiLU"


@activation(n_("Sigmoid"), formula="1 / (1 + e⁻ˣ)")
class Sigmoid(Activation):
    """Squeezes into 0 to 1; deep stacks of it learn slowly because its gradient fades."""

    target: ClassVar[str] = "torch.nn:Sigmoid"
    ends: ClassVar[str] = "probability"


@activation(n_("Tanh"), formula="(eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)")
class Tanh(Activation):
    """Squeezes into -1 to 1 around zero: makes smooth curves, good for small networks."""

    target: ClassVar[str] = "torch.nn:Tanh"


@activation(n_("Softplus"), formula="log(1 + e^(βx)) / β")
class Softplus(Activation):
    """A ReLU with a rounded corner; always positive."""

    target: ClassVar[str] = "torch.nn:Softplus"
    beta: float = param(1.0, low=0.01, high=100.0, help=n_("Larger makes the corner sharper."))


@activation(n_("Softmax"), formula="eˣⁱ / Σ eˣʲ")
class Softmax(Activation):
    """Turns a row of logits into probabilities that sum to 1."""

    target: ClassVar[str] = "torch.nn:Softmax"
    ends: ClassVar[str] = "probabilities"

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"dim": 1}


@activation(n_("Identity"), formula="x")
class Identity(Activation):
    """Changes nothing: to see what a network without bends can do."""

    target: ClassVar[str] = "torch.nn:Identity"
