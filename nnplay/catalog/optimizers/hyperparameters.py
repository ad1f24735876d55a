"""The hyperparameters that several optimizers share, each declared and explained once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnplay.catalog.kind import param
from nnplay.translation import n_

_LR = n_("Step size: too small is slow, too large overshoots the minimum and diverges.")
_COUPLED = n_(
    "Pulls all weights towards 0, which keeps the fit smooth. Coupled: "
    "added to the gradient, so that it is affected by everything the "
    "optimizer does with gradients (L2)."
)
_DECOUPLED = n_(
    "Pulls all weights towards 0, which keeps the fit smooth. Decoupled: "
    "each step shrinks the weights by lr times this, independently of the "
    "gradient."
)
SWITCH = n_(
    "Off: coupled weight decay, which is added to the gradient. On: "
    "decoupled, which shrinks the weights themselves, as in AdamW."
)
_EPS = n_("Avoids division by zero where gradients are almost 0.")
KEPT = n_(
    "Share of the previous step that is kept: crosses flat regions faster, but may overshoot."
)
AMSGRAD = n_("Divides by the largest mean square so far, so that step sizes never increase again.")


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
    """Declare a weight decay that another parameter makes coupled or decoupled."""
    label, text = n_("weight decay"), n_("Pulls all weights towards 0, which keeps the fit smooth.")
    return param(0.0, low=0.0, high=10.0, live=True, label=label, help=text)


def memory(default: float, label: str, text: str) -> Any:
    """Declare a decay rate of a running average."""
    return param(default, low=0.0, high=0.999999, live=True, label=label, help=text)


def mean_memory() -> Any:
    """Declare Adam's β₁."""
    return memory(0.9, "β₁", n_("Decay rate of the mean gradient."))


def square_memory() -> Any:
    """Declare Adam's β₂."""
    return memory(0.999, "β₂", n_("Decay rate of the mean squared gradient."))


def epsilon(default: float = 1e-8, label: str = "ε") -> Any:
    """Declare the ε that avoids division by zero."""
    return param(default, low=1e-16, high=1.0, live=True, label=label, help=_EPS)


def paired(values: Mapping[str, Any], name: str, first: str, second: str) -> dict[str, Any]:
    """Return arguments with two of them combined into the pair that PyTorch expects."""
    rest = {key: value for key, value in values.items() if key not in (first, second)}
    return rest | {name: (values[first], values[second])}
