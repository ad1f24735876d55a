"""What several learning rates came to on the same experiment, and the word on each."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from nnplay.experiment.lr_range import GOOD
from nnplay.link.events import Scores
from nnplay.link.trace import Trace
from nnplay.translation import _, n_

ROWS = 200
"""How many points a curve has at most: each is the mean of the steps since the one before."""
Fate = Literal["best", "good", "too slow", "too large", "learns nothing", "diverged"]
_WORDS: dict[Fate, str] = {
    "best": n_("best"),
    "good": n_("good"),
    "too slow": n_("too slow"),
    "too large": n_("too large"),
    "learns nothing": n_("learns nothing"),
    "diverged": n_("diverged in step {step}"),
}


@dataclass(frozen=True)
class RateResult:
    """How one network did."""

    rate: float
    diverged: int | None
    """The step, counted from 1, in which a number of it was no longer finite; None if none was."""
    train: Scores
    """Of a comparison that was stopped, the mean over the last steps."""
    validation: Scores

    @property
    def loss(self) -> float | None:
        """What it is judged by: the validation loss, or that of the training where there is none.

        None where it diverged.
        """
        part = self.train if self.validation.loss is None else self.validation
        if self.diverged is not None or part.loss is None or not isfinite(part.loss):
            return None
        return part.loss


@dataclass(frozen=True)
class RatesResult:
    """How all of them did, by rising rate."""

    rates: tuple[RateResult, ...]
    first_loss: float
    """Before the first step, on what they are judged by."""
    steps: int
    """Taken by those that did not diverge."""
    per_epoch: int
    seconds: float
    stepper: str
    stepper_why: str
    stopped: bool
    """Whether it ended before all was done; losses are then those of the last steps."""

    @property
    def best(self) -> int | None:
        """Which of them has the lowest loss, None where none has learnt anything."""
        losses = [(one.loss, at) for at, one in enumerate(self.rates) if one.loss is not None]
        loss, at = min(losses, default=(self.first_loss, 0))
        return at if loss < self.first_loss else None

    @property
    def validates(self) -> bool:
        """Whether samples that were held back judge."""
        return any(one.validation.loss is not None for one in self.rates)

    def fate(self, at: int) -> Fate:
        """Return what happened to one of them."""
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
        """Say what happened to one of them."""
        return _(_WORDS[self.fate(at)]).format(step=self.rates[at].diverged)

    @property
    def advice(self) -> str:
        """Say in a sentence which rate to take."""
        if self.best is None:
            return _("With none of these rates the network has learnt anything.")
        rate = f"{self.rates[self.best].rate:g}"
        if self.best in (0, len(self.rates) - 1) and len(self.rates) > 1:
            return _("Best of these: {rate}, at the edge. Look further out.").format(rate=rate)
        return _("Best of these: {rate}.").format(rate=rate)


def rate_curves(count: int) -> Trace:
    """Return an empty trace for the losses of so many networks; NaN once one has diverged."""
    return Trace(("step", "epoch", *(f"loss {at}" for at in range(count))))
