"""Follows a policy: decides when a run should end, and keeps the best weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isnan
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.experiment import Policy
from nnplay.link.resume_point import Array
from nnplay.translation import _, ngettext


@dataclass(frozen=True)
class Best:
    """The best epoch so far."""

    epoch: int
    value: float
    weights: Mapping[str, Tensor]


class EarlyStopping:
    """Compares the monitored metric after each epoch, and the time, with the policy."""

    def __init__(self, policy: Policy, model: nn.Module) -> None:
        self._policy = policy
        self._model = model
        self._sign = 1.0 if policy.metric.higher else -1.0
        self._best: Best | None = None
        self._mark = -inf
        """What the next epoch must exceed; its sign makes higher values better."""
        self._without = 0
        self._target_passed = False
        """Whether the run was continued after it had reached its target."""

    def end_epoch(self, row: Mapping[str, float]) -> str:
        """Take the row of an epoch; return why the run should end after it, or an empty text."""
        policy = self._policy
        value, epoch = row["watched"], round(row["epoch"])
        if isnan(value):
            return ""
        if policy.keep_best and (
            self._best is None or self._sign * value > self._sign * self._best.value
        ):
            state = self._model.state_dict()
            weights = {name: tensor.clone() for name, tensor in state.items()}
            self._best = Best(epoch, value, weights)
        if self._sign * value > self._mark + policy.min_delta:
            self._mark, self._without = self._sign * value, 0
        else:
            self._without += 1
        if self._stops_at_target and self._sign * value >= self._sign * policy.target:
            return _("Target reached after epoch {epoch}: {metric} {value:.4g}.").format(
                epoch=epoch, metric=_(policy.watch), value=value
            )
        if policy.early_stopping and self._without >= policy.patience:
            return ngettext(
                "Early stopping after epoch {epoch}: {metric} did not improve for {n} epoch.",
                "Early stopping after epoch {epoch}: {metric} did not improve for {n} epochs.",
                policy.patience,
            ).format(epoch=epoch, metric=_(policy.watch), n=policy.patience)
        return ""

    @property
    def _stops_at_target(self) -> bool:
        return self._policy.stop_at_target and not self._target_passed

    def saved(self) -> tuple[dict[str, Array], dict[str, int]]:
        """Return what the next epochs are compared with, and the best weights."""
        arrays: dict[str, Array] = {"mark": np.array(self._mark)}
        value = {"without": self._without}
        if self._best is not None:
            arrays["best_value"] = np.array(self._best.value)
            value["best_epoch"] = self._best.epoch
            for name, tensor in self._best.weights.items():
                # Nothing changes these copies, so their memory may be shared.
                arrays[f"best/{name}"] = tensor.cpu().numpy()
        return arrays, value

    def resume(self, arrays: Mapping[str, Array], value: Any) -> None:
        """Compare with saved values from now on.

        Where they had ended the run, it is continued on purpose: the patience begins again, and a
        target that was reached ends it no more.
        """
        self._mark, self._without = float(arrays["mark"]), value["without"]
        policy = self._policy
        if policy.early_stopping and self._without >= policy.patience:
            self._without = 0
        self._target_passed = self._mark >= self._sign * policy.target
        if "best_epoch" in value:
            weights = {
                name.removeprefix("best/"): torch.from_numpy(np.array(array, copy=True))
                for name, array in arrays.items()
                if name.startswith("best/")
            }
            self._best = Best(value["best_epoch"], float(arrays["best_value"]), weights)

    def forget(self, epochs: int) -> None:
        """Forget that many epochs without an improvement, because the run went back before them."""
        self._without = max(0, self._without - epochs)

    def time_is_up(self, seconds: float, epochs: float) -> str:
        """Return that the time limit is reached, or an empty text."""
        limit = self._policy.time_limit
        if not 0 < limit <= seconds:
            return ""
        return _("The time limit of {limit:g} s was reached after {epochs:.4g} epochs.").format(
            limit=limit, epochs=epochs
        )

    def restore_best(self) -> str:
        """Restore the best weights and return which these are, or an empty text."""
        best = self._best
        if best is None:
            return ""
        self._model.load_state_dict(best.weights)
        return _("Restored the best weights, of epoch {epoch}: {metric} {value:.4g}.").format(
            epoch=best.epoch, metric=_(self._policy.watch), value=best.value
        )
