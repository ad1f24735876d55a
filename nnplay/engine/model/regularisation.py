"""Regularisation during training: penalties on the weights, and gradient clipping."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nnplay.catalog import Layer
from nnplay.engine.modules.penalised_weights import penalised_weights
from nnplay.experiment import Regularisation


class Regulariser:
    """Computes penalties and clips gradients in every step, where that is switched on."""

    def __init__(
        self, model: nn.Sequential, rules: Regularisation, network: Sequence[Layer]
    ) -> None:
        self._parameters = [p for p in model.parameters() if p.requires_grad]
        self._penalised = [
            (weight, rules.l1 + layer.penalties[0], rules.l2 + layer.penalties[1])
            for layer, module in zip(network, model, strict=True)
            for weight in penalised_weights(module)
            if rules.l1 or rules.l2 or any(layer.penalties)
        ]
        self._clip, self._clip_at = rules.clip, rules.clip_at

    @property
    def has_penalty(self) -> bool:
        """Whether a penalty is added to the loss."""
        return bool(self._penalised)

    def penalty(self) -> Tensor | None:
        """Return l1 · Σ|w| + l2 · Σw² for the present weights; None without a penalty.

        Both factors are the sum of the network's and the layer's own.
        """
        if not self.has_penalty:
            return None
        total = torch.zeros((), device=self._parameters[0].device)
        for weight, l1, l2 in self._penalised:
            if l1:
                total = total + l1 * weight.abs().sum()
            if l2:
                total = total + l2 * weight.square().sum()
        return total

    def clip(self) -> None:
        """Clip the gradients in place, if clipping is on."""
        if self._clip == "by norm":
            nn.utils.clip_grad_norm_(self._parameters, self._clip_at)
        elif self._clip == "by value":
            nn.utils.clip_grad_value_(self._parameters, self._clip_at)
