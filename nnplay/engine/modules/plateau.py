"""Reduction of the learning rate on a plateau, also of a negative loss."""

from math import isinf
from typing import Any

import torch


class ReduceLROnPlateau(torch.optim.lr_scheduler.ReduceLROnPlateau):
    """torch's scheduler with a relative threshold that is a share of the size of the best value.

    torch's own multiplies the best value, so that for a negative loss a slightly worse value counts
    as better.
    """

    def __init__(self, optimizer: torch.optim.Optimizer, **settings: Any) -> None:
        super().__init__(optimizer, **settings)
        self.full = [group.get("initial_lr", group["lr"]) for group in optimizer.param_groups]
        self.share = 1.0

    def is_better(self, a: float, best: float) -> bool:
        """Return whether `a` improves on the best value so far by more than the threshold."""
        gain: float = best - a if self.mode == "min" else a - best
        if isinf(best):
            return gain > 0
        margin: float = self.threshold * (abs(best) if self.threshold_mode == "rel" else 1)
        return gain > margin

    # The name that newer versions of torch call.
    _is_better = is_better

    def _reduce_lr(self, epoch: int) -> None:
        # The full rate times the product of all reductions: reducing the last rate instead would
        # round differently.
        self.share *= self.factor
        for group, full, lowest in zip(
            self.optimizer.param_groups, self.full, self.min_lrs, strict=True
        ):
            group["lr"] = max(full * self.share, lowest)
