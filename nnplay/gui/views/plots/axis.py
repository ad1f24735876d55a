"""A vertical axis whose logarithmic ticks are readable at any zoom."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg

from nnplay.gui.views.plots.ticks import log_ticks

_LONGEST = 5
"""Characters that fit beside the title of the axis."""


class ValueAxis(pg.AxisItem):  # type: ignore[misc] # pyqtgraph has no annotations
    """On a logarithmic scale it labels decades, or 1, 2 and 5, or round numbers if zoomed in."""

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float | None, Sequence[float]]]:
        """Return the positions of the ticks; logarithms where the axis is logarithmic."""
        if not self.logMode:
            found: list[tuple[float | None, Sequence[float]]] = super().tickValues(
                minVal, maxVal, size
            )
            return found
        return [(None, log_ticks(min(minVal, maxVal), max(minVal, maxVal), size))]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the numbers at the ticks."""
        if not self.logMode:
            texts: list[str] = super().tickStrings(values, scale, spacing)
            if any(len(text) > _LONGEST for text in texts):
                return [_short(value * scale) for value in values]
            return texts
        return [_short(10.0**value) for value in values]


def _short(value: float) -> str:
    """Return a number that does not reach the title of the axis: `0.002`, `1e6`."""
    mantissa, sign, exponent = f"{value:.3g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if sign else mantissa
