"""How kinds are declared."""

import pytest

from nnplay.catalog import AbsoluteValue, Dense, Dropout, Line, Param, Sine, kinds, params_of
from nnplay.catalog.kind import activation, layer, loss, param
from nnplay.catalog.layers import Layer
from nnplay.catalog.losses import Loss


def test_params_follow_the_fields() -> None:
    units, bias, *_extra = params_of(Dense)
    assert (units.name, units.type, units.low, units.high) == ("units", "int", 1, 100_000)
    assert (bias.name, bias.type, bias.default) == ("bias", "bool", True)


def test_keys_are_unique_among_layers_and_activations() -> None:
    with pytest.raises(ValueError, match="ReLU is declared twice"):

        @layer("Mine")
        class ReLU(Layer):
            """A layer with the name of an activation."""

    with pytest.raises(ValueError, match="Dense is declared twice"):

        @activation("Mine")
        class Dense(Layer):
            """An activation with the name of a layer."""

    assert kinds("layer")["Dense"].label == "Dense" and "ReLU" not in kinds("layer")


def test_a_kind_without_help_is_refused() -> None:
    with pytest.raises(AssertionError, match="needs a docstring"):

        @loss("Mine")
        class Silent(Loss):
            x: float = param(1.0, help="x")

    assert "Silent" not in kinds("loss")


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.0, 1.0, "0 to 1"),
        (1, 10_000_000, "1 to 10,000,000"),
        (1, None, "at least 1"),
        (None, 0.5, "at most 0.5"),
        (None, None, "any number"),
    ],
)
def test_ranges_are_written_readably(low: float | None, high: float | None, text: str) -> None:
    assert Param("x", "float", 0.0, "", "x", low, high).range_text() == text


def test_choices_and_huge_numbers_are_checked() -> None:
    choice = Param("x", "choice", "a", "", "x", choices=("a", "b"))
    assert choice.problem("a") is None and choice.problem("c") == "one of a, b"
    assert Param("x", "int", 1, "", "x", 0, 9).problem(10**5000) == "0 to 9"


def test_a_text_is_one_line_of_a_given_length() -> None:
    text = Param("x", "text", "a", "", "x", longest=3)
    assert text.problem("") is None and text.problem("äöü") is None
    for wrong in ("abcd", "a\nb", "\ud800", "\x00", 3, None, True):
        assert text.problem(wrong) == "a line of at most 3 characters"


def test_kinds_are_equal_if_their_parameters_are() -> None:
    # Points is declared by Line, slope too, outliers by what it shares with other curves.
    for change in ({"points": 50}, {"slope": 2.0}, {"outliers": 0.1}):
        assert Line(**change) == Line(**change)
        assert hash(Line(**change)) == hash(Line(**change))
        assert Line(**change) != Line()
    assert Sine() != AbsoluteValue()
    assert Sine() != "Sine"
    assert repr(Dropout(0.25)) == "Dropout(name='', p=0.25)"
    assert "slope=2.0, offset=0.0" in repr(Line(slope=2.0))
