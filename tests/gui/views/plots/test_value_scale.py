"""The vertical axis of a loss curve suits its shape, whatever its height and its noise."""

import numpy as np
import pytest

from nnplay.gui.views.plots.value_scale import Scale, Values, choose_scale

STEPS = np.arange(1000.0)
NOISE = np.random.default_rng(1).normal(size=1000)
FALL = np.r_[np.linspace(2.3, 1.0, 100), np.ones(900)]

CURVES: dict[str, tuple[Values, Scale]] = {
    # Half of the steps of these are below 4e-11, 0.2, 3.6 and 8.2 % of the height.
    "decay, tau 20": (np.exp(-STEPS / 20), "log"),
    "decay, tau 80": (np.exp(-STEPS / 80), "log"),
    "decay, tau 150": (np.exp(-STEPS / 150), "log"),
    "decay, tau 200": (np.exp(-STEPS / 200), "linear"),
    "decay with noise": (np.exp(-STEPS / 80) * (1 + 0.3 * np.tanh(NOISE)), "log"),
    "decay to a plateau": (2 * np.exp(-STEPS / 80) + 0.3, "linear"),
    "fast decay to a plateau": (20 * np.exp(-STEPS / 20) + 0.3, "log"),
    "ramp": (1.001 - STEPS / 1000, "linear"),
    "ramp after a fast start": (
        np.r_[np.linspace(2.3, 0.4, 40), np.linspace(0.4, 0.03, 960)], "cut",
    ),
    "noisy plateau": (FALL + 0.1 * NOISE, "linear"),
    "plateau with little noise": (FALL + 0.01 * NOISE, "cut"),
    "spikes": (0.01 + np.where(STEPS % 7, 0.0, 2.0), "linear"),
    "never above zero": (np.exp(-STEPS / 200) - 1, "linear"),
    # A logarithm has no place for these.
    "through zero, tau 80": (np.exp(-STEPS / 80) - 0.01, "cut"),
    "through zero, tau 20": (np.exp(-STEPS / 20) - 0.01, "cut"),
    "slowly through zero": (1 - STEPS / 500, "linear"),
}  # fmt: skip


@pytest.mark.parametrize("height", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize(("values", "scale"), CURVES.values(), ids=CURVES)
def test_the_scale_suits_the_curve(values: Values, scale: Scale, height: float) -> None:
    assert choose_scale(height * values, []).scale == scale


def test_a_cut_axis_ends_above_all_but_the_first_steps() -> None:
    values = np.exp(-STEPS / 80) - 0.01
    top = choose_scale(values, []).top
    assert values[100] < top < values[50]


def test_a_growing_run_keeps_the_scale_that_it_needed() -> None:
    values = np.exp(-STEPS / 80)
    assert choose_scale(values[:100], []).scale == "linear"
    assert choose_scale(values, []).scale == "log"
    assert choose_scale(np.r_[values, np.ones(2000)], [], "log").scale == "log"
