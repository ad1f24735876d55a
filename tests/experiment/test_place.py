"""Places in an experiment: written as text, read again, and used to sort problems."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.experiment import Place, Problem, problems_by_field

NAMES = st.sampled_from(["data", "network", "batch_size", "optimizer"])
FIELDS = st.sampled_from(["", "lr", "typed_weights", "x2"])
INDEXES = st.none() | st.integers(0, 999)


@given(NAMES, FIELDS, INDEXES, INDEXES)
def test_a_place_is_read_as_it_was_written(
    part: str, field: str, layer: int | None, item: int | None
) -> None:
    place = Place(part, field, layer, item if field else None)
    assert Place.parse(str(place)) == place


@given(st.text(max_size=20))
def test_a_text_that_is_not_a_place_is_kept(text: str) -> None:
    assert str(Place.parse(text)) == text


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("network", "units", 2), "network[2].units"),
        (Place("network", layer=0), "network[0]"),
        (Place("data", "points", item=7), "data.points[7]"),
        (Place("batch_size"), "batch_size"),
        (Place("network", layer=1).at("bias"), "network[1].bias"),
    ],
)
def test_a_place_is_written_as_in_a_file(place: Place, text: str) -> None:
    assert str(place) == text
    assert Place.parse(text) == place


def test_problems_are_sorted_by_field() -> None:
    whole, units = Problem(Place("network"), "a"), Problem(Place("network", "units", 1), "b")
    layer, rate = Problem(Place("network", layer=1), "c"), Problem(Place("optimizer", "lr"), "d")
    every = (whole, units, layer, rate)
    assert problems_by_field(every, "network") == {"": [whole]}
    assert problems_by_field(every, "network", 1) == {"units": [units], "": [layer]}
    assert problems_by_field(every, "network", 0) == {}
    assert problems_by_field(every, "optimizer") == {"lr": [rate]}
