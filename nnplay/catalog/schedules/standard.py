"""The learning rate schedules: what the rate is multiplied by, epoch after epoch."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi
from typing import ClassVar, Self

from nnplay.catalog.kind import Call, Kind, param, schedule
from nnplay.translation import n_

SCHEDULERS = "torch.optim.lr_scheduler"
"""Where PyTorch keeps its own."""
_GAMMA = n_("What the rate is multiplied by at a drop.")
_LOWEST = n_("Share of the rate that is left at the lowest point.")


@dataclass(frozen=True, kw_only=True)
class Schedule(Kind):
    """A factor for the learning rate, a plain function of time, with a warm-up in front.

    Time goes in ticks: epochs, or steps after `stretched`.
    """

    climbs: ClassVar[bool] = False
    """Whether it starts low by itself, and wants no warm-up."""
    listens: ClassVar[bool] = False
    """Whether it goes by the watched figure of the epochs; only a ReduceOnPlateau does."""
    leaps: ClassVar[bool] = False
    """Whether the rate stays what it is throughout an epoch in any case, but for a warm-up."""
    warmup: int = param(
        0,
        low=0,
        high=1_000_000,
        label=n_("warm-up"),
        help=n_("Epochs in which the rate climbs evenly to its full size: calms the first steps."),
    )
    by: str = param(
        "epoch",
        choices=(n_("epoch"), n_("step")),
        extra=True,
        label=n_("changes every"),
        help=n_(
            "Epoch keeps the rate until an epoch ends. Step changes it a little after every batch, "
            "which short runs need: one cycle of two epochs would otherwise have only two rates."
        ),
    )

    def idle(self) -> frozenset[str]:
        return frozenset({"by"} if self.leaps and not self.warmup else ())

    def ticks(self, steps: int) -> int:
        """Return how often the rate can change in an epoch of so many steps."""
        return steps if self.by == "step" else 1

    def stretched(self, ticks: int) -> Self:
        """Return the same course for epochs of so many ticks: its lengths are counted in them.

        What `factor` and `calls` are told and tell in epochs then is in ticks too.
        """
        return self.changed(warmup=self.warmup * ticks)

    def factor(self, epoch: int, epochs: int) -> float:
        """Return the factor in `epoch` (counted from 0) of a run of `epochs`."""
        left = self._left(epochs)
        if epoch < self.warmup:
            return (epoch + 1) / (self.warmup + 1) * self.course(0, left)
        return self.course(epoch - self.warmup, left)

    def calls(self, epochs: int, lr: float, higher: bool = False) -> tuple[Call, ...]:
        """Return the PyTorch calls that do the same, besides the optimizer whose rate is `lr`.

        None for no change; where there is a warm-up it comes first, and ends after `warmup` epochs.
        `higher` says whether the watched figure is better when it is higher.
        """
        after = self.call(self._left(epochs), lr)
        return (*self.warm_up(), *(() if after is None else (after,)))

    def warm_up(self) -> tuple[Call, ...]:
        """Return the PyTorch call of the warm-up, where there is one."""
        if not self.warmup:
            return ()
        args = {"start_factor": 1 / (self.warmup + 1), "total_iters": self.warmup}
        return (Call(f"{SCHEDULERS}:LinearLR", args),)

    def course(self, epoch: int, epochs: int) -> float:
        """Return the factor behind the warm-up, whose epochs do not count here."""
        return 1.0

    def call(self, epochs: int, lr: float) -> Call | None:
        """Return the PyTorch call of the course, None for no change."""
        return None

    def _left(self, epochs: int) -> int:
        return max(1, epochs - self.warmup)


@schedule(n_("Constant"), formula="1")
class Constant(Schedule):
    """The same rate all the way."""

    leaps: ClassVar[bool] = True


@schedule(n_("Step"), formula="γ^⌊epoch / size⌋")
class Step(Schedule):
    """Drops the rate after every few epochs (torch's StepLR)."""

    leaps: ClassVar[bool] = True
    step_size: int = param(10, low=1, high=1_000_000, help=n_("Epochs between two drops."))
    gamma: float = param(0.1, low=0.0, high=1.0, label="γ", help=_GAMMA)

    def stretched(self, ticks: int) -> Self:
        return super().stretched(ticks).changed(step_size=self.step_size * ticks)

    def course(self, epoch: int, epochs: int) -> float:
        return float(self.gamma ** (epoch // self.step_size))

    def call(self, epochs: int, lr: float) -> Call | None:
        return Call(f"{SCHEDULERS}:StepLR", {"step_size": self.step_size, "gamma": self.gamma})


def _drop(default: int) -> int:
    text = n_("Epoch of a drop; one behind the end of the run never comes.")
    drop: int = param(default, low=1, high=1_000_000, help=text)
    return drop


@schedule(n_("Multi-step"), formula="γ^(drops so far)")
class MultiStep(Schedule):
    """Drops the rate at up to three chosen epochs (torch's MultiStepLR)."""

    leaps: ClassVar[bool] = True
    first: int = _drop(10)
    second: int = _drop(20)
    third: int = _drop(30)
    gamma: float = param(0.1, low=0.0, high=1.0, label="γ", help=_GAMMA)

    def stretched(self, ticks: int) -> Self:
        first, second, third = (drop * ticks for drop in self._drops())
        return super().stretched(ticks).changed(first=first, second=second, third=third)

    def course(self, epoch: int, epochs: int) -> float:
        return float(self.gamma ** sum(epoch >= drop for drop in self._drops()))

    def call(self, epochs: int, lr: float) -> Call | None:
        args = {"milestones": self._drops(), "gamma": self.gamma}
        return Call(f"{SCHEDULERS}:MultiStepLR", args)

    def _drops(self) -> tuple[int, ...]:
        return (self.first, self.second, self.third)


@schedule(n_("Exponential"), formula="γ^epoch")
class Exponential(Schedule):
    """Shrinks the rate a little after every epoch (torch's ExponentialLR)."""

    gamma: float = param(
        0.95,
        low=0.0,
        high=1.0,
        label="γ",
        help=n_("What the rate is multiplied by after each epoch."),
    )

    def stretched(self, ticks: int) -> Self:
        return super().stretched(ticks).changed(gamma=self.gamma ** (1 / ticks))

    def course(self, epoch: int, epochs: int) -> float:
        return float(self.gamma**epoch)

    def call(self, epochs: int, lr: float) -> Call | None:
        return Call(f"{SCHEDULERS}:ExponentialLR", {"gamma": self.gamma})


@schedule(n_("Inverse time"), formula="1 / (1 + decay · epoch)")
class InverseTime(Schedule):
    """Shrinks the rate quickly at first and ever more slowly (the decay of old Keras)."""

    decay: float = param(
        0.1, low=0.0, high=1000.0, help=n_("At 1 the rate is a half, a third, a quarter, ...")
    )

    def stretched(self, ticks: int) -> Self:
        return super().stretched(ticks).changed(decay=self.decay / ticks)

    def course(self, epoch: int, epochs: int) -> float:
        return 1 / (1 + self.decay * epoch)

    def call(self, epochs: int, lr: float) -> Call | None:
        return Call("nnplay.engine.modules.inverse_time:InverseTimeLR", {"decay": self.decay})


@schedule(n_("Polynomial"), formula="(1 - epoch / epochs)^power")
class Polynomial(Schedule):
    """Falls to 0 over the whole run, evenly with power 1 (torch's PolynomialLR)."""

    power: float = param(
        1.0, low=0.1, high=10.0, help=n_("Above 1 it falls first, below 1 it falls at the end.")
    )

    def course(self, epoch: int, epochs: int) -> float:
        return float(max(0.0, 1 - epoch / epochs) ** self.power)

    def call(self, epochs: int, lr: float) -> Call | None:
        return Call(f"{SCHEDULERS}:PolynomialLR", {"total_iters": epochs, "power": self.power})


def _glide(share: float, lowest: float) -> float:
    """Return half a cosine wave from 1 down to `lowest`."""
    return lowest + (1 - lowest) * (1 + cos(pi * share)) / 2


@schedule(n_("Cosine"), formula="½ (1 + cos(π epoch / epochs))")
class Cosine(Schedule):
    """Glides from the full rate down over the whole run (torch's CosineAnnealingLR)."""

    lowest: float = param(0.0, low=0.0, high=1.0, help=_LOWEST)

    def course(self, epoch: int, epochs: int) -> float:
        return _glide(epoch / epochs, self.lowest)

    def call(self, epochs: int, lr: float) -> Call | None:
        args = {"T_max": epochs, "eta_min": self.lowest * lr}
        return Call(f"{SCHEDULERS}:CosineAnnealingLR", args)


@schedule(n_("Cosine with restarts"), formula="½ (1 + cos(π epoch in the round / its length))")
class CosineRestarts(Schedule):
    """Glides down and jumps back up, round after round (torch's CosineAnnealingWarmRestarts)."""

    first_round: int = param(10, low=1, high=1_000_000, help=n_("Epochs of the first round."))
    growth: int = param(
        1, low=1, high=10, help=n_("How many times as long as the one before each round is.")
    )
    lowest: float = param(0.0, low=0.0, high=1.0, help=_LOWEST)

    def stretched(self, ticks: int) -> Self:
        return super().stretched(ticks).changed(first_round=self.first_round * ticks)

    def course(self, epoch: int, epochs: int) -> float:
        length = self.first_round
        if self.growth == 1:
            epoch %= length
        while epoch >= length:
            epoch -= length
            length *= self.growth
        return _glide(epoch / length, self.lowest)

    def call(self, epochs: int, lr: float) -> Call | None:
        args = {"T_0": self.first_round, "T_mult": self.growth, "eta_min": self.lowest * lr}
        return Call(f"{SCHEDULERS}:CosineAnnealingWarmRestarts", args)


@schedule(n_("One cycle"), formula="from 1 / start up to 1, then down to 1 / (start · end)")
class OneCycle(Schedule):
    """Climbs to the full rate and glides down to almost nothing (torch's OneCycleLR).

    Large rates in the middle are borne because the run begins and ends gently.
    """

    climbs: ClassVar[bool] = True
    rise: float = param(0.3, low=0.0, high=1.0, help=n_("Share of the run in which it climbs."))
    start: float = param(
        25.0, low=1.0, high=1e6, help=n_("How many times smaller than the full rate it begins.")
    )
    end: float = param(
        1e4, low=1.0, high=1e9, help=n_("How many times smaller than at the start it ends.")
    )

    def course(self, epoch: int, epochs: int) -> float:
        first, last = 1 / self.start, 1 / self.start / self.end
        top, bottom = self._rise(epochs) * epochs - 1, epochs - 1
        epoch = min(epoch, bottom)
        if epoch <= top:
            return first + (1 - first) * (1 - cos(pi * epoch / top)) / 2
        return _glide((epoch - top) / (bottom - top), last)

    def call(self, epochs: int, lr: float) -> Call | None:
        args = {
            "max_lr": lr,
            "total_steps": epochs,
            "pct_start": self._rise(epochs),
            "div_factor": self.start,
            "final_div_factor": self.end,
            "cycle_momentum": False,
        }
        return Call(f"{SCHEDULERS}:OneCycleLR", args)

    def _rise(self, epochs: int) -> float:
        # A climb that ends where it begins, or with the run, makes torch divide by zero: it then
        # starts at the top, or leaves half a step for the way down.
        rise = self.rise / 2 if self.rise * epochs == 1 else self.rise
        return min(rise, 1 - 0.5 / epochs)
