"""The small plot: round ticks, what it draws, the values under the mouse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from nnplay.gui.style import theme
from nnplay.gui.views.plots.small_plot import Line, Scale, SmallPlot, ticks

X = np.linspace(0, 10, 11)


@given(
    low=st.floats(-1e6, 1e6),
    width=st.floats(1e-3, 1e6),
    most=st.integers(2, 12),
)
def test_ticks_are_few_and_even_and_inside(low: float, width: float, most: int) -> None:
    found = ticks(low, low + width, most)
    assert 2 <= len(found) <= max(most, 6)
    gaps = np.diff(found)
    np.testing.assert_allclose(gaps, gaps[0], rtol=1e-6, atol=1e-9 * abs(low))
    assert found[0] >= low - 1e-6 * (width + abs(low))
    assert found[-1] <= low + width + 1e-6 * (width + abs(low))


def test_ticks_are_round() -> None:
    assert ticks(0, 20, 5) == [0, 5, 10, 15, 20]
    assert ticks(-4.2, 4.2, 3) == [-4, -2, 0, 2, 4]


@pytest.fixture
def plot(qtbot: QtBot) -> SmallPlot:
    plot = SmallPlot("epoch")
    qtbot.addWidget(plot)
    plot.resize(300, 112)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def pixels(plot: SmallPlot, colour: str) -> set[tuple[int, int]]:
    picture, rgb = plot.grab().toImage(), QColor(colour).rgb()
    across, down = range(picture.width()), range(picture.height())
    return {(x, y) for x in across for y in down if picture.pixel(x, y) == rgb}


def test_a_line_rises_where_its_numbers_do(plot: SmallPlot) -> None:
    plot.show_lines([Line("rate", X, X, "accent")], Scale((0, 10), (0, 10)))
    found = {point for point in pixels(plot, theme.theme().accent) if point[1] > 30}
    left, right = min(found), max(found)
    assert left[1] > right[1] + 40 and right[0] > left[0] + 150


def test_a_missing_number_breaks_the_line(plot: SmallPlot) -> None:
    y = np.where(X == 5, np.nan, 5.0)
    plot.show_lines([Line("rate", X, y, "accent")], Scale((0, 10), (0, 10)))
    columns = {x for x, y in pixels(plot, theme.theme().accent) if y > 30}
    gap = [x for x in range(min(columns), max(columns)) if x not in columns]
    assert 20 < len(gap) < 80


def test_decades_are_evenly_apart_on_a_log_axis(plot: SmallPlot) -> None:
    lines = [Line("rate", X, np.full(11, value), "accent") for value in (0.01, 0.1, 1.0)]
    plot.show_lines(lines, Scale((0, 10), (0.001, 10), log=True))
    middle = {y for x, y in pixels(plot, theme.theme().accent) if x == 290 and y > 20}
    rows = sorted(y for y in middle if y - 1 not in middle)
    assert len(rows) == 3 and abs((rows[1] - rows[0]) - (rows[2] - rows[1])) <= 1


def test_values_under_the_mouse_are_shown(plot: SmallPlot) -> None:
    plot.show_lines(
        [Line("planned", X, X, "muted"), Line("this run", X[:5], 2 * X[:5], "accent")],
        Scale((0, 10), (0, 10)),
    )
    assert plot.values_at(0) == ""
    area_right = plot.width() - theme.SPACE
    assert plot.values_at(area_right - 1).startswith("epoch 9.9")
    assert "this run" not in plot.values_at(area_right - 1)
    near = plot.values_at(area_right - 200)
    assert "planned" in near and "this run" in near


def test_it_follows_the_theme(plot: SmallPlot) -> None:
    plot.show_lines([Line("rate", X, X, "accent")], Scale((0, 10), (0, 10)), marker=4.0)
    theme.apply(theme.DARK)
    assert pixels(plot, theme.DARK.accent)
    theme.apply(theme.LIGHT)
    assert pixels(plot, theme.LIGHT.accent)
