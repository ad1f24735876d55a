"""The optimizers: how a gradient becomes a step of the weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from nnplay.catalog.kind import Call, Kind, optimizer, param
from nnplay.words import n_

_LR = n_("Size of the steps: too small crawls, too large jumps over the valley and diverges.")
_COUPLED = n_(
    "Pulls all weights towards 0, which keeps the fit smooth. Coupled: added to the gradient, so "
    "that it goes through whatever the optimizer does with gradients (L2)."
)
_DECOUPLED = n_(
    "Pulls all weights towards 0, which keeps the fit smooth. Decoupled: each step shrinks the "
    "weights by lr times this, apart from the gradient."
)
_SWITCH = n_(
    "Off: the weight decay is coupled, added to the gradient. On: it shrinks the weights "
    "themselves, as AdamW does."
)
_EPS = n_("Keeps the division safe where gradients are nearly 0.")
_KEPT = n_("Share of the last step kept: rolls through flat valleys, may overshoot.")
_AMSGRAD = n_("Divides by the largest mean square so far: steps never grow again.")


def _lr(default: float) -> Any:
    return param(default, low=0.0, high=1e12, live=True, label=n_("learning rate"), help=_LR)


def _decay() -> Any:
    return param(
        0.0, low=0.0, high=10.0, live=True, label=n_("weight decay (coupled)"), help=_COUPLED
    )


def _decoupled_decay(default: float) -> Any:
    label = n_("weight decay (decoupled)")
    return param(default, low=0.0, high=10.0, live=True, label=label, help=_DECOUPLED)


def _either_decay() -> Any:
    label, text = n_("weight decay"), n_("Pulls all weights towards 0, which keeps the fit smooth.")
    return param(0.0, low=0.0, high=10.0, live=True, label=label, help=text)


def _memory(default: float, label: str, text: str) -> Any:
    return param(default, low=0.0, high=0.999999, live=True, label=label, help=text)


def _beta1() -> Any:
    return _memory(0.9, "β₁", n_("Memory of the mean gradient."))


def _beta2() -> Any:
    return _memory(0.999, "β₂", n_("Memory of the squared gradient."))


def _eps(default: float = 1e-8) -> Any:
    return param(default, low=1e-16, high=1.0, live=True, label="ε", help=_EPS)


class Optimizer(Kind):
    """A PyTorch optimizer; all have a learning rate."""

    follows_rate: ClassVar[bool] = True
    """Whether a change of the learning rate changes the steps of a run under way."""
    lr: float

    def args(self) -> Mapping[str, Any]:
        """Return the keyword arguments of the PyTorch call, besides the parameters to train."""
        return self.values()

    def call(self) -> Call:
        """Return the PyTorch call that makes this optimizer."""
        return Call(self.target, self.args())


def _paired(values: Mapping[str, Any], name: str, first: str, second: str) -> dict[str, Any]:
    """Return arguments with two of them as the pair that PyTorch wants."""
    rest = {key: value for key, value in values.items() if key not in (first, second)}
    return rest | {name: (values[first], values[second])}


class _AdamLike(Optimizer):
    def args(self) -> Mapping[str, Any]:
        return _paired(self.values(), "betas", "beta1", "beta2")


@optimizer(n_("SGD"), formula="w ← w - lr · g")
class SGD(Optimizer):
    """Gradient descent on one batch after another, with momentum where wanted."""

    target: ClassVar[str] = "torch.optim:SGD"
    lr: float = _lr(0.01)
    momentum: float = param(0.0, low=0.0, high=1.0, live=True, help=_KEPT)
    nesterov: bool = param(
        False, help=n_("Looks ahead by the momentum before taking the gradient.")
    )
    weight_decay: float = _decay()
    dampening: float = param(
        0.0, low=0.0, high=1.0, live=True, help=n_("Share of a new gradient that momentum ignores.")
    )


@optimizer(n_("Adam"), formula="w ← w - lr · m̂ / (√v̂ + ε)")
class Adam(_AdamLike):
    """Gives every weight its own step size from the recent gradients: a good first choice."""

    target: ClassVar[str] = "torch.optim:Adam"
    lr: float = _lr(0.001)
    beta1: float = _beta1()
    beta2: float = _beta2()
    eps: float = _eps()
    weight_decay: float = _decay()
    amsgrad: bool = param(False, help=_AMSGRAD)


@optimizer(n_("AdamW"), formula="Adam, then w ← w - lr · λ w")
class AdamW(_AdamLike):
    """Adam with the weight decay applied to the weights instead of the gradients."""

    target: ClassVar[str] = "torch.optim:AdamW"
    lr: float = _lr(0.001)
    beta1: float = _beta1()
    beta2: float = _beta2()
    eps: float = _eps()
    weight_decay: float = _decoupled_decay(0.01)
    amsgrad: bool = param(False, help=_AMSGRAD)


@optimizer(n_("NAdam"), formula="Adam with m̂ one step ahead")
class NAdam(_AdamLike):
    """Adam that looks ahead as Nesterov's momentum does: often a little quicker."""

    target: ClassVar[str] = "torch.optim:NAdam"
    lr: float = _lr(0.002)
    beta1: float = _beta1()
    beta2: float = _beta2()
    eps: float = _eps()
    weight_decay: float = _either_decay()
    momentum_decay: float = param(
        0.004, low=0.0, high=1.0, live=True, help=n_("How fast the look ahead comes into its own.")
    )
    decoupled_weight_decay: bool = param(False, help=_SWITCH)


