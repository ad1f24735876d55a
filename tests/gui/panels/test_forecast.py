"""The forecast as drawn: from the last known value on, with its error as a metric."""

from dataclasses import replace

import numpy as np

from nnplay.catalog import Line, Parity, Spiral, Wave
from nnplay.engine.probes.forecast import Forecast
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.forecast import ForecastPanel


def test_lines_start_where_the_known_values_end(open_panel) -> None:
    panel = open_panel(ForecastPanel, "series")
    payload = example_run("series").frame.payloads[Forecast]
    assert isinstance(payload, Forecast)
    x, y = panel.known.getData()
    assert (x[-1], len(x)) == (0, len(payload.known))
    np.testing.assert_array_equal(y, payload.known)
    for line, values in ((panel.target, payload.target), (panel.predicted, payload.predicted)):
        x, y = line.getData()
        assert (x[0], y[0]) == (0, payload.known[-1])
        assert x[-1] == len(values)
        np.testing.assert_array_equal(y[1:], values)
    metrics = {metric.name: metric.value for metric in panel.metrics.metrics}
    rmse = float(np.sqrt(np.mean((payload.predicted.astype(float) - payload.target) ** 2)))
    assert metrics["RMSE of the forecast"] == f"{rmse:#.4g}"


def test_a_diverging_forecast_can_be_shown(open_panel) -> None:
    panel = open_panel(ForecastPanel, "series")
    frame = example_run("series").frame
    payload = frame.payloads[Forecast]
    assert isinstance(payload, Forecast)
    diverging = payload.predicted.copy()
    diverging[3:6], diverging[6:] = 1e30, np.inf
    panel.show_frame(replace(frame, payloads={Forecast: replace(payload, predicted=diverging)}))
    panel.grab()
    assert np.isfinite(panel.predicted.getData()[1]).all()
    assert np.abs(panel.predicted.getData()[1]).max() < 1e5
    values = {metric.name: metric.value for metric in panel.metrics.metrics}
    assert values["RMSE of the forecast"] == "–"


def test_it_is_for_series_only() -> None:
    assert ForecastPanel.fits(Wave().spec())
    for data in (Line(), Spiral(), Parity()):
        assert not ForecastPanel.fits(data.spec())
