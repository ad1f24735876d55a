"""The schedule that depends on the progress of the run instead of the epoch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from nnplay.catalog.kind import Call, param, schedule
from nnplay.catalog.schedules.base import Schedule
from nnplay.translation import n_


@dataclass(frozen=True)
class PlateauState:
    """The state of a metric-driven schedule after some epochs."""

    share: float = 1.0
    """The product of all drops so far, as a factor of the learning rate."""
    best: float | None = None
    """The best value of the metric so far, None before the first."""
    without: int = 0
    """The number of consecutive epochs without an improvement."""
    resting: int = 0
    """The number of epochs left that do not count after a drop."""


@schedule(n_("Reduce on plateau"), formula="× factor after `patience` epochs without progress")
class ReduceOnPlateau(Schedule):
    """Reduces the rate when the monitored metric stops improving (torch's ReduceLROnPlateau).

    A relative threshold is a share of the size of the best value, also of a negative one. The
    metric is chosen in the section Regularisation and stopping.
    """

    uses_metric: ClassVar[bool] = True
    is_constant_within_epochs: ClassVar[bool] = True
    drop: float = param(
        0.1,
        low=0.0,
        high=0.999,
        label=n_("factor"),
        help=n_("The factor of each reduction of the learning rate."),
    )
    patience: int = param(
        10,
        low=0,
        high=1_000_000,
        help=n_("Epochs without an improvement before the learning rate is reduced."),
    )
    threshold: float = param(
        1e-4,
        low=0.0,
        high=1e6,
        help=n_("How much better than the best value so far counts as an improvement."),
    )
    measure: str = param(
        "relative",
        choices=(n_("relative"), n_("absolute")),
        label=n_("threshold mode"),
        help=n_(
            "Relative: as a share of the best value so far; absolute: as a difference from it."
        ),
    )
    cooldown: int = param(
        0,
        low=0,
        high=1_000_000,
        help=n_("Epochs after a reduction that do not count."),
    )
    lowest: float = param(
        0.0, low=0.0, high=1.0, help=n_("Lower limit, as a share of the learning rate.")
    )

    def after_epoch(self, so_far: PlateauState, value: float, higher: bool) -> PlateauState:
        """Return the state after one more epoch.

        `higher` says whether a higher value of the metric is better.
        """
        best, without, resting = so_far.best, so_far.without + 1, so_far.resting
        if best is None or self._is_better(value, best, higher):
            best, without = value, 0
        if resting > 0:
            resting, without = resting - 1, 0
        if without <= self.patience:
            return replace(so_far, best=best, without=without, resting=resting)
        return PlateauState(max(so_far.share * self.drop, self.lowest), best, 0, self.cooldown)

    def calls(self, epochs: int, lr: float, higher: bool = False) -> tuple[Call, ...]:
        args = {
            "mode": "max" if higher else "min",
            "factor": self.drop,
            "patience": self.patience,
            "threshold": self.threshold,
            "threshold_mode": "rel" if self.measure == "relative" else "abs",
            "cooldown": self.cooldown,
            "min_lr": self.lowest * lr,
            "eps": 0.0,
        }
        # For relative thresholds of negative losses torch's own class never reduces the rate.
        module = "nnplay.engine.modules.plateau"
        return (*self.warm_up(), Call(f"{module}:ReduceLROnPlateau", args))

    def lines(self, epochs: int) -> tuple[str, ...]:
        return ("return 1.0",)

    def _is_better(self, value: float, best: float, higher: bool) -> bool:
        # By the size of the best: a share of a negative loss would be an improvement backwards.
        margin = self.threshold * (abs(best) if self.measure == "relative" else 1)
        return (value - best if higher else best - value) > margin
