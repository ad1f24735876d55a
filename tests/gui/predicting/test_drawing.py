"""Drawing a digit: the pad, what the network sees, and the switch of the recipe."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from nnplay.catalog import CIFAR10, MNIST, Digits, MNISTRows, Spiral
from nnplay.data.new_samples.drawing import as_drawn, as_in_mnist
from nnplay.engine.probes.typed import TypedPrediction
from nnplay.gui.predicting.digit_pad import DigitPad
from nnplay.gui.predicting.draw_page import DrawPage, can_be_drawn

LEFT = Qt.MouseButton.LeftButton


def draw(qtbot: QtBot, pad: DigitPad, *points: tuple[int, int]) -> None:
    qtbot.mousePress(pad, LEFT, pos=QPoint(*points[0]))
    for point in points[1:]:
        qtbot.mouseMove(pad, QPoint(*point))
    qtbot.mouseRelease(pad, LEFT, pos=QPoint(*points[-1]))


@pytest.fixture
def pad(qtbot: QtBot) -> DigitPad:
    pad = DigitPad()
    qtbot.addWidget(pad)
    pad.resize(280, 280)
    with qtbot.waitExposed(pad):
        pad.show()
    return pad


@pytest.fixture
def page(qtbot: QtBot) -> DrawPage:
    page = DrawPage()
    qtbot.addWidget(page)
    page.resize(400, 300)
    page.show_spec(MNIST().spec())
    with qtbot.waitExposed(page):
        page.show()
    return page


def test_which_data_can_be_drawn() -> None:
    assert can_be_drawn(MNIST().spec())
    assert can_be_drawn(Digits().spec())
    assert can_be_drawn(MNISTRows().spec())
    assert not can_be_drawn(MNIST(side=14).spec())
    assert not can_be_drawn(CIFAR10().spec())
    assert not can_be_drawn(Spiral().spec())


def test_a_stroke_is_as_wide_as_a_twelfth_of_the_pad(pad: DigitPad, qtbot: QtBot) -> None:
    draw(qtbot, pad, (140, 60), (140, 220))
    ink = pad.ink()
    assert ink.shape == (280, 280)
    assert ink.max() == 255
    # 23.3 pixels wide; pixels at the edge are partly covered.
    assert (ink[140] / 255).sum() == pytest.approx(280 / 12, abs=0.5)
    rows = np.flatnonzero(ink[:, 140] > 127)
    assert (rows[0], rows[-1]) == pytest.approx((60 - 12, 220 + 11), abs=2)


def test_strokes_are_undone_one_by_one_and_erased(pad: DigitPad, qtbot: QtBot) -> None:
    draw(qtbot, pad, (50, 50), (50, 200))
    first = pad.ink()
    draw(qtbot, pad, (200, 50), (200, 200))
    assert pad.strokes == 2
    pad.undo()
    np.testing.assert_array_equal(pad.ink(), first)
    pad.undo()
    assert not pad.ink().any()
    pad.undo()  # nothing left
    draw(qtbot, pad, (50, 50), (50, 200))
    pad.erase()
    assert pad.strokes == 0 and not pad.ink().any()


def test_the_keyboard_draws(pad: DigitPad, qtbot: QtBot) -> None:
    pad.setFocus()
    for _step in range(5):
        qtbot.keyClick(pad, Qt.Key.Key_Up)
    assert not pad.ink().any()
    qtbot.keyClick(pad, Qt.Key.Key_Space)
    for _step in range(10):
        qtbot.keyClick(pad, Qt.Key.Key_Down)
    qtbot.keyClick(pad, Qt.Key.Key_Space)
    for _step in range(40):
        qtbot.keyClick(pad, Qt.Key.Key_Right)
    ink = pad.ink()
    assert pad.strokes == 1
    assert (ink[95:185, 140] == 255).all()
    assert not ink[:, 160:].any()


def test_the_sample_follows_the_recipe_that_is_chosen(page: DrawPage, qtbot: QtBot) -> None:
    asked = []
    page.typed.connect(lambda: asked.append(page.inputs))
    assert page.inputs is None
    place = page.pad.rect()
    draw(qtbot, page.pad, (place.center().x(), 20), (place.center().x(), 60))
    ink = page.pad.ink()
    assert asked
    assert page.inputs == tuple((as_in_mnist(ink) / 255).ravel().tolist())
    page.as_drawn.click()
    assert page.inputs == tuple((as_drawn(ink, 28) / 255).ravel().tolist())
    assert asked[-1] == page.inputs
    page.pad.erase()
    assert page.inputs is None


def test_only_the_prediction_of_this_drawing_is_shown(page: DrawPage, qtbot: QtBot) -> None:
    draw(qtbot, page.pad, (60, 20), (60, 60))
    odds = np.full(10, 0.05, np.float32)
    odds[7] = 0.55
    page.show_prediction(TypedPrediction(page.inputs, odds, None))
    assert page.prediction.text == "7  (55.0 %)"
    page.show_prediction(TypedPrediction((0.0,) * 784, odds[::-1], None))
    assert page.prediction.text == "7  (55.0 %)"
    page.pad.erase()
    assert page.prediction.text == "–"


def test_small_digits_have_a_recipe_of_their_own(page: DrawPage, qtbot: QtBot) -> None:
    page.show_spec(Digits().spec())
    assert page.as_data.text() == "As in the data"
    draw(qtbot, page.pad, (60, 20), (60, 60))
    assert len(page.inputs) == 64
