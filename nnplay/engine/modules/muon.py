"""Muon, the optimizer for matrices, with AdamW for all other weights."""

from collections.abc import Iterable
from typing import Any

import torch


class Muon(torch.optim.Optimizer):
    """Updates matrices by torch's Muon and the other weights by AdamW, as its authors advise.

    All hyperparameters are in one group, so that a schedule and live changes reach both.
    """

    def __init__(
        self,
        params: Iterable[torch.nn.Parameter],
        lr: float = 0.02,
        momentum: float = 0.95,
        nesterov: bool = True,
        weight_decay: float = 0.0,
        ns_steps: int = 5,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        adjust: str = "original",
        share: float = 0.05,
        betas: tuple[float, float] = (0.9, 0.999),
        adamw_eps: float = 1e-8,
    ) -> None:
        hyperparameters = {
            "lr": lr,
            "momentum": momentum,
            "nesterov": nesterov,
            "weight_decay": weight_decay,
            "ns_steps": ns_steps,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "adjust": adjust,
            "share": share,
            "betas": betas,
            "adamw_eps": adamw_eps,
        }
        super().__init__(params, hyperparameters)
        weights = [weight for group in self.param_groups for weight in group["params"]]
        matrices = [weight for weight in weights if weight.ndim == 2]
        others = [weight for weight in weights if weight.ndim != 2]
        self.muon = torch.optim.Muon(matrices) if matrices else None
        self.adamw = torch.optim.AdamW(others) if others else None

    def step(self, closure: None = None) -> None:  # type: ignore[override]
        group = self.param_groups[0]
        if self.muon is not None:
            names = ("lr", "momentum", "nesterov", "weight_decay", "ns_steps", "ns_coefficients")
            own = {name: group[name] for name in (*names, "eps")}
            self.muon.param_groups[0].update(own, adjust_lr_fn=group["adjust"])
            self.muon.step()  # type: ignore[no-untyped-call]
        if self.adamw is not None:
            own = {name: group[name] for name in ("betas", "weight_decay")}
            rate = group["lr"] * group["share"]
            self.adamw.param_groups[0].update(own, lr=rate, eps=group["adamw_eps"])
            self.adamw.step()

    def state_dict(self) -> dict[str, Any]:
        parts = [part and part.state_dict() for part in (self.muon, self.adamw)]
        return {**super().state_dict(), "parts": parts}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict({key: state_dict[key] for key in ("state", "param_groups")})
        for part, saved in zip((self.muon, self.adamw), state_dict["parts"], strict=True):
            if part is not None:
                part.load_state_dict(saved)
