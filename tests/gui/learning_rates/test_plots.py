"""The two plots of learning rates: what they draw for known numbers."""

from math import log10

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnplay.gui.learning_rates.plots import RateCurves, RateLosses, RatePoint, colours_in_order
from nnplay.gui.style import theme
from nnplay.gui.views.colours import contrast, luminance

ROWS = np.array(
    [[1, 0.5, 2.0, 2.0, 2.0], [2, 1.0, 1.0, 40.0, 1.5], [3, 1.5, 0.5, 1e30, np.nan]], float
)


@pytest.fixture
def curves(qtbot: QtBot) -> RateCurves:
    made = RateCurves(("0.1", "1", "10"))
    qtbot.addWidget(made)
    made.resize(400, 300)
    return made


def test_curves_follow_their_rows_and_diverged_ones_do_not_flatten_them(
    curves: RateCurves,
) -> None:
    curves.show_rows(ROWS[:1])
    curves.show_rows(ROWS)
    assert [curves.lines[0].nearest("epoch", x) for x in (0.5, 1.0, 1.5)] == [
        (0.5, 2.0), (1.0, 1.0), (1.5, 0.5),
    ]  # fmt: skip
    assert len(curves.lines[0].curve.points[0]) == 3
    low, high = curves.getViewBox().viewRange()[1]
    assert low < log10(0.5)
    assert log10(2.0) < high < log10(40.0)
    assert np.isfinite(curves.lines[2].curve.points[1]).sum() == 2


def test_negative_losses_are_drawn_linearly(curves: RateCurves) -> None:
    curves.show_rows(ROWS[:2])
    assert curves.log
    curves.show_rows(np.concatenate((ROWS[:2], [[3, 1.5, -0.5, 60.0, 1.0]])))
    assert not curves.log
    assert len(curves.lines[0].curve.points[0]) == 3
    low, high = curves.getViewBox().viewRange()[1]
    assert low < -0.5
    assert 2.0 < high < 40.0


def test_the_chosen_curve_is_wide(curves: RateCurves) -> None:
    curves.choose(1)
    widths = [line.curve.pen.widthF() for line in curves.lines]
    assert widths[1] > 1.5 * widths[0] == 1.5 * widths[2]
    curves.choose(None)
    assert curves.lines[1].curve.pen.widthF() == widths[0]


@pytest.fixture
def losses(qtbot: QtBot) -> RateLosses:
    made = RateLosses()
    qtbot.addWidget(made)
    made.resize(400, 300)
    return made


def test_points_are_at_their_rates_and_losses_with_diverged_ones_on_top(
    losses: RateLosses,
) -> None:
    losses.show_points([RatePoint(0.01, 3.0), RatePoint(0.1, 0.5), RatePoint(1.0, None)], 1)
    spots = losses.points.points()
    assert [spot.pos().x() for spot in spots] == pytest.approx([-2, -1, 0])
    assert [spot.pos().y() for spot in spots[:2]] == pytest.approx([log10(3), log10(0.5)])
    assert spots[2].pos().y() > log10(3)
    assert [spot.symbol() for spot in spots] == ["o", "o", "x"]
    assert spots[1].size() > spots[0].size(), "the best is larger"
    (left, right), (low, high) = losses.getViewBox().viewRange()
    assert left < -2 and right > 0 and low < log10(0.5) and high > spots[2].pos().y()
    assert losses._tip(x=-1.0, y=0.0, data=1) == "learning rate 0.1\nloss 0.5000"
    losses.show_points((), None)
    assert len(losses.points.points()) == 0


def test_axes_have_no_numbers_before_there_are_data(curves: RateCurves, losses: RateLosses) -> None:
    def numbered(plot: RateCurves | RateLosses) -> list[bool]:
        return [plot.getAxis(side).style["showValues"] for side in ("left", "bottom")]

    assert numbered(curves) == numbered(losses) == [False, False]
    curves.show_rows(ROWS)
    losses.show_points([RatePoint(0.1, 1.0)], None)
    assert numbered(curves) == numbered(losses) == [True, True]
    losses.show_points((), None)
    assert numbered(losses) == [False, False]


def test_zero_and_negative_losses_have_a_position(losses: RateLosses) -> None:
    losses.show_points([RatePoint(0.1, 0.0), RatePoint(1.0, -2.0), RatePoint(10.0, 4.0)], 1)
    assert [spot.pos().y() for spot in losses.points.points()] == pytest.approx([0, -2, 4])
    losses.show_points([RatePoint(0.1, None), RatePoint(1.0, None)], None)
    assert [spot.symbol() for spot in losses.points.points()] == ["x", "x"]


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.key)
def test_ordered_colours_are_visible_and_distinct_without_hue(look: theme.Theme) -> None:
    theme.apply(look)
    for count in (2, 8, 16):
        colours = colours_in_order(count)
        assert len(set(colours)) == count
        assert min(contrast(colour, look.surface) for colour in colours) >= 3
        lightness = [luminance(colour) for colour in colours]
        assert lightness == sorted(lightness)
