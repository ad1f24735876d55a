"""The preview: the samples themselves, the counts of the parts, the balance of the classes."""

import numpy as np

from nnplay.catalog import Blobs, DataSpec, Hills, Spiral
from nnplay.data.arrays import Parts, Samples
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.data_preview import DataPreview
from nnplay.gui.style import theme
from nnplay.gui.views.gallery import picture_of
from nnplay.gui.views.plots.markers import SYMBOLS


def test_a_curve_is_shown_with_its_axes(open_panel) -> None:
    panel = open_panel(DataPreview, "curve", (300, 240))
    assert panel.curve.isVisible()
    assert panel.note == "100,000 training"
    assert panel.balance.isHidden()
    assert panel.curve.points._x.size == 100_000


def test_points_of_the_plane_keep_their_classes(open_panel) -> None:
    panel = open_panel(DataPreview, "plane", (300, 240))
    assert panel.plane.isVisible()
    train = example_run("plane").parts.train
    spots = panel.plane.points.points()
    assert len(spots) == len(train)
    for spot, x, y in zip(spots, train.x, train.y, strict=True):
        assert np.allclose((spot.pos().x(), spot.pos().y()), x)
        assert spot.symbol() == "os"[y]
    assert panel.note == "400 training · 100 validation"


def test_ten_classes_in_the_plane_keep_their_marks(open_panel) -> None:
    panel = open_panel(DataPreview, None, (300, 240))
    x = np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32)
    y = np.arange(30, dtype=np.int64) % 10
    panel.show_data(Blobs(classes=10).spec(), Parts(*[Samples(x, y)] * 3))
    assert panel.plane.isVisible()
    spots = panel.plane.points.points()
    for spot, number in zip(spots, y, strict=True):
        assert spot.symbol() == SYMBOLS[number]
        assert spot.brush().color().name() == theme.LIGHT.classes[number]


def test_heights_over_the_plane_are_colours(open_panel) -> None:
    panel = open_panel(DataPreview, None, (300, 240))
    x = np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32)
    y = np.linspace(-1, 2, 30, dtype=np.float32).reshape(-1, 1)
    panel.show_data(Hills().spec(), Parts(*[Samples(x, y)] * 3))
    assert panel.plane.isVisible()
    assert panel.balance.isHidden()
    colours = [spot.brush().color().name() for spot in panel.plane.points.points()]
    assert (colours[0], colours[-1]) == theme.LIGHT.classes[:2]
    assert len(set(colours)) == 30


def test_images_with_the_balance_of_their_classes(open_panel) -> None:
    panel = open_panel(DataPreview, "images", (300, 240))
    train = example_run("images").parts.train
    assert panel.gallery.isVisible()
    assert panel.gallery.indices == tuple(range(60))
    assert panel.gallery._pictures[7] == picture_of(train.x[7])
    assert panel.balance.isVisible()
    assert panel.balance._counts.tolist() == np.bincount(train.y).tolist()
    assert panel.note == "700 training · 197 validation · 900 test"
    assert f"class 3: {np.sum(train.y == 3)} training" in panel.balance.accessibleName()


def test_says_when_nothing_is_left_to_train(open_panel) -> None:
    panel = open_panel(DataPreview)
    none = Samples(np.empty((0, 2), dtype=np.float32), np.empty(0, dtype=np.int64))
    panel.show_data(Spiral().spec(), Parts(none, none, none))
    assert "hold out fewer" in panel.empty_text


def test_tables_have_no_preview() -> None:
    assert not DataPreview.fits(DataSpec("classification", (7,), 2, ("no", "yes"), 4, 0))
    assert DataPreview.fits(Spiral().spec())
