"""What all learning-rate schedules have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

from nnplay.catalog.kind import Call, Kind, param
from nnplay.translation import n_

SCHEDULERS = "torch.optim.lr_scheduler"
"""The module of PyTorch's own schedulers."""
Curve = Callable[[int], float]
"""The factor in an epoch: called once per step, so it keeps only what depends on the epoch."""


@dataclass(frozen=True, kw_only=True)
class Schedule(Kind):
    """A factor of the learning rate as a function of time, after an optional warm-up.

    Time is measured in ticks: epochs, or steps after `in_ticks`.
    """

    includes_warmup: ClassVar[bool] = False
    """Whether it includes its own warm-up."""
    uses_metric: ClassVar[bool] = False
    """Whether it depends on the monitored metric; only ReduceOnPlateau does."""
    is_constant_within_epochs: ClassVar[bool] = False
    """Whether the learning rate is constant within each epoch, apart from the warm-up."""
    is_constant: ClassVar[bool] = False
    """Whether the factor is always 1 after the warm-up."""
    warmup: int = param(
        0,
        low=0,
        high=1_000_000,
        label=n_("warm-up"),
        help=n_(
            "Epochs in which the learning rate rises linearly to its full value: "
            "stabilises the first steps."
        ),
    )
    by: str = param(
        "epoch",
        choices=(n_("epoch"), n_("step")),
        extra=True,
        label=n_("update every"),
        help=n_(
            "Epoch keeps the learning rate constant within each epoch. Step changes"
            " it slightly after every batch, which short runs need: one cycle over "
            "two epochs would otherwise have only two rates."
        ),
    )

    def unused(self) -> frozenset[str]:
        return frozenset({"by"} if self.is_constant_within_epochs and not self.warmup else ())

    @property
    def spans_run(self) -> bool:
        """Whether the factor in an epoch depends on how many epochs the run has."""
        return self.factors(range(4), 8) != self.factors(range(4), 16)

    def ticks(self, steps: int) -> int:
        """Return how often the learning rate can change in an epoch of `steps` steps."""
        return steps if self.by == "step" else 1

    def in_ticks(self, ticks: int) -> Self:
        """Return the same schedule with its lengths multiplied by the number of ticks per epoch.

        `factor` and `calls` then count in ticks as well.
        """
        return self.changed(warmup=self.warmup * ticks)

    def factor(self, epoch: int, epochs: int) -> float:
        """Return the factor in `epoch` (counted from 0) of a run of `epochs` epochs."""
        return self.factors((epoch,), epochs)[0]

    def factors(self, which: Iterable[int], epochs: int) -> list[float]:
        """Return the factors in several epochs of a run of `epochs` epochs."""
        curve, warmup = self.curve(self._left(epochs)), self.warmup
        if not warmup:
            return list(map(curve, which))
        rise = curve(0) / (warmup + 1)
        return [(epoch + 1) * rise if epoch < warmup else curve(epoch - warmup) for epoch in which]

    def calls(self, epochs: int, lr: float, higher: bool = False) -> tuple[Call, ...]:
        """Return the PyTorch calls that do the same, given the learning rate `lr` of the optimizer.

        Empty for no change; a warm-up comes first and ends after `warmup` epochs. `higher` says
        whether a higher value of the monitored metric is better.
        """
        after = self.call(self._left(epochs), lr)
        return (*self.warm_up(), *(() if after is None else (after,)))

    def warm_up(self) -> tuple[Call, ...]:
        """Return the PyTorch call of the warm-up, if there is one."""
        if not self.warmup:
            return ()
        args = {"start_factor": 1 / (self.warmup + 1), "total_iters": self.warmup}
        return (Call(f"{SCHEDULERS}:LinearLR", args),)

    def curve(self, epochs: int) -> Curve:
        """Return the factor after the warm-up as a function of the epoch.

        Neither the epoch nor `epochs` includes the warm-up.
        """
        return lambda epoch: 1.0

    def call(self, epochs: int, lr: float) -> Call | None:
        """Return the PyTorch call of the schedule after the warm-up, None for no change."""
        return None

    def lines(self, epochs: int) -> tuple[str, ...]:
        """Return Python lines that compute the factor after the warm-up from `epoch`.

        They give the same digits as `curve`; a schedule that has no short formula lists its values.
        """
        curve = self.curve(epochs)
        values = ", ".join(repr(curve(epoch)) for epoch in range(epochs))
        return (f"return ({values},)[min(epoch, {epochs - 1})]",)

    def warm_up_lines(self, epochs: int) -> tuple[str, ...]:
        """Return the lines of the whole run, `epochs` long with its warm-up."""
        left = self._left(epochs)
        if not self.warmup:
            return self.lines(left)
        rise = self.curve(left)(0) / (self.warmup + 1)
        return (
            f"if epoch < {self.warmup}:  # warm-up",
            f"    return (epoch + 1) * {rise!r}",
            f"epoch -= {self.warmup}",
            *self.lines(left),
        )

    def _left(self, epochs: int) -> int:
        return max(1, epochs - self.warmup)
