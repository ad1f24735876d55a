"""The decision map: the predictions in their places, with the points of both classes on top."""

import numpy as np
import pytest
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QRectF

from nnplay.catalog import Blobs, DataSpec, Digits, Hills, Iris, Line, Painted, Rings, Spiral
from nnplay.data.arrays import Parts, Samples
from nnplay.engine.probes.decision import DecisionMap
from nnplay.gui.panels.decision import MOST_POINTS, DecisionPanel
from nnplay.gui.style import theme
from nnplay.gui.views.colours import mix
from nnplay.gui.views.plots.markers import SYMBOLS
from nnplay.link import Frame, Progress


def frame(values: np.ndarray, winners: np.ndarray | None = None) -> Frame:
    payload = DecisionMap(values.astype(np.float32), -2, 4, -1, 3, winners)
    progress = Progress(5, 10, 2.5, 5, 1.0, 1.0, 1.0)
    return Frame(1, 5, progress, 0.25, 0.1, {DecisionMap: payload})


def parts(train: int, validation: int = 0, classes: int = 2) -> Parts:
    chance = np.random.default_rng(0)

    def samples(count: int) -> Samples:
        return Samples(
            chance.normal(size=(count, 2)).astype(np.float32),
            np.arange(count, dtype=np.int64) % classes,
        )

    return Parts(samples(train), samples(validation), samples(0))


def surface(y: np.ndarray) -> Parts:
    chance = np.random.default_rng(0)
    x = chance.normal(size=(len(y), 2)).astype(np.float32)
    y = y.astype(np.float32).reshape(-1, 1)
    return Parts(Samples(x, y), Samples(x[:0], y[:0]), Samples(x[:0], y[:0]))


def test_fits_classes_and_heights_in_the_plane() -> None:
    for data in (Spiral(), Spiral(arms=3), Blobs(classes=10), Rings(), Painted(), Hills()):
        assert DecisionPanel.fits(data.spec())
    eleven = tuple("abcdefghijk")
    assert not DecisionPanel.fits(DataSpec("classification", (2,), 11, eleven, 99, 0))
    assert not DecisionPanel.fits(DataSpec("regression", (2,), 2, (), 99, 0))
    assert not DecisionPanel.fits(Iris().spec())
    assert not DecisionPanel.fits(Line().spec())
    assert not DecisionPanel.fits(Digits().spec())


def test_row_0_is_at_the_bottom(open_panel) -> None:
    panel = open_panel(DecisionPanel, "plane", (600, 600))
    values = np.zeros((4, 6))
    values[0] = 1.0  # class 1 along the lower edge
    panel.points.clear()
    panel.show_frame(frame(values))
    box = panel.plot.getViewBox()
    box.setRange(QRectF(-2, -1, 6, 4), padding=0)
    picture = panel.plot.grab().toImage()

    def colour_at(x: float, y: float) -> str:
        at = box.mapViewToDevice(box.mapToView(box.mapFromView(_point(x, y))))
        return picture.pixelColor(round(at.x()), round(at.y())).name()

    ends = [mix(colour, theme.LIGHT.surface, 0.5) for colour in theme.LIGHT.classes[:2]]
    assert _near(colour_at(1.3, -0.3), ends[1])
    assert _near(colour_at(1.3, 2.3), ends[0])


def _point(x: float, y: float):
    import pyqtgraph as pg

    return pg.Point(x, y)


def _near(one: str, other: str) -> bool:
    # The grid is blended slightly over the map.
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return max(abs(a - b) for a, b in pairs) < 24


def test_levels_are_fixed(open_panel) -> None:
    panel = open_panel(DecisionPanel, "plane")
    panel.show_frame(frame(np.full((3, 3), 0.6)))
    assert tuple(panel.map.levels) == (0.0, 1.0)
    assert panel.map.mapRectToParent(panel.map.boundingRect()) == QRectF(-2, -1, 6, 4)


