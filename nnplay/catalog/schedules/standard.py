"""The learning-rate schedules: factors of the learning rate over time."""

from __future__ import annotations

from bisect import bisect_right
from math import cos, pi
from typing import ClassVar, Self

from nnplay.catalog.kind import Call, param, schedule
from nnplay.catalog.schedules.base import SCHEDULERS, Curve, Schedule
from nnplay.translation import n_

_GAMMA = n_("The factor of each drop of the learning rate.")
_LOWEST = n_("The lowest value, as a share of the learning rate.")


@schedule(n_("Constant"), formula="1")
class Constant(Schedule):
    """A constant learning rate."""

    is_constant_within_epochs: ClassVar[bool] = True
    is_constant: ClassVar[bool] = True

    def lines(self, epochs: int) -> tuple[str, ...]:
        return ("return 1.0",)


@schedule(n_("Step"), formula="γ^⌊epoch / size⌋")
class Step(Schedule):
    """Drops the learning rate at regular intervals (torch's StepLR)."""

    is_constant_within_epochs: ClassVar[bool] = True
    step_size: int = param(10, low=1, high=1_000_000, help=n_("Epochs between two drops."))
    gamma: float = param(0.1, low=0.0, high=1.0, label="γ", help=_GAMMA)

    def in_ticks(self, ticks: int) -> Self:
        return super().in_ticks(ticks).changed(step_size=self.step_size * ticks)

    def curve(self, epochs: int) -> Curve:
        gamma, size = self.gamma, self.step_size
        return lambda epoch: float(gamma ** (epoch // size))

    def lines(self, epochs: int) -> tuple[str, ...]:
        return (f"return {self.gamma!r} ** (epoch // {self.step_size})",)

    def call(self, epochs: int, lr: float) -> Call | None:
        return Call(f"{SCHEDULERS}:StepLR", {"step_size": self.step_size, "gamma": self.gamma})


def _drop(default: int) -> int:
    text = n_("Epoch of a drop; one after the end of the run has no effect.")
    drop: int = param(default, low=1, high=1_000_000, help=text)
    return drop


@schedule(n_("Multi-step"), formula="γ^(drops so far)")
class MultiStep(Schedule):
    """Drops the learning rate at up to three chosen epochs (torch's MultiStepLR)."""

    is_constant_within_epochs: ClassVar[bool] = True
    first: int = _drop(10)
    second: int = _drop(20)
    third: int = _drop(30)
    gamma: float = param(0.1, low=0.0, high=1.0, label="γ", help=_GAMMA)

    def in_ticks(self, ticks: int) -> Self:
        first, second, third = (drop * ticks for drop in self._drops())
        return super().in_ticks(ticks).changed(first=first, second=second, third=third)

    def curve(self, epochs: int) -> Curve:
        gamma, drops = self.gamma, sorted(self._drops())
        return lambda epoch: float(gamma ** bisect_right(drops, epoch))

    def lines(self, epochs: int) -> tuple[str, ...]:
        return (f"return {self.gamma!r} ** sum(epoch >= drop for drop in {self._drops()})",)

    def call(self, epochs: int, lr: float) -> Call | None:
        args = {"milestones": self._drops(), "gamma": self.gamma}
        return Call(f"{SCHEDULERS}:MultiStepLR", args)

    def _drops(self) -> tuple[int, ...]:
        return (self.first, self.second, self.third)


@schedule(n_("Exponential"), formula="γ^epoch")
class Exponential(Schedule):
    """Decreases the learning rate by the same factor after every epoch (torch's ExponentialLR)."""

    gamma: float = param(
        0.95,
        low=0.0,
        high=1.0,
        label="γ",
        help=n_("The factor of the learning rate after each epoch."),
    )

    def in_ticks(self, ticks: int) -> Self:
        return super().in_ticks(ticks).changed(gamma=self.gamma ** (1 / ticks))

    def curve(self, epochs: int) -> Curve:
        gamma = self.gamma
        return lambda epoch: float(gamma**epoch)

    def lines(self, epochs: int) -> tuple[str, ...]:
        return (f"return {self.gamma!r} ** epoch",)

    def call(self, epochs: int, lr: float) -> Call | None:
        return Call(f"{SCHEDULERS}:ExponentialLR", {"gamma": self.gamma})


@schedule(n_("Inverse time"), formula="1 / (1 + decay · epoch)")
class InverseTime(Schedule):
    """Decreases the learning rate quickly at first, then ever more slowly (as in early Keras)."""

    decay: float = param(
        0.1,
        low=0.0,
        high=1000.0,
        help=n_("At 1, the learning rate becomes a half, a third, a quarter, ..."),
    )

    def in_ticks(self, ticks: int) -> Self:
        return super().in_ticks(ticks).changed(decay=self.decay / ticks)

    def curve(self, epochs: int) -> Curve:
        decay = self.decay
        return lambda epoch: 1 / (1 + decay * epoch)

    def lines(self, epochs: int) -> tuple[str, ...]:
        return (f"return 1 / (1 + {self.decay!r} * epoch)",)

    def call(self, epochs: int, lr: float) -> Call | None:
        return Call("nnplay.engine.modules.inverse_time:InverseTimeLR", {"decay": self.decay})


@schedule(n_("Polynomial"), formula="(1 - epoch / epochs)^power")
class Polynomial(Schedule):
    """Decreases to 0 over the whole run, linearly for power 1 (torch's PolynomialLR)."""

    power: float = param(
        1.0, low=0.1, high=10.0, help=n_("Above 1 most of the decrease comes early, below 1 late.")
    )

    def curve(self, epochs: int) -> Curve:
        power = self.power
        return lambda epoch: float(max(0.0, 1 - epoch / epochs) ** power)

    def lines(self, epochs: int) -> tuple[str, ...]:
        return (f"return max(0.0, 1 - epoch / {epochs}) ** {self.power!r}",)

    def call(self, epochs: int, lr: float) -> Call | None:
        return Call(f"{SCHEDULERS}:PolynomialLR", {"total_iters": epochs, "power": self.power})


def _glide(share: float, lowest: float) -> float:
    """Return half a cosine wave from 1 down to `lowest`."""
    return lowest + (1 - lowest) * (1 + cos(pi * share)) / 2


def _glide_text(share: str, lowest: float) -> str:
    """Return the expression of `_glide`."""
    wave = f"(1 + math.cos(math.pi * ({share}))) / 2"
    return f"{lowest!r} + {1 - lowest!r} * {wave}" if lowest else wave


@schedule(n_("Cosine"), formula="½ (1 + cos(π epoch / epochs))")
class Cosine(Schedule):
    """Decreases from the full rate along half a cosine wave (torch's CosineAnnealingLR)."""

    lowest: float = param(0.0, low=0.0, high=1.0, help=_LOWEST)

    def curve(self, epochs: int) -> Curve:
        lowest = self.lowest
        return lambda epoch: _glide(epoch / epochs, lowest)

    def lines(self, epochs: int) -> tuple[str, ...]:
        return (f"return {_glide_text(f'epoch / {epochs}', self.lowest)}",)

    def call(self, epochs: int, lr: float) -> Call | None:
        args = {"T_max": epochs, "eta_min": self.lowest * lr}
        return Call(f"{SCHEDULERS}:CosineAnnealingLR", args)


@schedule(n_("Cosine with restarts"), formula="½ (1 + cos(π epoch in the round / its length))")
class CosineRestarts(Schedule):
    """Cosine decay with repeated jumps back up (torch's CosineAnnealingWarmRestarts)."""

    first_round: int = param(10, low=1, high=1_000_000, help=n_("Epochs before the first restart."))
    growth: int = param(
        1, low=1, high=10, help=n_("How many times longer each cycle is than the previous one.")
    )
    lowest: float = param(0.0, low=0.0, high=1.0, help=_LOWEST)

    def in_ticks(self, ticks: int) -> Self:
        return super().in_ticks(ticks).changed(first_round=self.first_round * ticks)

    def curve(self, epochs: int) -> Curve:
        first, growth, lowest = self.first_round, self.growth, self.lowest

        def factor(epoch: int) -> float:
            length = first
            if growth == 1:
                epoch %= length
            while epoch >= length:
                epoch -= length
                length *= growth
            return _glide(epoch / length, lowest)

        return factor

    def lines(self, epochs: int) -> tuple[str, ...]:
        formula = f"return {_glide_text('epoch / length', self.lowest)}"
        if self.growth == 1:
            return (f"length = {self.first_round}", "epoch %= length", formula)
        return (
            f"length = {self.first_round}",
            "while epoch >= length:",
            "    epoch -= length",
            f"    length *= {self.growth}",
            formula,
        )

    def call(self, epochs: int, lr: float) -> Call | None:
        args = {"T_0": self.first_round, "T_mult": self.growth, "eta_min": self.lowest * lr}
        return Call(f"{SCHEDULERS}:CosineAnnealingWarmRestarts", args)


@schedule(n_("One cycle"), formula="from 1 / start up to 1, then down to 1 / (start · end)")
class OneCycle(Schedule):
    """Rises to the full learning rate, then decreases to almost nothing (torch's OneCycleLR).

    High rates in the middle are tolerated because the run starts and ends gently.
    """

    includes_warmup: ClassVar[bool] = True
    rise: float = param(
        0.3, low=0.0, high=1.0, help=n_("Share of the run in which the learning rate rises.")
    )
    start: float = param(
        25.0, low=1.0, high=1e6, help=n_("Full learning rate divided by the initial one.")
    )
    end: float = param(
        1e4, low=1.0, high=1e9, help=n_("Initial learning rate divided by the final one.")
    )

    def curve(self, epochs: int) -> Curve:
        first, last = 1 / self.start, 1 / self.start / self.end
        top, bottom = self._rise(epochs) * epochs - 1, epochs - 1

        def factor(epoch: int) -> float:
            epoch = min(epoch, bottom)
            if epoch <= top:
                return first + (1 - first) * (1 - cos(pi * epoch / top)) / 2
            return _glide((epoch - top) / (bottom - top), last)

        return factor

    def lines(self, epochs: int) -> tuple[str, ...]:
        first, last = 1 / self.start, 1 / self.start / self.end
        top, bottom = self._rise(epochs) * epochs - 1, epochs - 1
        rise = f"{first!r} + {1 - first!r} * (1 - math.cos(math.pi * epoch / {top!r})) / 2"
        fall = _glide_text(f"(epoch - {top!r}) / {bottom - top!r}", last)
        return (
            f"epoch = min(epoch, {bottom})",
            f"if epoch <= {top!r}:",
            f"    return {rise}",
            f"return {fall}",
        )

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
        # torch divides by zero if the rise ends at its first step or with the run: then the
        # schedule starts at the top, or leaves half a step for the descent.
        rise = self.rise / 2 if self.rise * epochs == 1 else self.rise
        return min(rise, 1 - 0.5 / epochs)
