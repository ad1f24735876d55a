"""Logarithmic ticks are round, few enough to read, and never none."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnplay.gui.views.plots.axis import ValueAxis, log_ticks


@given(low=st.floats(-8, 6), width=st.floats(0.05, 12), pixels=st.integers(60, 1000))
def test_ticks_are_inside_and_apart(low: float, width: float, pixels: int) -> None:
    ticks = log_ticks(low, low + width, pixels)
    assert ticks
    assert all(low - 1e-9 <= tick <= low + width + 1e-9 for tick in ticks)
    gaps = np.diff(ticks) * pixels / width
    assert (gaps >= 9).all()  # an 11 px number still does not touch the next by much


def test_decades_and_their_parts() -> None:
    assert log_ticks(-4, 4, 250) == [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    np.testing.assert_allclose(10 ** np.array(log_ticks(-1, 1, 300)), [0.1, 0.2, 0.5, 1, 2, 5, 10])
    np.testing.assert_allclose(10 ** np.array(log_ticks(0.31, 0.46, 120)), [2.2, 2.4, 2.6, 2.8])


def test_an_empty_range_has_no_ticks() -> None:
    assert log_ticks(1, 1, 300) == []
    assert log_ticks(float("nan"), 1, 300) == []


def test_axis_names_the_numbers_not_their_logarithms(qapp: object) -> None:
    axis = ValueAxis("left")
    axis.setLogMode(x=False, y=True)
    assert axis.tickStrings([-2, 0, np.log10(5)], 1, 1) == ["0.01", "1", "5"]