def test_missing_predictions_are_undecided(open_panel) -> None:
    panel = open_panel(DecisionPanel, "plane")
    panel.show_frame(frame(np.array([[np.nan, 1.0], [0.0, np.nan]])))
    np.testing.assert_array_equal(panel.map.image, [[0.5, 1.0], [0.0, 0.5]])


def test_classes_differ_by_more_than_colour_and_held_out_points_are_hollow(open_panel) -> None:
    panel = open_panel(DecisionPanel)
    panel.show_data(Spiral().spec(), parts(10, 4))
    spots = panel.points.points()
    assert len(spots) == 14
    assert {spot.symbol() for spot in spots} == set(SYMBOLS[:2])
    filled = [spot.brush().color().name() for spot in spots]
    for number in range(2):
        assert filled.count(theme.LIGHT.classes[number]) == 5  # the training points
    assert "hollow" in panel.two_class_legend.toolTip().lower()


def test_many_points_are_thinned_with_a_note(open_panel) -> None:
    panel = open_panel(DecisionPanel)
    panel.show_data(Spiral().spec(), parts(20_000))
    assert MOST_POINTS / 2 <= len(panel.points.points()) <= MOST_POINTS
    assert "of 20,000 points drawn" in panel.note


def test_colours_follow_the_theme(open_panel) -> None:
    panel = open_panel(DecisionPanel, "plane")
    theme.apply(theme.DARK)
    table = panel.map.lut
    ends = ["#" + bytes(table[i]).hex() for i in (0, -1)]
    assert ends == [mix(c, theme.DARK.surface, 0.5) for c in theme.DARK.classes[:2]]


def test_clear_removes_the_map_and_keeps_the_points(open_panel) -> None:
    panel = open_panel(DecisionPanel, "plane")
    assert panel.map.isVisible()
    panel.clear()
    assert not panel.map.isVisible()
    assert len(panel.points.points()) == 500
    assert "press Train" in panel.note


def test_each_position_has_the_colour_of_its_class_paler_if_less_certain(open_panel) -> None:
    panel = open_panel(DecisionPanel)
    panel.show_data(Blobs(classes=4).spec(), parts(8, classes=4))
    winners = np.array([[0, 1], [2, 3]])
    panel.show_frame(frame(np.array([[1.0, 0.625], [0.25, np.nan]]), winners))
    look = theme.LIGHT
    expected = [
        [mix(look.classes[0], look.surface, 0.5), mix(look.classes[1], look.surface, 0.25)],
        [look.surface, look.surface],  # no better than a guess; no prediction at all
    ]
    for row, colours in enumerate(expected):
        for column, colour in enumerate(colours):
            found = "#" + bytes(panel.map.image[row, column]).hex()
            assert _near_by(found, colour, 2), (row, column)
    assert panel.map.mapRectToParent(panel.map.boundingRect()) == QRectF(-2, -1, 6, 4)


