"""The optimizers: how a gradient becomes a step of the weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from nnplay.catalog.kind import Call, Kind, optimizer, param
from nnplay.words import n_

_LR = n_("Size of the steps: too small crawls, too large jumps over the valley and diverges.")
_DECAY = n_("Pulls all weights towards 0, which keeps the fit smooth.")
_EPS = n_("Keeps the division safe where gradients are nearly 0.")


def _lr(default: float) -> Any:
    return param(default, low=0.0, high=1e12, live=True, label=n_("learning rate"), help=_LR)


def _decay(default: float = 0.0) -> Any:
    return param(default, low=0.0, high=10.0, live=True, label=n_("weight decay"), help=_DECAY)


class Optimizer(Kind):
    """A PyTorch optimizer; all have a learning rate."""

    lr: float

    def args(self) -> Mapping[str, Any]:
        """Return the keyword arguments of the PyTorch call, besides the parameters to train."""
        return self.values()

    def call(self) -> Call:
        """Return the PyTorch call that makes this optimizer."""
        return Call(self.target, self.args())


@optimizer(n_("SGD"), formula="w ← w - lr · g")
class SGD(Optimizer):
    """Gradient descent on one batch after another, with momentum where wanted."""

    target: ClassVar[str] = "torch.optim:SGD"
    lr: float = _lr(0.01)
    momentum: float = param(
        0.0,
        low=0.0,
        high=1.0,
        live=True,
        help=n_("Share of the last step kept: rolls through flat valleys, may overshoot."),
    )
    nesterov: bool = param(
        False, help=n_("Looks ahead by the momentum before taking the gradient.")
    )
    weight_decay: float = _decay()


class _AdamLike(Optimizer):
    beta1: float
    beta2: float

    def args(self) -> Mapping[str, Any]:
        values: dict[str, Any] = dict(self.values())
        betas = (values.pop("beta1"), values.pop("beta2"))
        return values | {"betas": betas}


def _beta1() -> Any:
    return param(
        0.9,
        low=0.0,
        high=0.999999,
        live=True,
        label="β₁",
        help=n_("Memory of the mean gradient."),
    )


def _beta2() -> Any:
    return param(
        0.999,
        low=0.0,
        high=0.999999,
        live=True,
        label="β₂",
        help=n_("Memory of the squared gradient."),
    )


def _eps(default: float = 1e-8) -> Any:
    return param(default, low=1e-16, high=1.0, live=True, help=_EPS)


@optimizer(n_("Adam"), formula="w ← w - lr · m̂ / (√v̂ + ε)")
class Adam(_AdamLike):
    """Gives every weight its own step size from the recent gradients: a good first choice."""

    target: ClassVar[str] = "torch.optim:Adam"
    lr: float = _lr(0.001)
    beta1: float = _beta1()
    beta2: float = _beta2()
    eps: float = _eps()
    weight_decay: float = _decay()


@optimizer(n_("AdamW"), formula="Adam, then w ← w - lr · λ w")
class AdamW(_AdamLike):
    """Adam with the weight decay applied to the weights instead of the gradients."""

    target: ClassVar[str] = "torch.optim:AdamW"
    lr: float = _lr(0.001)
    beta1: float = _beta1()
    beta2: float = _beta2()
    eps: float = _eps()
    weight_decay: float = _decay(0.01)


@optimizer(n_("RMSprop"), formula="w ← w - lr · g / (√v + ε)")
class RMSprop(Optimizer):
    """Divides each step by the recent size of that weight's gradient."""

    target: ClassVar[str] = "torch.optim:RMSprop"
    lr: float = _lr(0.01)
    alpha: float = param(
        0.99, low=0.0, high=0.999999, live=True, help=n_("Memory of the squared gradient.")
    )
    eps: float = _eps()
    momentum: float = param(0.0, low=0.0, high=1.0, help=n_("Share of the last step kept."))
    weight_decay: float = _decay()


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


@optimizer(n_("Adadelta"), formula="w ← w - lr · (√Δ / √v) g")
class Adadelta(Optimizer):
    """Finds its step sizes from the recent steps; needs hardly any choice of learning rate."""

    target: ClassVar[str] = "torch.optim:Adadelta"
    lr: float = _lr(1.0)
    rho: float = param(
        0.9, low=0.0, high=0.999999, live=True, help=n_("Memory of gradients and steps.")
    )
    eps: float = _eps(1e-6)
    weight_decay: float = _decay()
