"""The result of training one experiment with several learning rates, and a verdict on each."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from nnplay.experiment.lr_range import GOOD
from nnplay.link.events import Scores
from nnplay.link.trace import Trace
from nnplay.translation import _, n_

ROWS = 200
"""The most points of a curve; each is the mean over the steps since the point before."""
Verdict = Literal["best", "good", "too slow", "too large", "learns nothing", "diverged"]
_WORDS: dict[Verdict, str] = {
    "best": n_("best"),
    "good": n_("good"),
    "too slow": n_("too slow"),
    "too large": n_("too large"),
    "learns nothing": n_("learns nothing"),
    "diverged": n_("diverged in step {step}"),
}


@dataclass(frozen=True)
class RateResult:
    """The result with one learning rate."""

    rate: float
    diverged: int | None
    """The step, counted from 1, in which it stopped being finite; None if it stayed finite."""
    train: Scores
    """Where the comparison was stopped, the mean over the last steps."""
    validation: Scores

    @property
    def loss(self) -> float | None:
        """The validation loss or, without validation, the training loss; None if it diverged."""
        part = self.train if self.validation.loss is None else self.validation
        if self.diverged is not None or part.loss is None or not isfinite(part.loss):
            return None
        return part.loss


@dataclass(frozen=True)
class RatesResult:
    """The results with all learning rates, in ascending order."""

    rates: tuple[RateResult, ...]
    first_loss: float
    """The loss before the first step, on the part that they are compared by."""
    steps: int
    """The number of steps taken by those that did not diverge."""
    per_epoch: int
    seconds: float
    stepper: str
    stepper_why: str
    stopped: bool
    """Whether it ended early; the losses are then those of the last steps."""
    loss_unit: float | None = None
    """What the losses are to be multiplied by to be in the units of the data; None if they are."""

    @property
    def best(self) -> int | None:
        """The index of the lowest loss; None if no rate improved on the initial loss."""
        losses = [(one.loss, at) for at, one in enumerate(self.rates) if one.loss is not None]
        loss, at = min(losses, default=(self.first_loss, 0))
        return at if loss < self.first_loss else None

    @property
    def validates(self) -> bool:
        """Whether the rates are compared by held-out samples."""
        return any(one.validation.loss is not None for one in self.rates)

    def verdict(self, at: int) -> Verdict:
        """Return how one of them did."""
        one, best = self.rates[at], self.best
        if one.loss is None:
            return "diverged"
        if best is None:
            return "learns nothing"
        if at == best:
            return "best"
        least = self.rates[best].loss
        assert least is not None
        if self.first_loss - one.loss >= GOOD * (self.first_loss - least):
            return "good"
        return "too slow" if at < best else "too large"

    def word(self, at: int) -> str:
        """Return the verdict on one of them as text."""
        return _(_WORDS[self.verdict(at)]).format(step=self.rates[at].diverged)

    @property
    def advice(self) -> str:
        """Say in a sentence which rate is best."""
        if self.best is None:
            return _("The network learned nothing with any of these rates.")
        rate = f"{self.rates[self.best].rate:g}"
        text = _("Best: {rate}.")
        if self.best in (0, len(self.rates) - 1) and len(self.rates) > 1:
            text = _("Best: {rate}, at the edge of the range. Try a wider range.")
        return text.format(rate=rate)

    @property
    def unit_note(self) -> str:
        """Say that the losses are not in the units of the data; nothing if they are."""
        if self.loss_unit is None:
            return ""
        return _(
            "The losses are of standardised targets; times {unit:.4g} they are in data units."
        ).format(unit=self.loss_unit)


def learning_rate_curves(count: int) -> Trace:
    """Return an empty trace for the losses of `count` networks; NaN once one has diverged."""
    return Trace(("step", "epoch", *(f"loss {at}" for at in range(count))))
