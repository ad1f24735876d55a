"""The optimizers: how a gradient becomes an update of the weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from nnplay.catalog.kind import Call, Kind, optimizer, param
from nnplay.catalog.optimizers.hyperparameters import (
    AMSGRAD,
    KEPT,
    SWITCH,
    coupled_decay,
    decoupled_decay,
    either_decay,
    epsilon,
    mean_memory,
    memory,
    paired,
    rate,
    square_memory,
)
from nnplay.translation import n_


class Optimizer(Kind):
    """A PyTorch optimizer; all have a learning rate."""

    follows_rate: ClassVar[bool] = True
    """Whether changing the learning rate affects the steps of a run in progress."""
    by_number: ClassVar[bool] = False
    """Whether it updates each number independently of the others."""
    records: ClassVar[bool] = False
    """Whether its step reads no number from the device, so that a CUDA graph can record it."""
    needs_torch: ClassVar[tuple[int, int]] = (0, 0)
    """The first version of PyTorch that supports it."""
    lr: float

    def args(self) -> Mapping[str, Any]:
        """Return the keyword arguments of the PyTorch call, except the parameters to train."""
        return self.values()

    def call(self) -> Call:
        """Return the PyTorch call that makes this optimizer."""
        return Call(self.target, self.args())


class AdamLike(Optimizer):
    """An optimizer whose two decay rates form a pair."""

    records: ClassVar[bool] = True
    by_number: ClassVar[bool] = True

    def args(self) -> Mapping[str, Any]:
        return paired(self.values(), "betas", "beta1", "beta2")


@optimizer(n_("SGD"), formula="w ← w - lr · g")
class SGD(Optimizer):
    """Stochastic gradient descent: one batch after another, optionally with momentum."""

    target: ClassVar[str] = "torch.optim:SGD"
    records: ClassVar[bool] = True
    by_number: ClassVar[bool] = True
    lr: float = rate(0.01)
    momentum: float = param(0.0, low=0.0, high=1.0, live=True, help=KEPT)
    nesterov: bool = param(
        False,
        help=n_("Nesterov momentum: looks ahead along the momentum before computing the gradient."),
    )
    weight_decay: float = coupled_decay()
    dampening: float = param(
        0.0,
        low=0.0,
        high=1.0,
        live=True,
        help=n_("Share of each new gradient that momentum ignores."),
    )


@optimizer(n_("Adam"), formula="w ← w - lr · m̂ / (√v̂ + ε)")
class Adam(AdamLike):
    """Adapts the step size of every weight to its recent gradients: a good first choice."""

    target: ClassVar[str] = "torch.optim:Adam"
    lr: float = rate(0.001)
    beta1: float = mean_memory()
    beta2: float = square_memory()
    eps: float = epsilon()
    weight_decay: float = coupled_decay()
    amsgrad: bool = param(False, label="AMSGrad", help=AMSGRAD)


@optimizer(n_("AdamW"), formula="Adam, then w ← w - lr · λ w")
class AdamW(AdamLike):
    """Adam with decoupled weight decay: applied to the weights instead of the gradients."""

    target: ClassVar[str] = "torch.optim:AdamW"
    lr: float = rate(0.001)
    beta1: float = mean_memory()
    beta2: float = square_memory()
    eps: float = epsilon()
    weight_decay: float = decoupled_decay(0.01)
    amsgrad: bool = param(False, label="AMSGrad", help=AMSGRAD)


@optimizer(n_("NAdam"), formula="Adam with m̂ one step ahead")
class NAdam(AdamLike):
    """Adam with Nesterov momentum: often slightly faster."""

    target: ClassVar[str] = "torch.optim:NAdam"
    lr: float = rate(0.002)
    beta1: float = mean_memory()
    beta2: float = square_memory()
    eps: float = epsilon()
    weight_decay: float = either_decay()
    momentum_decay: float = param(
        0.004,
        low=0.0,
        high=1.0,
        live=True,
        help=n_("How fast the Nesterov momentum reaches its full value."),
    )
    decoupled_weight_decay: bool = param(False, help=SWITCH)


@optimizer(n_("RAdam"), formula="Adam, √v̂ only once it is well known")
class RAdam(AdamLike):
    """Adam that uses the squared gradients only once enough have been seen: needs no warm-up."""

    target: ClassVar[str] = "torch.optim:RAdam"
    lr: float = rate(0.001)
    beta1: float = mean_memory()
    beta2: float = square_memory()
    eps: float = epsilon()
    weight_decay: float = either_decay()
    decoupled_weight_decay: bool = param(False, help=SWITCH)


@optimizer(n_("Adamax"), formula="w ← w - lr · m̂ / max(β₂ u, |g| + ε)")
class Adamax(AdamLike):
    """Adam that divides by the largest recent gradient: more stable where gradients are sparse."""

    target: ClassVar[str] = "torch.optim:Adamax"
    lr: float = rate(0.002)
    beta1: float = mean_memory()
    beta2: float = memory(0.999, "β₂", n_("Decay rate of the largest gradient."))
    eps: float = epsilon()
    weight_decay: float = coupled_decay()


@optimizer(n_("RMSprop"), formula="w ← w - lr · g / (√v + ε)")
class RMSprop(Optimizer):
    """Divides each step by the recent magnitude of that weight's gradient."""

    target: ClassVar[str] = "torch.optim:RMSprop"
    records: ClassVar[bool] = True
    by_number: ClassVar[bool] = True
    lr: float = rate(0.01)
    alpha: float = memory(0.99, "α", n_("Decay rate of the mean squared gradient."))
    eps: float = epsilon()
    momentum: float = param(0.0, low=0.0, high=1.0, help=KEPT)
    weight_decay: float = coupled_decay()
    centered: bool = param(
        False,
        help=n_("Divides by the standard deviation of the gradient instead of its magnitude."),
    )


