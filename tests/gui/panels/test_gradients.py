"""The gradients of the layers, on the widget itself."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton

from nnplay.engine.probes.layer_statistics import LayerStatistics
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.gradients import ABOUT, GradientsPanel
from nnplay.gui.style.theme import theme
from nnplay.link import Frame


@pytest.fixture
def panel(open_panel: object) -> GradientsPanel:
    return open_panel(GradientsPanel, "plane", (640, 300))  # type: ignore[operator]


def frame_of(step: int, gradients: tuple[float, float], update: float = 1e-3) -> Frame:
    """Return a frame with two layers."""
    frame = example_run("plane").frame
    shown = frame.get(LayerStatistics)
    assert shown is not None
    layers = tuple(
        replace(layer, gradient=gradient, update=update)
        for layer, gradient in zip(shown.layers, gradients, strict=True)
    )
    statistics = replace(shown, layers=layers, step=step)
    return replace(frame, step=step, payloads={LayerStatistics: statistics})


def coloured(panel: GradientsPanel, row: int, colour: str) -> list[int]:
    """Return the columns of pixels of a colour in the middle of a row."""
    chart = panel.chart
    rows = [y for y in range(chart.height()) if chart.layer_at(y) is chart.layers[row]]
    middle = (rows[0] + rows[-1]) // 2
    image = chart.grab().toImage()
    wanted = QColor(colour).rgb()
    return [x for x in range(image.width()) if image.pixel(x, middle) == wanted]


def test_bars_are_as_long_as_the_logarithms(panel: GradientsPanel) -> None:
    panel.show_frame(frame_of(10, (1e-4, 1.0)))
    axis_left = min(coloured(panel, 0, theme().train))
    first, last = (max(coloured(panel, row, theme().train)) for row in (0, 1))
    panel.show_frame(frame_of(10, (1e-2, 1.0)))
    halfway = max(coloured(panel, 0, theme().train))
    assert first - axis_left < 5
    # The axis of 10⁻⁴ to 1 is now one of 10⁻³ to 1.
    assert halfway - axis_left == pytest.approx((last - axis_left) / 3, abs=4)


def test_updates_within_the_band_are_green(panel: GradientsPanel) -> None:
    panel.show_frame(frame_of(10, (0.1, 1.0), update=1e-3))
    assert coloured(panel, 0, theme().good) and not coloured(panel, 0, theme().error)
    middle = coloured(panel, 0, theme().good)
    panel.show_frame(frame_of(20, (0.1, 1.0), update=1e-5))
    below = coloured(panel, 0, theme().error)
    assert below and max(below) < min(middle)
    panel.show_frame(frame_of(20, (0.1, 1.0), update=1e-9))
    assert coloured(panel, 0, theme().error)  # beyond the axis, at its end


def test_what_follows_is_said_in_words(panel: GradientsPanel) -> None:
    panel.show_frame(frame_of(10, (1e-5, 0.4), update=1e-6))
    assert "1 Dense receives 1/40,000 of the gradient of 3 Dense" in panel.summary.text()
    assert "2 layers of 2 are below the healthy band" in panel.summary.text()
    assert "step 10 · 256 training samples · without regularisation" in panel.note
    described = panel.chart.accessibleDescription()
    assert "1 Dense: gradient norm 1.00e−05" in described and "3 Dense" in described
    layer = panel.chart.layer_at(panel.chart.height() / 2 - 20)
    assert layer is not None
    assert panel.chart.layer_at(0) is None
    assert panel.chart.childAt(QPoint(1, 1)) is None


def test_the_question_mark_explains_the_view(panel: GradientsPanel) -> None:
    (button,) = (one for one in panel.findChildren(QToolButton) if one.text() == "?")
    before = panel.summary.text()
    button.click()
    assert panel.summary.text() == ABOUT and ABOUT.count(". ") + ABOUT.count(": ") >= 2
    panel.show_frame(frame_of(30, (0.1, 0.4)))
    assert panel.summary.text() == ABOUT
    button.click()
    assert panel.summary.text() not in ("", ABOUT, before)


def test_lines_over_time_are_in_the_order_of_steps(panel: GradientsPanel) -> None:
    panel.show_run(example_run("plane").result.experiment)
    for step in (10, 30, 20, 30):  # as when a film is moved back and forth
        panel.show_frame(frame_of(step, (0.1 * step, 0.4)))
    seen = panel._history.seen
    assert [one.step for one in seen] == [10, 20, 30]
    assert [one.layers[0].gradient for one in seen] == [1.0, 2.0, 3.0]
    assert [one.step for one in panel._history.before(30, 2)] == [10, 20]
    panel.clear()
    assert panel.is_empty and panel._history.seen == ()


def test_many_moments_are_thinned_out(panel: GradientsPanel) -> None:
    for step in range(1, 500):
        panel.show_frame(frame_of(2000 + step, (0.1, 0.4)))
    steps = [one.step for one in panel._history.seen]
    assert 100 < len(steps) <= 240 and steps == sorted(steps)
    assert steps[-1] == 2499 and steps[0] == 1599


def test_another_network_begins_new_lines(panel: GradientsPanel) -> None:
    frame = example_run("images").frame
    panel.show_frame(frame)
    assert panel._history.seen == (frame.get(LayerStatistics),)
