"""The decision map: the answers at their places, the points of both classes on top."""

import numpy as np
from PySide6.QtCore import QRectF

from nnplay.catalog import Digits, Line, Spiral
from nnplay.data.arrays import Parts, Samples
from nnplay.gui import theme
from nnplay.gui.panels.decision import MOST_POINTS, SYMBOLS, DecisionPanel
from nnplay.gui.views.colours import mix
from nnplay.link import DecisionMap, Frame, Progress


def frame(values: np.ndarray) -> Frame:
    answer = DecisionMap(values.astype(np.float32), -2, 4, -1, 3)
    progress = Progress(5, 10, 2.5, 5, 1.0, 1.0, 1.0)
    return Frame(1, 5, progress, 0.25, 0.1, {"decision": answer})


def parts(train: int, held: int = 0) -> Parts:
    chance = np.random.default_rng(0)

    def samples(count: int) -> Samples:
        return Samples(
            chance.normal(size=(count, 2)).astype(np.float32), np.arange(count, dtype=np.int64) % 2
        )

    return Parts(samples(train), samples(held), samples(0))


def test_fits_two_classes_in_the_plane() -> None:
    assert DecisionPanel.fits(Spiral().spec())
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
    # The grid lies over the map, a little.
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return max(abs(a - b) for a, b in pairs) < 24


def test_levels_are_fixed(open_panel) -> None:
    panel = open_panel(DecisionPanel, "plane")
    panel.show_frame(frame(np.full((3, 3), 0.6)))
    assert tuple(panel.map.levels) == (0.0, 1.0)
    assert panel.map.mapRectToParent(panel.map.boundingRect()) == QRectF(-2, -1, 6, 4)


def test_missing_answers_are_undecided(open_panel) -> None:
    panel = open_panel(DecisionPanel, "plane")
    panel.show_frame(frame(np.array([[np.nan, 1.0], [0.0, np.nan]])))
    np.testing.assert_array_equal(panel.map.image, [[0.5, 1.0], [0.0, 0.5]])


def test_classes_differ_by_more_than_colour_and_held_back_points_are_hollow(open_panel) -> None:
    panel = open_panel(DecisionPanel)
    panel.show_data(Spiral().spec(), parts(10, 4))
    spots = panel.points.points()
    assert len(spots) == 14
    assert {spot.symbol() for spot in spots} == set(SYMBOLS)
    filled = [spot.brush().color().name() for spot in spots]
    for number in range(2):
        assert filled.count(theme.LIGHT.classes[number]) == 5  # the training points
    assert "hollow" in panel.key.toolTip().lower()


def test_many_points_are_thinned_and_said_so(open_panel) -> None:
    panel = open_panel(DecisionPanel)
    panel.show_data(Spiral().spec(), parts(20_000))
    assert MOST_POINTS / 2 <= len(panel.points.points()) <= MOST_POINTS
    assert "of 20,000 points drawn" in panel.note


def test_colours_follow_the_look(open_panel) -> None:
    panel = open_panel(DecisionPanel, "plane")
    theme.apply(theme.DARK)
    table = panel.map.lut
    ends = ["#" + bytes(table[i]).hex() for i in (0, -1)]
    assert ends == [mix(c, theme.DARK.surface, 0.5) for c in theme.DARK.classes[:2]]


def test_clear_takes_the_map_and_keeps_the_points(open_panel) -> None:
    panel = open_panel(DecisionPanel, "plane")
    assert panel.map.isVisible()
    panel.clear()
    assert not panel.map.isVisible()
    assert len(panel.points.points()) == 500
    assert "press Train" in panel.note
