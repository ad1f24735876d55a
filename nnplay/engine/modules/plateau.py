"""Reduction of the learning rate on a plateau, also of a negative loss."""

from math import isinf

import torch


class ReduceLROnPlateau(torch.optim.lr_scheduler.ReduceLROnPlateau):
    """torch's scheduler with a relative threshold that is a share of the size of the best value.

    torch's own multiplies the best value, so that for a negative loss a slightly worse value counts
    as better.
    """

    def is_better(self, a: float, best: float) -> bool:
        """Return whether `a` improves on the best value so far by more than the threshold."""
        gain: float = best - a if self.mode == "min" else a - best
        if isinf(best):
            return gain > 0
        margin: float = self.threshold * (abs(best) if self.threshold_mode == "rel" else 1)
        return gain > margin

    # The name that newer versions of torch call.
    _is_better = is_better
