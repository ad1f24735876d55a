"""The image of the points counts them as NumPy does, and shows few and many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from nnplay.gui.views.plots.density import DensityItem, count_pixels, density_picture
from nnplay.gui.views.plots.plot import Plot

INK, GROUND = "#ff0000", "#ffffff"


def points(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    return (
        chance.normal(0.3, 1, count).astype(np.float32),
        chance.normal(-2, 3, count).astype(np.float32),
    )


def pixels(image: QImage) -> np.ndarray:
    flat = np.frombuffer(image.constBits(), dtype=np.uint32)
    return flat.reshape(image.height(), image.width())


def seen(image: QImage) -> np.ndarray:
    return (pixels(image) >> 24) > 0


@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.sampled_from([0, 1, 50, 20_000]),
    columns=st.integers(1, 300),
    rows=st.integers(1, 200),
    left=st.floats(-3, 0),
    low=st.floats(-6, 0),
)
@settings(max_examples=40)
def test_counts_equal_histogram2d(
    seed: int, count: int, columns: int, rows: int, left: float, low: float
) -> None:
    x, y = points(seed, count)
    rect = QRectF(left, low, 2.5, 4.5)
    counted = count_pixels(x, y, rect, columns, rows)
    expected, _, _ = np.histogram2d(
        y.astype(np.float64),
        x.astype(np.float64),
        bins=(rows, columns),
        range=((low, low + 4.5), (left, left + 2.5)),
    )
    np.testing.assert_array_equal(counted, expected)


def test_points_on_the_outer_edge_count() -> None:
    edge = np.array([0.0, 1.0, 1.0], dtype=np.float32)
    counted = count_pixels(edge, edge, QRectF(0, 0, 1, 1), 4, 4)
    assert counted[0, 0] == 1
    assert counted[3, 3] == 2
    assert counted.sum() == 3


@pytest.mark.parametrize(("count", "least", "most"), [(20, 20 * 20, 20 * 40), (1, 20, 40)])
def test_few_points_are_visible_spots(count: int, least: int, most: int) -> None:
    x = np.linspace(0.05, 0.95, count, dtype=np.float32)
    image = density_picture(x, x, QRectF(0, 0, 1, 1), 700, 400, colour=INK, ground=GROUND)
    assert least <= seen(image).sum() <= most


def test_many_points_fill_from_faint_to_full() -> None:
    x, y = points(5, 1_000_000)
    image = density_picture(x, y, QRectF(-3, -12, 6, 20), 300, 200, colour=INK, ground=GROUND)
    # Red on white: the less green, the deeper.
    green = (pixels(image)[seen(image)] >> 8) & 255
    assert green.min() == 0
    assert green.max() > 150
    assert 20 < np.median(green) < 235


def test_the_grid_is_visible_where_there_are_no_points() -> None:
    x = np.array([0.5], dtype=np.float32)
    image = density_picture(x, x, QRectF(0, 0, 1, 1), 100, 100, colour=INK, ground=GROUND)
    assert not seen(image)[0, 0]
    assert seen(image)[50, 50]


def test_item_counts_again_after_a_zoom(qtbot: QtBot) -> None:
    plot = Plot("x", "y")
    qtbot.addWidget(plot)
    item = DensityItem()
    plot.addItem(item, ignoreBounds=True)
    item.set_points(*points(9, 5000))
    plot.resize(300, 200)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.setRange(QRectF(-3, -12, 6, 20), padding=0)
    plot.grab()
    before = QRectF(item._at)
    plot.setRange(QRectF(-1, -4, 2, 4), padding=0)
    assert item._at == before  # stretched until the zoom has settled
    qtbot.waitUntil(lambda: item._at == plot.getViewBox().viewRect())


def test_missing_points_are_left_out(qtbot: QtBot) -> None:
    item = DensityItem()
    x = np.array([0, np.nan, 2], dtype=np.float32)
    item.set_points(x, np.array([1, 5, np.inf], dtype=np.float32))
    assert item.dataBounds(0) == (0, 0)
    assert item.dataBounds(1) == (1, 1)
    item.set_points(x[:0], x[:0])
    assert item.dataBounds(0) is None
