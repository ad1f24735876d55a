"""Which learning rates to try side by side, and when one of them is good."""

from __future__ import annotations

from nnplay.translation import _

GOOD = 0.9
"""A rate is good that brings the loss this share of the way down that the best one does."""
MOST_RATES = 32
DECADES_BELOW, DECADES_ABOVE, COUNT = 2.0, 1.5, 8
"""What is tried around the present rate: eight rates, two for each decade."""


def fate_rule() -> str:
    """Say what the words mean."""
    return _(
        "The best rate has the lowest loss at the end, on the validation samples where there are "
        "some. Good ones bring the loss at least {share} of that way down; the others are too slow "
        "below the best rate and too large above it. A network has diverged when a number in it is "
        "no longer finite."
    ).format(share=f"{GOOD:.0%}")


def lr_range(low: float, high: float, count: int) -> tuple[float, ...]:
    """Return so many rates from `low` to `high` at equal ratios, those between in few digits."""
    ratio = (high / low) ** (1 / max(1, count - 1))
    for digits in (2, 3, 6, 17):
        between = {float(f"{low * ratio**at:.{digits}g}") for at in range(1, count - 1)}
        rates = sorted({low, high, *between})
        if len(rates) == count and rates[0] == low and rates[-1] == high:
            break
    return tuple(rates)


def ends_around(rate: float) -> tuple[float, float]:
    """Return between which rates to look when one is in use; 0 counts as 0.01."""
    middle = rate or 0.01
    low, high = middle / 10**DECADES_BELOW, middle * 10**DECADES_ABOVE
    return float(f"{low:.2g}"), float(f"{high:.2g}")
