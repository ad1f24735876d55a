"""The forecast of a series: how the network continues it from its own predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec
from nnplay.engine.probes.forecast import Forecast
from nnplay.gui.panel.loss_metrics import loss_metrics
from nnplay.gui.panel.plot_panel import Floats, PlotPanel
from nnplay.gui.panel.registry import panel
from nnplay.gui.views.metric_block import Metric, number
from nnplay.link import Frame
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts


@panel(
    n_("Forecast"),
    "centre",
    30,
    fits=lambda spec: spec.is_series,
    wants=(Forecast,),
    min_interval_ms=100,
)
class ForecastPanel(PlotPanel):
    """The known values, the true values that follow, and what the network predicts for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.views.plots.legend import LineLegend

        super().__init__(
            _("steps after the last known value"), _("value"), _("The series and its forecast"),
            role="small", parent=parent,
        )  # fmt: skip
        self.start = self.add_marker("border", x=0.5)
        self.known = self.add_curve("muted")
        self.target = self.add_curve("train", dashed=True)
        self.predicted = self.add_curve("fit", 3)
        self._shown: Forecast | None = None
        self.legend = LineLegend(self)
        self.set_note_widget(self.legend)
        self.add_reset_tool(_("Show the whole forecast again"))
        self.set_content(self.plot)
        self._recolour()
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Remove the forecast of other data."""
        self.clear()

    def show_frame(self, frame: Frame) -> None:
        """Draw the forecast at the step of the frame."""
        forecast = frame.get(Forecast)
        if forecast is None:
            return
        before, after = len(forecast.known), len(forecast.target)
        x = np.arange(1 - before, after + 1)
        first = self._shown is None
        if self._shown is None or forecast.target is not self._shown.target:
            self.known.setData(x[:before], forecast.known)
            # Every line starts at the last known value, so that there is no gap.
            self.target.setData(x[before - 1 :], _joined(forecast, forecast.target))
            self.home = _home_of(forecast)
        self._shown = forecast
        predicted = self.clipped(_joined(forecast, forecast.predicted))
        self.predicted.setData(x[before - 1 :], predicted)
        rmse = float(np.sqrt(np.mean((forecast.predicted - forecast.target).astype(float) ** 2)))
        of_forecast = Metric(_("RMSE of the forecast"), number(rmse))
        self.metrics.set_metrics([*loss_metrics(frame), of_forecast])
        self.set_empty("")
        if first:
            self.reset_view()

    def clear(self) -> None:
        """Remove the forecast."""
        self._shown = None
        self.metrics.set_metrics([])
        self.set_empty(_("Press Train to see how the network continues the series, step by step."))

    def _recolour(self) -> None:
        super()._recolour()
        lines = (self.known, self.target, self.predicted)
        names = (_("known"), _("true values"), _("forecast"))
        self.legend.set_lines(
            [(name, self.pen_of(line), "") for name, line in zip(names, lines, strict=True)]
        )


def _home_of(forecast: Forecast) -> QRectF:
    """Return the view of the whole series, with room above for the metrics."""
    values = np.concatenate((forecast.known, forecast.target))
    low, high = float(values.min()), float(values.max())
    height = (high - low) or 2.0
    return QRectF(-len(forecast.known), low - 0.1 * height, 1.02 * len(values), 1.6 * height)


def _joined(forecast: Forecast, values: Floats) -> Floats:
    return np.concatenate((forecast.known[-1:], values))


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(ForecastPanel))
