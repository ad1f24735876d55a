"""A vertical axis whose logarithmic ticks are readable at any zoom."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg

from nnplay.gui.views.plots.ticks import log_ticks


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
            return texts
        return [f"{10.0**value:.3g}" for value in values]
