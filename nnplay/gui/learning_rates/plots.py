"""Two plots of several learning rates: the loss over the steps, and the final losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log10, nan

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from nnplay.gui.forms.numbers import write_rounded
from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.colours import ramp
from nnplay.gui.views.metric_block import number
from nnplay.gui.views.plots.axis import ValueAxis
from nnplay.gui.views.plots.curve_plot import CurvePlot
from nnplay.gui.views.plots.long_line import LineStyle
from nnplay.gui.views.plots.plot import BOTTOM, Plot
from nnplay.translation import _

_THIN, _WIDE = 1.5, 3.0
_HIGHER = 3.0
"""The largest loss shown, in multiples of the first: a diverging one would flatten the others."""
_LEFT = 52
_DECADES = 8.0


def colours_in_order(count: int) -> list[str]:
    """Return `count` colours of the current theme, ordered by lightness, as #rrggbb."""
    table = ramp(theme().sequence, max(2, count))[:count]
    return ["#" + bytes(colour.tolist()).hex() for colour in table]


def _number_axes(plot: Plot, numbered: bool) -> None:
    """Show the numbers of the axes, or hide them while nothing is plotted."""
    for side in ("left", "bottom"):
        plot.getAxis(side).setStyle(showValues=numbered)


class RateCurves(CurvePlot):
    """The loss of each network over the steps, on a logarithmic scale."""

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        styles = [LineStyle(name, _THIN) for name in names]
        self._chosen: int | None = None
        super().__init__(_("training loss"), styles, shares=False, parent=parent)
        self.setAccessibleName(_("Loss of each network"))
        _number_axes(self, False)
        self.set_scale("log")
        self._recolour_lines()

    def show_rows(self, rows: npt.NDArray[np.float64]) -> None:
        """Draw all rows, each of a step, its epoch and the losses of all networks."""
        if not len(rows):
            return
        _number_axes(self, True)
        losses = rows[:, 2:]
        if self.ceiling == inf and np.isfinite(losses[0]).any():
            # All networks start alike, except for one that diverges in the first step.
            first = float(np.nanmin(losses[0]))
            self.ceiling = first + (_HIGHER - 1) * abs(first)
        if self.log and (losses <= 0).any():
            self.set_scale("linear")
        for line, own in zip(self.lines, losses.T, strict=True):
            line.show(rows[:, 1], rows[:, 0], own)
        self.refresh()

    def choose(self, at: int | None) -> None:
        """Highlight one of the lines."""
        self._chosen = at
        self._recolour_lines()

    def _recolour_lines(self) -> None:
        super()._recolour_lines()
        for at, (line, colour) in enumerate(
            zip(self.lines, colours_in_order(len(self.lines)), strict=True)
        ):
            line.set_colour(colour, theme().surface)
            line.curve.set_pen(pg.mkPen(colour, width=_WIDE if at == self._chosen else _THIN))
            line.curve.setZValue(1 if at == self._chosen else 0)


@dataclass(frozen=True)
class RatePoint:
    """A learning rate and its final loss, None where that is not finite."""

    rate: float
    loss: float | None


class RateAxis(ValueAxis):
    """A horizontal axis, on which numbers need more room."""

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float | None, Sequence[float]]]:
        """Return the positions of the ticks."""
        return super().tickValues(minVal, maxVal, size / 2)


class RateLosses(Plot):
    """The final loss over the rate, both on logarithmic scales; the minimum is sought."""

    chosen = Signal(int)
    """The point that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("learning rate"), _("loss at the end"), parent, y_axis=ValueAxis("left"))
        self.setAccessibleName(_("Final loss over the learning rate"))
        self.setAxisItems({"bottom": RateAxis("bottom")})
        self.getAxis("bottom").enableAutoSIPrefix(False)
        self.getAxis("bottom").setHeight(BOTTOM)
        self.getAxis("bottom").setLogMode(x=True, y=False)
        self.plotItem.showGrid(x=True, y=True, alpha=0.18)
        self.getAxis("left").setLogMode(x=False, y=True)
        self.getAxis("left").setWidth(_LEFT)
        self.getViewBox().disableAutoRange()
        self.line = pg.PlotCurveItem()
        self.points = pg.ScatterPlotItem(pxMode=True, hoverable=True, tip=self._tip)
        self.addItem(self.line, ignoreBounds=True)
        self.addItem(self.points, ignoreBounds=True)
        self._shown: tuple[RatePoint, ...] = ()
        self._best: int | None = None
        self._chosen: int | None = None
        self.points.sigClicked.connect(self._clicked)
        self.recolour()
        self._draw()
        bus.changed.connect(self._draw)

    def show_part(self, validates: bool) -> None:
        """Label the axis; `validates` says whether the losses are those of the validation set."""
        self.set_title("left", _("final validation loss") if validates else _("final loss"))

    def show_points(self, points: Sequence[RatePoint], best: int | None) -> None:
        """Draw a point for each rate, a ring around the best, and a cross for a loss of None."""
        if (tuple(points), best) != (self._shown, self._best):
            self._shown, self._best = tuple(points), best
            self._draw()

    def choose(self, at: int | None) -> None:
        """Highlight one of the points."""
        self._chosen = at
        self._draw()

    @Slot()
    def _draw(self) -> None:
        _number_axes(self, bool(self._shown))
        if not self._shown:
            self.line.setData([], [])
            self.points.setData([])
            return
        known = [one.loss for one in self._shown if one.loss is not None]
        # Some losses are negative, without a logarithm.
        is_log = all(loss > 0 for loss in known)
        self.getAxis("left").setLogMode(x=False, y=is_log)
        raw = [nan if one.loss is None else one.loss for one in self._shown]
        heights = np.log10(raw) if is_log else np.array(raw)
        whole = np.isfinite(heights)
        low, high = (heights[whole].min(), heights[whole].max()) if whole.any() else (-1.0, 0.0)
        if is_log:
            high = min(high, low + _DECADES)  # a network that far off is as good as diverged
        heights = np.minimum(heights, high)
        room = max(0.08 * (high - low), 0.04)
        top = high + 2 * room
        across = [log10(one.rate) for one in self._shown]
        look = theme()
        self.line.setData(np.array(across), heights, connect="finite")
        self.line.setPen(pg.mkPen(look.muted, width=1.5))
        spots = []
        for at, colour in enumerate(colours_in_order(len(self._shown))):
            is_best, is_chosen = at == self._best, at == self._chosen
            ring = look.good if is_best else look.text if is_chosen else look.surface
            spots.append(
                {
                    "pos": (across[at], heights[at] if whole[at] else top),
                    "data": at,
                    "symbol": "o" if whole[at] else "x",
                    "size": 9 + 4 * is_best + 4 * is_chosen,
                    "brush": QColor(colour),
                    "pen": pg.mkPen(ring, width=2.5 if is_best or is_chosen else 1),
                }
            )
        self.points.setData(spots)
        wide = max(0.05 * (across[-1] - across[0]), 0.1)
        self.getViewBox().setRange(
            xRange=(across[0] - wide, across[-1] + wide),
            yRange=(low - room, top + room),
            padding=0,
        )

    def _tip(self, x: float, y: float, data: int) -> str:
        """Return the values of the point under the mouse."""
        point = self._shown[data]
        rate = _("learning rate {rate}").format(rate=write_rounded(point.rate, 6))
        return rate + "\n" + _("loss {loss}").format(loss=number(point.loss))

    def _clicked(self, _item: object, spots: Sequence[pg.SpotItem], *_event: object) -> None:
        if len(spots):
            self.chosen.emit(int(spots[0].data()))