@optimizer(n_("Adagrad"), formula="w ← w - lr · g / (√Σg² + ε)")
class Adagrad(Optimizer):
    """Shrinks the step of each weight by all its past gradients: good for rare features."""

    target: ClassVar[str] = "torch.optim:Adagrad"
    by_number: ClassVar[bool] = True
    lr: float = rate(0.01)
    lr_decay: float = param(
        0.0, low=0.0, high=1.0, live=True, help=n_("Decreases the learning rate with every step.")
    )
    eps: float = epsilon(1e-10)
    weight_decay: float = coupled_decay()
    initial_accumulator_value: float = param(
        0.0,
        low=0.0,
        high=100.0,
        label=n_("initial sum"),
        help=n_("Initial value of Σg²; more makes the first steps smaller."),
    )


@optimizer(n_("Adadelta"), formula="w ← w - lr · (√Δ / √v) g")
class Adadelta(Optimizer):
    """Derives its step sizes from recent steps; needs little tuning of the learning rate."""

    target: ClassVar[str] = "torch.optim:Adadelta"
    records: ClassVar[bool] = True
    by_number: ClassVar[bool] = True
    lr: float = rate(1.0)
    rho: float = memory(0.9, "ρ", n_("Decay rate of the mean squared gradients and steps."))
    eps: float = epsilon(1e-6)
    weight_decay: float = coupled_decay()


@optimizer(n_("Rprop"), formula="w ← w - Δ · sign g, Δ grows while the sign stays")
class Rprop(Optimizer):
    """Uses only the sign of each gradient; for full batches, since small ones flip signs."""

    target: ClassVar[str] = "torch.optim:Rprop"
    records: ClassVar[bool] = True
    by_number: ClassVar[bool] = True
    follows_rate: ClassVar[bool] = False
    lr: float = param(
        0.01,
        low=0.0,
        high=1e12,
        label=n_("initial step size"),
        help=n_("Size of the first step; Rprop adapts the later ones itself."),
    )
    eta_minus: float = param(
        0.5,
        low=0.01,
        high=0.99,
        live=True,
        label="η⁻",
        help=n_("Step-size factor when the gradient changes sign."),
    )
    eta_plus: float = param(
        1.2,
        low=1.01,
        high=10.0,
        live=True,
        label="η⁺",
        help=n_("Step-size factor while the gradient keeps its sign."),
    )
    smallest: float = param(
        1e-6,
        low=0.0,
        high=1.0,
        live=True,
        label=n_("smallest step"),
        help=n_("Lower limit of the step size."),
    )
    largest: float = param(
        50.0,
        low=1.0,
        high=1e6,
        live=True,
        label=n_("largest step"),
        help=n_("Upper limit of the step size."),
    )

    def args(self) -> Mapping[str, Any]:
        values = paired(self.values(), "etas", "eta_minus", "eta_plus")
        return paired(values, "step_sizes", "smallest", "largest")
