"""What is said about gradients and updates follows from their numbers."""

from dataclasses import replace

import numpy as np
import pytest

from nnplay.engine.probes.layer_statistics import BINS, Distribution, LayerFigures
from nnplay.gui.views.layers.log_axis import LogAxis, decades, power_text
from nnplay.gui.views.layers.words import (
    describe_flow,
    gradient_sentence,
    is_bad,
    layer_title,
    state_words,
    update_sentence,
)  # fmt: skip

NORMAL = Distribution(np.zeros(BINS, np.float32), 0.0, 0.0, 1.0)


def layer(
    at: int, gradient: float | None = 1.0, update: float | None = None, kind: str = "Dense"
) -> LayerFigures:
    frozen = gradient is None
    return LayerFigures(at, kind, "", "", frozen, NORMAL, NORMAL, None, None, gradient, update)


@pytest.mark.parametrize(
    ("first", "last", "part"),
    [
        (1e-5, 0.4, "2 Dense receives 1/40,000 of the gradient of 6 Dense, the last layer: "
         "the gradient vanishes on its way back."),
        (0.1, 0.4, "receives 1/4 of the gradient of 6 Dense, the last layer."),
        (0.3, 0.4, "receives 0.75 times the gradient"),
        (60.0, 0.5, "receives 120 times the gradient of 6 Dense, the last layer: "
         "the gradient grows on its way back."),
        (0.0, 0.4, "No gradient reaches 2 Dense, the first layer."),
        (0.0, 0.0, "No gradient reaches 6 Dense, the last layer."),
        (float("nan"), 0.4, "not finite"),
    ],
)  # fmt: skip
def test_the_first_layer_is_compared_with_the_last(first: float, last: float, part: str) -> None:
    text = gradient_sentence([layer(1, first), layer(3, 0.01), layer(5, last)])
    assert part in text


def test_frozen_layers_are_left_out() -> None:
    layers = [layer(1, None), layer(3, 0.1), layer(5, 0.4)]
    assert gradient_sentence(layers).startswith("4 Dense receives 1/4 of")
    assert "4 Dense is the only layer" in gradient_sentence(layers[:2])
    assert "All layers are frozen" in gradient_sentence(layers[:1])
    assert "frozen" in describe_flow(layers[0])


def test_updates_are_compared_with_the_healthy_band() -> None:
    assert update_sentence([layer(1)]) == ""
    inside = [layer(1, update=1e-4), layer(3, update=1e-2)]
    assert "all layers are within" in update_sentence(inside)
    slow, fast = layer(5, update=9e-5), layer(7, update=0.011)
    text = update_sentence([*inside, slow])
    assert "1 layer of 3 is below the healthy band" in text and "above" not in text
    text = update_sentence([*inside, fast, replace(fast, layer=9), slow])
    assert "1 layer of 5 is below" in text and "2 layers of 5 are above" in text
    assert "below the healthy band" in describe_flow(slow)
    assert "above the healthy band" in describe_flow(fast)
    assert describe_flow(inside[0]).startswith("2 Dense: gradient norm 1.00, changes by 0.0001")


def test_layers_are_named_as_in_the_network_editor() -> None:
    assert layer_title(layer(2, kind="Conv2d")) == "3 Convolution 2d"
    assert layer_title(replace(layer(2), name="features")) == "3 features"


def test_dead_and_saturated_units() -> None:
    dead = replace(layer(1), dead=0.51)
    assert state_words(dead) == "51 % dead" and is_bad(dead)
    saturated = replace(layer(1), saturated=0.25)
    assert state_words(saturated) == "25 % saturated" and not is_bad(saturated)
    assert state_words(layer(1)) == "" and not is_bad(layer(1))


def test_a_logarithmic_axis() -> None:
    axis = LogAxis(-4, 2, 100, 160)
    assert axis.at(1e-4) == pytest.approx(100) and axis.at(1e2) == pytest.approx(160)
    assert axis.at(1) == pytest.approx(140)
    assert axis.at(0) == axis.at(1e-9) == 100 and axis.at(1e5) == axis.at(float("inf")) == 160
    assert axis.holds(1e-3) and not axis.holds(1e3) and not axis.holds(0)
    assert axis.ticks(9) == (-4, -3, -2, -1, 0, 1, 2)
    assert axis.ticks(25) == (-3, 0)
    assert power_text(-12) == "10⁻¹²" and power_text(0) == "1"
    assert decades([0.0, 3e-7, 0.2, float("inf")]) == (-7, 0)
    assert decades([0.2]) == (-3, 0) == decades([])
