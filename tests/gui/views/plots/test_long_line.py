"""A line finds the nearest row and draws only the visible part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from nnplay.gui.views.plots.long_line import LineStyle, PlotLine
from nnplay.gui.views.plots.plot import Plot


@pytest.fixture(scope="module")
def plot(qapp: object):
    made = Plot("x", "y")
    yield made
    made.close()
    made.deleteLater()


def series_of(plot: Plot, steps: np.ndarray, values: np.ndarray) -> PlotLine:
    line = PlotLine(LineStyle("loss", 1), plot)
    line.show(steps / 10, steps, values)
    return line


@given(
    steps=st.lists(st.integers(1, 500), min_size=1, max_size=40, unique=True).map(sorted),
    at=st.floats(-10, 600),
)
def test_nearest_is_the_nearest(plot: Plot, steps: list[int], at: float) -> None:
    line = series_of(plot, np.array(steps, dtype=float), np.array(steps, dtype=float) * 2)
    found = line.nearest("step", at)
    assert found is not None
    assert abs(found[0] - at) == min(abs(step - at) for step in steps)
    assert found[1] == 2 * found[0]


def test_nearest_of_nothing_and_of_a_gap(plot: Plot) -> None:
    assert series_of(plot, np.empty(0), np.empty(0)).nearest("step", 3) is None
    assert series_of(plot, np.array([1.0]), np.array([np.nan])).nearest("step", 3) is None


@given(low=st.floats(0, 9000), width=st.floats(1, 9000), pixels=st.integers(50, 900))
def test_the_envelope_holds_every_value_in_view(
    plot: Plot, low: float, width: float, pixels: int
) -> None:
    steps = np.arange(1, 10_001, dtype=float)
    values = np.random.default_rng(1).normal(size=len(steps))
    x, y = series_of(plot, steps, values).envelope("step", low, low + width, pixels)
    assert len(x) <= 2 * pixels + 4
    inside = values[(steps >= low) & (steps <= low + width)]
    if len(inside):
        assert y.min() <= inside.min()
        assert y.max() >= inside.max()
    # The line reaches the edges of the view.
    assert x[0] <= max(low, 1)


def test_a_logarithmic_axis_leaves_out_non_positive_values(plot: Plot, qtbot: QtBot) -> None:
    line = series_of(plot, np.arange(4.0), np.array([0.0, -1.0, 10.0, 1000.0]))
    line.draw("step", 0, 4, 100, log=True)
    np.testing.assert_array_equal(line.curve.points[1], [np.nan, np.nan, 1, 3])


def test_an_empty_line_is_not_painted(plot: Plot) -> None:
    steps = np.arange(200.0)
    line = PlotLine(LineStyle("loss", 1, mark="o"), plot)
    assert not line.marks.isVisible()
    line.show(steps[:3] / 10, steps[:3], steps[:3])
    line.draw("step", 0, 3, 100, log=False)
    assert line.marks.isVisible()
    line.show(steps / 10, steps, steps)
    line.draw("step", 0, 200, 100, log=False)
    assert not line.marks.isVisible(), "marks would touch each other"
    missing = series_of(plot, steps, np.full(200, np.nan))
    missing.draw("step", 0, 200, 100, log=False)
    assert not len(missing.curve.points[0])
