"""Which learning rates to compare, and which of them are good."""

from __future__ import annotations

from nnplay.translation import _

GOOD = 0.9
"""A rate is good if it reduces the loss by at least this share of the best rate's reduction."""
MOST_RATES = 32
DECADES_BELOW, DECADES_ABOVE, COUNT = 2.0, 1.5, 8
"""The default range around the current rate: eight rates, about two per decade."""


def explain_terms() -> str:
    """Explain the terms used in the results."""
    return _(
        "The best learning rate has the lowest loss at the end, on the "
        "validation samples if there are any. Good ones achieve at least "
        "{share} of its reduction; lower ones are too slow, higher ones too "
        "large. A network has diverged if any of its numbers is no longer "
        "finite."
    ).format(share=f"{GOOD:.0%}")


def lr_range(low: float, high: float, count: int) -> tuple[float, ...]:
    """Return `count` rates from `low` to `high` at equal ratios, rounded to a few digits."""
    ratio = (high / low) ** (1 / max(1, count - 1))
    for digits in (2, 3, 6, 17):
        between = {float(f"{low * ratio**at:.{digits}g}") for at in range(1, count - 1)}
        rates = sorted({low, high, *between})
        if len(rates) == count and rates[0] == low and rates[-1] == high:
            break
    return tuple(rates)


def ends_around(rate: float) -> tuple[float, float]:
    """Return the range to search around the current rate; 0 counts as 0.01."""
    middle = rate or 0.01
    low, high = middle / 10**DECADES_BELOW, middle * 10**DECADES_ABOVE
    return float(f"{low:.2g}"), float(f"{high:.2g}")
