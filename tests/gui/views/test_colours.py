"""Mixtures and contrast, against the values of the WCAG and by property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.gui.style.theme import DARK, LIGHT, Theme
from nnplay.gui.views.colours import contrast, mix, ramp, readable_on

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def test_contrast_matches_the_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ff0000", "#ff0000") == 1.0


@given(ground=COLOURS)
def test_text_is_readable_on_any_background(ground: str) -> None:
    assert contrast(readable_on(ground), ground) >= 4.4


@given(colour=COLOURS, ground=COLOURS)
def test_mixing_goes_from_background_to_colour(colour: str, ground: str) -> None:
    assert mix(colour, ground, 1) == colour
    assert mix(colour, ground, 0) == ground


def test_mixing_halves() -> None:
    assert mix("#ff0080", "#000000", 0.5) == "#800040"


def test_the_ramp_passes_through_its_stops() -> None:
    table = ramp(("#ff0000", "#ffffff", "#0000ff"), 257)
    np.testing.assert_array_equal(table[0], [255, 0, 0])
    np.testing.assert_array_equal(table[128], [255, 255, 255])
    np.testing.assert_array_equal(table[256], [0, 0, 255])


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_are_readable_in_both_themes(look: Theme) -> None:
    for ground in (look.window, look.surface, look.raised):
        assert contrast(look.text, ground) >= 7
        assert contrast(look.muted, ground) >= 4.5
    assert contrast(look.on_accent, look.accent) >= 4.5
    assert contrast(look.bad, look.bad_surface) >= 4.5
    for colour in (look.accent, look.good, look.bad):
        assert contrast(colour, look.surface) >= 4.5
    # Lines and marks: what WCAG asks of graphics.
    for colour in (look.train, look.validation, look.fit, look.points, *look.classes):
        assert contrast(colour, look.surface) >= 3
