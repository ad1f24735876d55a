"""A series drawn forward: how the network goes on, fed its own answers, beside what came."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts
from nnplay.engine.probes.forecast import Forecast
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.roles import FORECAST, Role
from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.metric_block import Figure, MetricBlock, number
from nnplay.gui.views.plots.legend import LineLegend
from nnplay.gui.views.plots.plot import Plot
from nnplay.link import Frame, PayloadKind
from nnplay.translation import _

_WIDTH = 2


class ForecastPanel(Panel):
    """What came before, what came next, and what the network says came next."""

    role: ClassVar[Role] = FORECAST
    wants: ClassVar[frozenset[PayloadKind]] = frozenset({Forecast})
    min_interval_ms: ClassVar[int] = 100

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_(self.role.heading), parent)
        self.plot = Plot(_("steps from where the forecast starts"), _("value"), self)
        self.plot.setAccessibleName(_("The series with its forecast"))
        self.known, self.target, self.predicted = (
            pg.PlotCurveItem(skipFiniteCheck=True) for _line in range(3)
        )
        self.start = pg.InfiniteLine(0.5, angle=90, movable=False)
        for item in (self.start, self.known, self.target, self.predicted):
            self.plot.addItem(item, ignoreBounds=True)
        self.figures = MetricBlock(self.plot, role="small")
        self.plot.area_changed.connect(self.figures.set_area)
        self._home = QRectF(-1, -1, 2, 2)
        self._shown: Forecast | None = None
        self.key = LineLegend(self)
        self.set_note_widget(self.key)
        self.add_tool(
            _("Reset view"), _("Show the whole forecast again"), self.reset_view,
            key="A", icon="whole",
        )  # fmt: skip
        self.set_content(self.plot)
        bus.changed.connect(self._recolour)
        self._recolour()
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Forget the series before."""
        self.clear()

    def show_frame(self, frame: Frame) -> None:
        """Draw the forecast of this moment."""
        forecast = frame.get(Forecast)
        if forecast is None:
            return
        before, after = len(forecast.known), len(forecast.target)
        x = np.arange(1 - before, after + 1)
        if self._shown is None or forecast.target is not self._shown.target:
            self.known.setData(x[:before], forecast.known)
            # Each line starts where the known values end, so that nothing gapes.
            self.target.setData(x[before - 1 :], _joined(forecast, forecast.target))
            self._find_home(forecast)
        first = self._shown is None
        self._shown = forecast
        told = _joined(forecast, forecast.predicted)
        # Far outside there is nothing to see, and a painter's coordinates would overflow.
        far = 1000 * self._home.height()
        middle = self._home.center().y()
        told = np.clip(np.where(np.isfinite(told), told, middle + far), middle - far, middle + far)
        self.predicted.setData(x[before - 1 :], told)
        self.figures.set_metrics(self._figures_of(frame, forecast))
        self.set_empty("")
        if first:
            self.reset_view()

    def clear(self) -> None:
        """Forget the forecast."""
        self._shown = None
        self.figures.set_metrics([])
        self.set_empty(
            _("Press Train to see how the network goes on with the series, step by step.")
        )

    def reset_view(self) -> None:
        """Show the series with room above and below."""
        self.plot.getViewBox().setRange(self._home, padding=0)

    def _find_home(self, forecast: Forecast) -> None:
        values = np.concatenate((forecast.known, forecast.target))
        low, high = float(values.min()), float(values.max())
        tall = (high - low) or 2.0
        before, after = len(forecast.known), len(forecast.target)
        wide = before + after
        # The figures have the room above to themselves.
        self._home = QRectF(-before, low - 0.1 * tall, 1.02 * wide, 1.6 * tall)

    @staticmethod
    def _figures_of(frame: Frame, forecast: Forecast) -> list[Figure]:
        off = (forecast.predicted - forecast.target).astype(np.float64)
        rmse = float(np.sqrt(np.mean(off**2)))
        return [
            Figure(_("loss"), number(frame.loss)),
            Figure(_("RMSE of the forecast"), number(rmse)),
        ]

    def _recolour(self) -> None:
        look = theme()
        pens = (
            pg.mkPen(look.muted, width=_WIDTH),
            pg.mkPen(look.train, width=_WIDTH, style=Qt.PenStyle.DashLine),
            pg.mkPen(look.fit, width=_WIDTH + 1),
        )
        lines = (self.known, self.target, self.predicted)
        names = (_("known"), _("what came next"), _("forecast"))
        for line, pen in zip(lines, pens, strict=True):
            line.setPen(pen)
        self.start.setPen(pg.mkPen(look.border, width=1))
        self.key.set_lines([(name, pen, "") for name, pen in zip(names, pens, strict=True)])


def _joined(forecast: Forecast, values: np.ndarray[tuple[int], np.dtype[np.float32]]) -> np.ndarray:
    return np.concatenate((forecast.known[-1:], values))


if __name__ == "__main__":
    from nnplay.gui.panels.preview import main

    raise SystemExit(main(ForecastPanel))
