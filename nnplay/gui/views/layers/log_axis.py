"""A logarithmic axis in a painted view."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class LogAxis:
    """From 10**low at the pixel `left` to 10**high at the pixel `right`."""

    low: int
    high: int
    left: float
    right: float

    def at(self, value: float) -> float:
        """Return the pixel of a number, that of the nearer end beyond the axis."""
        if not value > 0:
            return self.left
        return self.at_exponent(log10(value) if isfinite(value) else self.high)

    def at_exponent(self, exponent: float) -> float:
        """Return the pixel of 10**exponent."""
        share = (exponent - self.low) / (self.high - self.low)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def holds(self, value: float) -> bool:
        """Return whether a number is on the axis."""
        return 10.0**self.low <= value <= 10.0**self.high

    def ticks(self, least: float) -> tuple[int, ...]:
        """Return exponents whose labels, of a width up to `least`, do not touch each other."""
        room = (self.right - self.left) / (self.high - self.low)
        every = max(1, ceil(least / max(1.0, room)))
        # Multiples, so that labels stay at their powers when the axis grows.
        return tuple(n for n in range(self.low, self.high + 1) if n % every == 0)


def power_text(exponent: int) -> str:
    """Return a power of ten, such as `10⁻³`."""
    return "1" if exponent == 0 else "10" + str(exponent).translate(_SUPERSCRIPTS)


def decades(values: list[float], least: int = 3) -> tuple[int, int]:
    """Return exponents of powers of ten around all positive numbers, at least that far apart."""
    exponents = [log10(one) for one in values if one > 0 and isfinite(one)]
    if not exponents:
        return -least, 0
    low, high = floor(min(exponents)), ceil(max(exponents))
    return min(low, high - least), high