@optimizer(n_("RAdam"), formula="Adam, √v̂ only once it is well known")
class RAdam(_AdamLike):
    """Adam that trusts the squared gradients only once it has seen enough: needs no warm-up."""

    target: ClassVar[str] = "torch.optim:RAdam"
    lr: float = _lr(0.001)
    beta1: float = _beta1()
    beta2: float = _beta2()
    eps: float = _eps()
    weight_decay: float = _either_decay()
    decoupled_weight_decay: bool = param(False, help=_SWITCH)


@optimizer(n_("Adamax"), formula="w ← w - lr · m̂ / max(β₂ u, |g| + ε)")
class Adamax(_AdamLike):
    """Adam that divides by the largest recent gradient: calmer where gradients are rare."""

    target: ClassVar[str] = "torch.optim:Adamax"
    lr: float = _lr(0.002)
    beta1: float = _beta1()
    beta2: float = _memory(0.999, "β₂", n_("Memory of the largest gradient."))
    eps: float = _eps()
    weight_decay: float = _decay()


@optimizer(n_("RMSprop"), formula="w ← w - lr · g / (√v + ε)")
class RMSprop(Optimizer):
    """Divides each step by the recent size of that weight's gradient."""

    target: ClassVar[str] = "torch.optim:RMSprop"
    lr: float = _lr(0.01)
    alpha: float = _memory(0.99, "α", n_("Memory of the squared gradient."))
    eps: float = _eps()
    momentum: float = param(0.0, low=0.0, high=1.0, help=_KEPT)
    weight_decay: float = _decay()
    centered: bool = param(
        False, help=n_("Divides by the spread of the gradient instead of its size.")
    )


@optimizer(n_("Adagrad"), formula="w ← w - lr · g / (√Σg² + ε)")
class Adagrad(Optimizer):
    """Shrinks the step of each weight by all its gradients so far: good for rare features."""

    target: ClassVar[str] = "torch.optim:Adagrad"
    lr: float = _lr(0.01)
    lr_decay: float = param(
        0.0, low=0.0, high=1.0, live=True, help=n_("Makes the steps smaller as they go on.")
    )
    eps: float = _eps(1e-10)
    weight_decay: float = _decay()
    initial_accumulator_value: float = param(
        0.0,
        low=0.0,
        high=100.0,
        label=n_("first sum"),
        help=n_("What Σg² begins with; more makes the first steps smaller."),
    )


@optimizer(n_("Adadelta"), formula="w ← w - lr · (√Δ / √v) g")
class Adadelta(Optimizer):
    """Finds its step sizes from the recent steps; needs hardly any choice of learning rate."""

    target: ClassVar[str] = "torch.optim:Adadelta"
    lr: float = _lr(1.0)
    rho: float = _memory(0.9, "ρ", n_("Memory of gradients and steps."))
    eps: float = _eps(1e-6)
    weight_decay: float = _decay()


@optimizer(n_("Rprop"), formula="w ← w - Δ · sign g, Δ grows while the sign stays")
class Rprop(Optimizer):
    """Looks only at the sign of each gradient; for full batches, as small ones flip signs."""

    target: ClassVar[str] = "torch.optim:Rprop"
    follows_rate: ClassVar[bool] = False
    lr: float = param(
        0.01,
        low=0.0,
        high=1e12,
        label=n_("first step size"),
        help=n_("Size of the first step; Rprop finds the later ones by itself."),
    )
    eta_minus: float = param(
        0.5,
        low=0.01,
        high=0.99,
        live=True,
        label="η⁻",
        help=n_("What a step is multiplied by when the sign turns."),
    )
    eta_plus: float = param(
        1.2,
        low=1.01,
        high=10.0,
        live=True,
        label="η⁺",
        help=n_("What a step is multiplied by while the sign stays."),
    )
    smallest: float = param(
        1e-6, low=0.0, high=1.0, live=True, label=n_("smallest step"), help=n_("No step is less.")
    )
    largest: float = param(
        50.0, low=1.0, high=1e6, live=True, label=n_("largest step"), help=n_("No step is more.")
    )

    def args(self) -> Mapping[str, Any]:
        values = _paired(self.values(), "etas", "eta_minus", "eta_plus")
        return _paired(values, "step_sizes", "smallest", "largest")
