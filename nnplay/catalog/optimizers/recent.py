"""Recent optimizers that are more than a PyTorch call: Lion and Muon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from nnplay.catalog.kind import optimizer, param
from nnplay.catalog.optimizers.hyperparameters import (
    decoupled_decay,
    epsilon,
    mean_memory,
    memory,
    paired,
    rate,
    square_memory,
)
from nnplay.catalog.optimizers.standard import AdamLike, Optimizer
from nnplay.translation import n_


@optimizer(n_("Lion"), formula="w ← w - lr · sign(β₁ m + (1 - β₁) g)")
class Lion(AdamLike):
    """Uses only the sign of each update, so that all weights move equally: needs a small rate.

    After Chen et al., 2023: a third to a tenth of the learning rate that suits AdamW.
    """

    target: ClassVar[str] = "nnplay.engine.modules.lion:Lion"
    lr: float = rate(0.0001)
    beta1: float = memory(0.9, "β₁", n_("Weight of the mean gradient relative to the newest one."))
    beta2: float = memory(0.99, "β₂", n_("Decay rate of the mean gradient."))
    weight_decay: float = decoupled_decay(0.0)


@optimizer(n_("Muon"), formula="W ← W - lr · U Vᵀ, where U S Vᵀ is the momentum")
class Muon(Optimizer):
    """Makes updates of weight matrices equally large in all directions; AdamW trains the rest.

    Biases, kernels and normalisation weights are not matrices, so AdamW trains them, with its own
    hyperparameters below.
    """

    target: ClassVar[str] = "nnplay.engine.modules.muon:Muon"
    needs_torch: ClassVar[tuple[int, int]] = (2, 9)
    lr: float = rate(0.02)
    momentum: float = memory(0.95, n_("momentum"), n_("Decay rate of the mean gradient."))
    nesterov: bool = param(
        True, help=n_("Nesterov momentum: looks ahead along the momentum before the step.")
    )
    weight_decay: float = decoupled_decay(0.0)
    ns_steps: int = param(
        5,
        low=1,
        high=20,
        label=n_("iterations"),
        help=n_(
            "Newton-Schulz iterations that orthogonalise the update; each takes "
            "three matrix products."
        ),
    )
    a: float = param(3.4445, low=-10.0, high=10.0, help=n_("First coefficient of Newton-Schulz."))
    b: float = param(-4.775, low=-10.0, high=10.0, help=n_("Second coefficient of Newton-Schulz."))
    c: float = param(2.0315, low=-10.0, high=10.0, help=n_("Third coefficient of Newton-Schulz."))
    eps: float = epsilon(1e-7)
    adjust: str = param(
        "original",
        choices=("original", "match_rms_adamw"),
        label=n_("step size"),
        help=n_(
            "original: larger for tall matrices; match_rms_adamw: as large as "
            "AdamW's, so that a learning rate tuned for AdamW fits."
        ),
    )
    share: float = param(
        0.05,
        low=0.0,
        high=1000.0,
        live=True,
        label=n_("AdamW: share of lr"),
        help=n_("Learning rate of AdamW relative to the one above, which is for matrices."),
    )
    beta1: float = mean_memory()
    beta2: float = square_memory()
    adamw_eps: float = epsilon(label=n_("AdamW: ε"))

    def args(self) -> Mapping[str, Any]:
        values = paired(self.values(), "betas", "beta1", "beta2")
        coefficients = tuple(values.pop(name) for name in "abc")
        return values | {"ns_coefficients": coefficients}
