"""Lion, the optimizer that uses only signs (Chen et al. 2023)."""

from collections.abc import Iterable

import torch


class Lion(torch.optim.Optimizer):
    """Steps by the sign of an interpolation between the gradient and its running mean.

    https://arxiv.org/abs/2302.06675, program 1; the weight decay is decoupled.
    """

    def __init__(
        self,
        params: Iterable[torch.nn.Parameter],
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                if not self.state[weight]:
                    self.state[weight]["mean"] = torch.zeros_like(weight)
                mean = self.state[weight]["mean"]
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                direction = beta1 * mean + (1 - beta1) * weight.grad
                weight.sub_(group["lr"] * direction.sign())
                mean.mul_(beta2).add_((1 - beta2) * weight.grad)
