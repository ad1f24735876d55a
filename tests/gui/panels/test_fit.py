"""The fit: all points, the current curve, its metrics, and a view that can be reset."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot

from nnplay.catalog import MNIST, Line, Spiral
from nnplay.data.arrays import Parts, Samples
from nnplay.engine.probes.fit import FitCurve
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.fit import FitPanel
from nnplay.gui.style import theme
from nnplay.link import Frame, Progress


def frame(
    y: list[float], *, step: int = 7, epoch: float = 3.5, weight: float | None = 2.0
) -> Frame:
    progress = Progress(step, 10, epoch, 5, 1.0, 1.0, 1.0)
    x = np.array([-1.0, 0.0, 1.0], dtype=np.float32)
    bias = None if weight is None else -0.5
    fit = FitCurve(x, np.array(y, dtype=np.float32), weight, bias)
    return Frame(1, step, progress, 0.25, 0.1, {FitCurve: fit})


def metrics(panel: FitPanel) -> dict[str, str]:
    return {metric.name: metric.value for metric in panel.metrics.metrics}


def test_fits_curves_only() -> None:
    assert FitPanel.fits(Line().spec())
    assert not FitPanel.fits(Spiral().spec())
    assert not FitPanel.fits(MNIST().spec())


def test_shows_the_points_of_all_parts(open_panel) -> None:
    panel = open_panel(FitPanel)
    pieces = [np.full((n, 1), n, dtype=np.float32) for n in (3, 2, 1)]
    panel.show_data(Line().spec(), Parts(*(Samples(p, p) for p in pieces)))
    assert panel.points._x.tolist() == [3, 3, 3, 2, 2, 1]
    assert panel.note == "6 points"
    assert panel.empty_text == ""


def test_draws_the_curve_and_its_metrics(open_panel) -> None:
    panel = open_panel(FitPanel, "curve")
    panel.show_frame(frame([-2.5, -0.5, 1.5]))
    np.testing.assert_allclose(panel.curve.getData(), [[-1, 0, 1], [-2.5, -0.5, 1.5]])
    assert metrics(panel) == {
        "loss": "0.2500", "weight": "2.000", "bias": "−0.5000", "epoch": "3.50", "step": "7",
    }  # fmt: skip
    curve = panel.curve
    panel.show_frame(frame([0, 0, 0], weight=None))
    assert panel.curve is curve
    assert set(metrics(panel)) == {"loss", "epoch", "step"}


def test_full_batch_counts_once(open_panel) -> None:
    panel = open_panel(FitPanel, "curve")
    panel.show_frame(frame([0, 0, 0], step=1200, epoch=1200.0))
    assert metrics(panel)["epoch"] == "1,200"
    assert "step" not in metrics(panel)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_curve_that_is_not_finite_is_not_drawn(value: float, open_panel) -> None:
    panel = open_panel(FitPanel, "curve")
    panel.show_frame(frame([0, value, 0], weight=float("nan")))
    assert panel.curve.getData()[0] is None or not len(panel.curve.getData()[0])
    assert metrics(panel)["weight"] == "–"
    panel.grab()


def test_a_curve_of_huge_values_can_be_painted(open_panel) -> None:
    panel = open_panel(FitPanel, "curve")
    panel.show_frame(frame([-3e38, 0, 3e38]))
    assert np.abs(panel.curve.getData()[1]).max() < 1e5
    panel.grab()


def test_clear_keeps_the_points(open_panel) -> None:
    panel = open_panel(FitPanel, "curve")
    panel.clear()
    assert panel.points._x.size == 100_000
    assert not len(panel.curve.xData)
    assert "Press Train" in panel.metrics.metrics[0].name


def test_a_key_resets_the_view(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(FitPanel, "curve")
    home = panel.plot.getViewBox().viewRect()
    assert home.contains(QRectF(-3, -3, 6, 7.2))
    panel.plot.setRange(QRectF(0, 0, 1, 1), padding=0)
    panel.plot.setFocus()
    qtbot.waitUntil(panel.plot.hasFocus)
    qtbot.keyClick(panel.plot, Qt.Key.Key_A)
    assert panel.plot.getViewBox().viewRect() == home


def test_a_frame_leaves_the_view_alone(open_panel) -> None:
    panel = open_panel(FitPanel, "curve")
    panel.plot.setRange(QRectF(0, 0, 1, 1), padding=0)
    panel.show_frame(frame([-90, 0, 90]))
    assert panel.plot.getViewBox().viewRect() == QRectF(0, 0, 1, 1)


@pytest.mark.parametrize(("slope", "corner"), [(1.0, "top-left"), (-1.0, "top-right")])
def test_metrics_are_where_fewer_points_are(slope: float, corner: str, open_panel) -> None:
    panel = open_panel(FitPanel)
    x = np.linspace(-3, 3, 500, dtype=np.float32)
    panel.show_points(x, np.float32(slope) * x)
    panel.grab()
    middle = panel.metrics.geometry().center().x()
    assert (middle < panel.plot.width() / 2) == (corner == "top-left")


def test_colours_follow_the_theme(open_panel) -> None:
    panel = open_panel(FitPanel, "curve")
    for look in (theme.DARK, theme.LIGHT):
        theme.apply(look)
        assert panel.curve.opts["pen"].color().name() == look.fit
        density = panel.grab().toImage()
        assert any(
            density.pixelColor(x, y).name() == look.points
            for x in range(density.width())
            for y in range(density.height())
        )


def test_accepts_the_frames_of_the_trainer(open_panel) -> None:
    assert FitPanel.entry.wants == {FitCurve}
    panel = open_panel(FitPanel, "curve")
    assert metrics(panel)["weight"] == "0.8134"
    assert example_run("curve").frame.payloads[FitCurve].weight == 0.8134


def test_a_loss_of_standardised_targets_is_shown_in_both_units(open_panel) -> None:
    panel = open_panel(FitPanel, "curve")
    panel.show_frame(replace(frame([0, 0, 0], weight=None), loss_unit=300.0))
    shown = metrics(panel)
    assert (shown["loss"], shown["in data units"]) == ("0.2500", "75.00")
