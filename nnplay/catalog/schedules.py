"""The learning rate schedules: what the rate is multiplied by, epoch after epoch."""

from __future__ import annotations

from math import cos, pi

from nnplay.catalog.kind import Call, Kind, param, schedule
from nnplay.words import n_


class Schedule(Kind):
    """A factor for the learning rate, a plain function of the epoch."""

    def factor(self, epoch: int, epochs: int) -> float:
        """Return the factor in `epoch` (counted from 0) of a run of `epochs`."""
        return 1.0

    def call(self, epochs: int) -> Call | None:
        """Return the PyTorch call that does the same, besides the optimizer; None for no change."""
        return None


@schedule(n_("Constant"), formula="1")
class Constant(Schedule):
    """The same rate all the way."""


@schedule(n_("Step"), formula="γ^⌊epoch / size⌋")
class Step(Schedule):
    """Drops the rate after every few epochs (torch's StepLR)."""

    step_size: int = param(10, low=1, high=1_000_000, help=n_("Epochs between two drops."))
    gamma: float = param(
        0.1, low=0.0, high=1.0, help=n_("What the rate is multiplied by at a drop.")
    )

    def factor(self, epoch: int, epochs: int) -> float:
        return float(self.gamma ** (epoch // self.step_size))

    def call(self, epochs: int) -> Call | None:
        args = {"step_size": self.step_size, "gamma": self.gamma}
        return Call("torch.optim.lr_scheduler:StepLR", args)


@schedule(n_("Exponential"), formula="γ^epoch")
class Exponential(Schedule):
    """Shrinks the rate a little after every epoch (torch's ExponentialLR)."""

    gamma: float = param(
        0.95, low=0.0, high=1.0, help=n_("What the rate is multiplied by after each epoch.")
    )

    def factor(self, epoch: int, epochs: int) -> float:
        return float(self.gamma**epoch)

    def call(self, epochs: int) -> Call | None:
        return Call("torch.optim.lr_scheduler:ExponentialLR", {"gamma": self.gamma})


@schedule(n_("Cosine"), formula="½ (1 + cos(π epoch / epochs))")
class Cosine(Schedule):
    """Glides from the full rate to 0 over the whole run (torch's CosineAnnealingLR)."""

    def factor(self, epoch: int, epochs: int) -> float:
        return (1 + cos(pi * epoch / max(epochs, 1))) / 2

    def call(self, epochs: int) -> Call | None:
        return Call("torch.optim.lr_scheduler:CosineAnnealingLR", {"T_max": epochs})