def test_predicted_classes_are_drawn_in_both_themes(open_panel) -> None:
    panel = open_panel(DecisionPanel, size=(600, 600))
    panel.show_data(Blobs(classes=10).spec(), parts(20, classes=10))
    panel.points.clear()
    panel.show_frame(frame(np.ones((2, 5)), np.arange(10).reshape(2, 5)))
    box = panel.plot.getViewBox()
    box.setRange(QRectF(-2, -1, 6, 4), padding=0)
    for look in (theme.LIGHT, theme.DARK):
        theme.apply(look)
        panel.points.clear()
        picture = panel.plot.grab().toImage()
        found = []
        for number in range(10):
            at = box.mapFromView(_point(-2 + 1.2 * (number % 5 + 0.6), -0.3 + 2 * (number // 5)))
            at = box.mapToDevice(at)
            colour = picture.pixelColor(round(at.x()), round(at.y())).name()
            assert _near(colour, mix(look.classes[number], look.surface, 0.5)), number
            found.append(colour)
        assert len(set(found)) == 10


def _near_by(one: str, other: str, most: int) -> bool:
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return max(abs(a - b) for a, b in pairs) <= most


def test_ten_classes_have_ten_shapes_and_ten_colours(open_panel) -> None:
    panel = open_panel(DecisionPanel)
    data = parts(40, 20, classes=10)
    panel.show_data(Blobs(classes=10).spec(), data)
    spots = {(spot.pos().x(), spot.pos().y()): spot for spot in panel.points.points()}
    assert len(spots) == 60
    for samples, hollow in ((data.train, False), (data.validation, True)):
        for (x, y), number in zip(samples.x.astype(float), samples.y, strict=True):
            spot = spots[x, y]
            assert spot.symbol() == SYMBOLS[number]
            assert spot.pen().color().name() == theme.LIGHT.classes[number] or not hollow
            assert (spot.brush().color().name() == theme.LIGHT.classes[number]) is not hollow
    assert len(set(theme.LIGHT.classes)) == len(set(theme.DARK.classes)) == 10
    outlines = [Symbols[symbol] for symbol in SYMBOLS]
    assert all(a != b for i, a in enumerate(outlines) for b in outlines[:i])


@pytest.mark.parametrize("width", [220, 420, 900])
def test_the_legend_has_room_for_every_class(open_panel, width: int) -> None:
    panel = open_panel(DecisionPanel, size=(1200 - width, 500))
    panel.show_data(Blobs(classes=10).spec(), parts(40, 20, classes=10))
    legend = panel.class_legend
    panel.grab()
    panel.resize(width, 500)
    panel.grab()
    assert legend.isVisible()
    assert panel.two_class_legend.isHidden()
    assert panel.scale_legend.isHidden()
    places = legend.places(legend.width())
    assert len(places) == 10
    for index, place in enumerate(places):
        assert QRectF(legend.rect()).contains(place)
        assert not any(place.intersects(other) for other in places[:index])
    picture = legend.grab().toImage()
    for place, colour in zip(places, theme.LIGHT.classes, strict=True):
        middle = round(place.left() + 5), round(place.center().y())
        assert picture.pixelColor(*middle).name() == colour
    assert "class 9: triangles pointing left" in legend.toolTip()
    assert "Hollow" in legend.toolTip()
    assert panel.plot.height() > 300


def test_two_classes_have_their_own_legend_again(open_panel) -> None:
    panel = open_panel(DecisionPanel)
    panel.show_data(Blobs(classes=4).spec(), parts(8, classes=4))
    panel.show_frame(frame(np.ones((2, 2)), np.zeros((2, 2), dtype=np.int64)))
    panel.show_data(Spiral().spec(), parts(8))
    assert not panel.map.isVisible()
    assert panel.two_class_legend.isVisible()
    assert panel.class_legend.isHidden()
    panel.show_frame(frame(np.full((2, 2), 0.75)))
    assert tuple(panel.map.levels) == (0.0, 1.0)
    assert len(panel.map.lut) == 256


def test_heights_are_colours_between_those_of_the_training_points(open_panel) -> None:
    panel = open_panel(DecisionPanel)
    panel.show_data(Hills().spec(), surface(np.array([-2.0, 1.0, 4.0])))
    assert panel.scale_legend.isVisible()
    assert panel.two_class_legend.isHidden()
    assert panel.class_legend.isHidden()
    assert panel.scale_legend.ends == ("−2.00", "4.00")
    look = theme.LIGHT
    expected = [look.classes[0], look.surface, look.classes[1]]
    for spot, colour in zip(panel.points.points(), expected, strict=True):
        assert _near_by(spot.brush().color().name(), colour, 4)
    panel.show_frame(frame(np.array([[-2.0, np.nan], [4.0, 9.0]])))
    assert tuple(panel.map.levels) == (-2.0, 4.0)
    np.testing.assert_array_equal(panel.map.image, [[-2.0, 1.0], [4.0, 9.0]])
    panel.grab()


def test_heights_that_are_all_the_same_can_be_shown(open_panel) -> None:
    panel = open_panel(DecisionPanel)
    panel.show_data(Hills().spec(), surface(np.full(3, 7.0)))
    panel.show_frame(frame(np.full((2, 2), 7.0)))
    low, high = panel.map.levels
    assert low < 7.0 < high
    panel.grab()
