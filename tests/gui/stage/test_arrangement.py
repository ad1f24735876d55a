"""Arrangements as values: what is shown where, for data that not every view fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import MNIST, Digits, Line, Spiral
from nnplay.catalog.datasets.sequences import Wave
from nnplay.gui.stage.arrangement import CURVES, MAIN, NAMED, Arrangement, kind_of_data

TITLES = ("Fit", "Network", "Residuals", "Samples", "Curves")


def test_the_usual_arrangement_has_predictions_above_curves() -> None:
    assert Arrangement().fitted(TITLES).views == ("Fit", CURVES)


def test_views_that_do_not_fit_are_replaced_by_free_ones() -> None:
    wanted = Arrangement(("Decision map", "Network", "Unheard of"))
    assert wanted.fitted(TITLES).views == ("Fit", "Network", "Residuals")


def test_a_view_in_another_tile_swaps_places() -> None:
    before = Arrangement(("Fit", "Curves", "Network", "Residuals"))
    assert before.with_view(0, "Network").views == ("Network", "Curves", "Fit", "Residuals")
    assert before.with_view(1, "Samples").views == ("Fit", "Samples", "Network", "Residuals")


def test_more_tiles_show_curves_and_network_first() -> None:
    assert Arrangement(("Fit",)).with_count(2, TITLES).views == ("Fit", "Curves")
    four = Arrangement(("Fit", "Curves")).with_count(4, TITLES)
    assert four.views == ("Fit", "Curves", "Network", "Residuals")
    assert four.with_count(1, TITLES).views == ("Fit",)


VIEWS = st.lists(st.sampled_from([*TITLES, MAIN, "Gone"]), min_size=1, max_size=6)


@given(views=VIEWS, titles=st.lists(st.sampled_from(TITLES), unique=True))
def test_every_tile_has_a_view_of_its_own(views: list[str], titles: list[str]) -> None:
    fitted = Arrangement(tuple(views)).fitted(titles).views
    assert len(set(fitted)) == len(fitted) <= 4
    assert set(fitted) <= set(titles)
    assert bool(fitted) == bool(titles)
    # What fits is shown, as far as there are tiles.
    assert {view for view in views[:4] if view in titles} <= set(fitted)


@given(views=VIEWS)
def test_the_text_of_an_arrangement_gives_it_back(views: list[str]) -> None:
    one = Arrangement(tuple(views[:4]))
    assert Arrangement.parse(one.text()) == one


def test_named_arrangements_differ_on_any_data() -> None:
    titles = ("Fit", "Network", "Gradients", "Curves")
    shown = [named.arrangement.fitted(titles).views for named in NAMED]
    assert len(set(shown)) == len(NAMED)
    assert {len(views) for views in shown} == {1, 2, 4}


@pytest.mark.parametrize(
    ("dataset", "kind"),
    [(Line(), "curve"), (Spiral(), "plane"), (MNIST(), "images"), (Wave(), "series")],
)
def test_arrangements_are_remembered_by_the_kind_of_data(dataset: object, kind: str) -> None:
    assert kind_of_data(dataset.spec()) == kind  # type: ignore[attr-defined]
    assert kind_of_data(Digits().spec()) in ("images", "table")
