"""The schedule that goes by how well the run does, instead of by the number of the epoch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from nnplay.catalog.kind import Call, param, schedule
from nnplay.catalog.schedules.standard import SCHEDULERS, Schedule
from nnplay.translation import n_


@dataclass(frozen=True)
class Heard:
    """What a schedule that listens makes of the epochs so far."""

    share: float = 1.0
    """What the drops so far have left of the rate."""
    best: float | None = None
    """The best figure so far, None before the first."""
    without: int = 0
    """Epochs in a row without an improvement that count."""
    resting: int = 0
    """Epochs that still do not count after a drop."""


@schedule(n_("Reduce on plateau"), formula="× factor after `patience` epochs without progress")
class ReduceOnPlateau(Schedule):
    """Drops the rate when the watched figure stops getting better (torch's ReduceLROnPlateau).

    Which figure is watched is chosen under the rules of stopping.
    """

    listens: ClassVar[bool] = True
    leaps: ClassVar[bool] = True
    drop: float = param(
        0.1,
        low=0.0,
        high=0.999,
        label=n_("factor"),
        help=n_("What the rate is multiplied by at a drop."),
    )
    patience: int = param(
        10,
        low=0,
        high=1_000_000,
        help=n_("Epochs in a row without an improvement that pass before the rate drops."),
    )
    threshold: float = param(
        1e-4,
        low=0.0,
        high=1e6,
        help=n_("How much better than the best so far counts as an improvement."),
    )
    measure: str = param(
        "relative",
        choices=(n_("relative"), n_("absolute")),
        label=n_("threshold is"),
        help=n_("Relative: a share of the best figure so far; absolute: a difference from it."),
    )
    cooldown: int = param(
        0,
        low=0,
        high=1_000_000,
        help=n_("Epochs after a drop in which nothing counts against the new rate."),
    )
    lowest: float = param(
        0.0, low=0.0, high=1.0, help=n_("Share of the rate below which it never drops.")
    )

    def hear(self, so_far: Heard, figure: float, higher: bool) -> Heard:
        """Return what follows from the figure of one more epoch.

        `higher` says whether the figure is better when it is higher.
        """
        best, without, resting = so_far.best, so_far.without + 1, so_far.resting
        if best is None or self._is_better(figure, best, higher):
            best, without = figure, 0
        if resting > 0:
            resting, without = resting - 1, 0
        if without <= self.patience:
            return replace(so_far, best=best, without=without, resting=resting)
        return Heard(max(so_far.share * self.drop, self.lowest), best, 0, self.cooldown)

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
        return (*self.warm_up(), Call(f"{SCHEDULERS}:ReduceLROnPlateau", args))

    def _is_better(self, figure: float, best: float, higher: bool) -> bool:
        if self.measure == "relative":
            bound = best * (1 + self.threshold if higher else 1 - self.threshold)
        else:
            bound = best + (self.threshold if higher else -self.threshold)
        return figure > bound if higher else figure < bound
