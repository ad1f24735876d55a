"""What holds weights and steps back: a penalty on the loss, and a limit on the gradient."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nnplay.experiment import Regularisation


class Restraint:
    """Asked in every step; does nothing where nothing is on."""

    def __init__(self, model: nn.Module, rules: Regularisation) -> None:
        self._parameters = [p for p in model.parameters() if p.requires_grad]
        # Biases and the gains of normalisations have one dimension; to shrink them gains nothing.
        self._weights = [p for p in self._parameters if p.ndim >= 2]
        self._l1, self._l2 = rules.l1, rules.l2
        self._clip, self._clip_at = rules.clip, rules.clip_at

    @property
    def has_penalty(self) -> bool:
        """Whether anything is added to the loss."""
        return bool(self._l1 or self._l2)

    def penalty(self) -> Tensor | None:
        """Return l1 · Σ|w| + l2 · Σw² as the weights are now, or None where both are 0."""
        if not self.has_penalty:
            return None
        total = torch.zeros((), device=self._parameters[0].device)
        for weight in self._weights:
            if self._l1:
                total = total + self._l1 * weight.abs().sum()
            if self._l2:
                total = total + self._l2 * weight.square().sum()
        return total

    def clip(self) -> None:
        """Shorten the gradients that the weights have now, where that is wanted."""
        if self._clip == "by norm":
            nn.utils.clip_grad_norm_(self._parameters, self._clip_at)
        elif self._clip == "by value":
            nn.utils.clip_grad_value_(self._parameters, self._clip_at)
