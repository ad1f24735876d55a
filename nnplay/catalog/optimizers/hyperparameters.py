"""The constants that many optimizers have, each declared and explained once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnplay.catalog.kind import param
from nnplay.translation import n_

_LR = n_("Size of the steps: too small crawls, too large jumps over the valley and diverges.")
_COUPLED = n_(
    "Pulls all weights towards 0, which keeps the fit smooth. Coupled: added to the gradient, so "
    "that it goes through whatever the optimizer does with gradients (L2)."
)
_DECOUPLED = n_(
    "Pulls all weights towards 0, which keeps the fit smooth. Decoupled: each step shrinks the "
    "weights by lr times this, apart from the gradient."
)
SWITCH = n_(
    "Off: the weight decay is coupled, added to the gradient. On: it shrinks the weights "
    "themselves, as AdamW does."
)
_EPS = n_("Keeps the division safe where gradients are nearly 0.")
KEPT = n_("Share of the last step kept: rolls through flat valleys, may overshoot.")
AMSGRAD = n_("Divides by the largest mean square so far: steps never grow again.")


def rate(default: float) -> Any:
    """Declare the learning rate."""
    return param(default, low=0.0, high=1e12, live=True, label=n_("learning rate"), help=_LR)


def coupled_decay() -> Any:
    """Declare a weight decay that is added to the gradient."""
    return param(
        0.0, low=0.0, high=10.0, live=True, label=n_("weight decay (coupled)"), help=_COUPLED
    )


def decoupled_decay(default: float) -> Any:
    """Declare a weight decay that shrinks the weights themselves."""
    label = n_("weight decay (decoupled)")
    return param(default, low=0.0, high=10.0, live=True, label=label, help=_DECOUPLED)


def either_decay() -> Any:
    """Declare a weight decay that a switch beside it makes the one or the other."""
    label, text = n_("weight decay"), n_("Pulls all weights towards 0, which keeps the fit smooth.")
    return param(0.0, low=0.0, high=10.0, live=True, label=label, help=text)


def memory(default: float, label: str, text: str) -> Any:
    """Declare a share of the past that is kept in each step."""
    return param(default, low=0.0, high=0.999999, live=True, label=label, help=text)


def mean_memory() -> Any:
    """Declare Adam's β₁."""
    return memory(0.9, "β₁", n_("Memory of the mean gradient."))


def square_memory() -> Any:
    """Declare Adam's β₂."""
    return memory(0.999, "β₂", n_("Memory of the squared gradient."))


def epsilon(default: float = 1e-8) -> Any:
    """Declare what keeps a division safe."""
    return param(default, low=1e-16, high=1.0, live=True, label="ε", help=_EPS)


def paired(values: Mapping[str, Any], name: str, first: str, second: str) -> dict[str, Any]:
    """Return arguments with two of them as the pair that PyTorch wants."""
    rest = {key: value for key, value in values.items() if key not in (first, second)}
    return rest | {name: (values[first], values[second])}
