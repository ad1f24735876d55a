"""The losses of several seeds as a line with a band around it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.colours import mix
from nnplay.gui.views.plots.axis import ValueAxis
from nnplay.gui.views.plots.plot import Plot, plot_pen
from nnplay.gui.views.plots.value_scale import choose_scale
from nnplay.link import Band
from nnplay.translation import _

_LEFT = 58
_SHADE = 0.22
_LOG_RATIO = 30.0
"""From this ratio of the highest to the lowest loss on, few rows are enough for logarithms."""


class _BandItem:
    """A median, and the area from the minimum to the maximum."""

    def __init__(self, plot: Plot, colour: str, *, dashed: bool) -> None:
        self._colour, self._dashed = colour, dashed
        self._low, self._high = pg.PlotCurveItem(), pg.PlotCurveItem()
        self._area = pg.FillBetweenItem(self._low, self._high)
        self.line = pg.PlotCurveItem()
        for item in (self._area, self._low, self._high, self.line):
            plot.addItem(item, ignoreBounds=True)
        self.recolour()

    def show(self, band: Band, *, is_log: bool) -> None:
        """Draw a band; an empty one clears it."""
        for curve, values in (
            (self._low, band.low),
            (self._high, band.high),
            (self.line, band.median),
        ):
            curve.setData(band.epoch, np.log10(values) if is_log else values)

    def recolour(self) -> None:
        """Use the colours of the current theme."""
        look = theme()
        colour = getattr(look, self._colour)
        # Half transparent, as the bands of both parts overlap.
        shade = pg.mkColor(colour)
        shade.setAlphaF(_SHADE)
        self._area.setBrush(pg.mkBrush(shade))
        edge = pg.mkPen(mix(colour, look.surface, 0.5), width=1)
        self._low.setPen(edge)
        self._high.setPen(edge)
        self.line.setPen(plot_pen(self._colour, 2.5, self._dashed))


class SeedsPlot(Plot):
    """Training and validation loss over the epochs: median, and a band from lowest to highest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("epoch"), _("loss"), parent, y_axis=ValueAxis("left"))
        self.setAccessibleName(_("Losses of all seeds"))
        self.getViewBox().disableAutoRange()
        self.getAxis("left").setWidth(_LEFT)
        self.train = _BandItem(self, "train", dashed=False)
        self.validation = _BandItem(self, "validation", dashed=True)
        self.is_log = False
        bus.changed.connect(self._recolour_bands)

    def show_bands(self, train: Band, validation: Band) -> None:
        """Draw both bands; the axis is logarithmic where the first epochs flatten the rest."""
        both = np.concatenate([train.low, validation.low, train.high, validation.high])
        if not len(both):
            for item, band in ((self.train, train), (self.validation, validation)):
                item.show(band, is_log=False)
            return
        low, high = float(both.min()), float(both.max())
        found = choose_scale(train.median, [train.high, validation.high])
        is_steep = low > 0 and high > _LOG_RATIO * low
        self.is_log = low > 0 and (found.scale == "log" or is_steep)
        self.getAxis("left").setLogMode(x=False, y=self.is_log)
        for item, band in ((self.train, train), (self.validation, validation)):
            item.show(band, is_log=self.is_log)
        if self.is_log:
            low, high = float(np.log10(low)), float(np.log10(high))
        elif low >= 0:
            low = 0.0
        room = 0.06 * (high - low) or 0.5
        end = max(float(band.epoch[-1]) for band in (train, validation) if len(band.epoch))
        self.getViewBox().setRange(
            xRange=(0, 1.02 * end), yRange=(low - room, high + room), padding=0
        )

    def _recolour_bands(self) -> None:
        for item in (self.train, self.validation):
            item.recolour()
