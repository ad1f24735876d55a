"""The predict panel: one image, its target, and what the network predicts for it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from nnplay.catalog import MNIST, Digits, Line, MNISTRows, Parity, Spiral, Wave
from nnplay.engine.probes.sample import SamplePrediction
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.predict import PredictPanel
from nnplay.gui.style import theme
from nnplay.gui.views.gallery import picture_of
from nnplay.gui.views.picture import PictureView
from nnplay.link import ClassPredictions, Frame, Progress


def wrong_ones() -> list[int]:
    now = example_run("images").result.class_predictions
    return np.flatnonzero(now.probabilities.argmax(1) != now.target).tolist()


def frame_of(probabilities: np.ndarray, target: np.ndarray) -> Frame:
    progress = Progress(5, 10, 2.5, 5, 1.0, 1.0, 1.0)
    confusion = np.zeros((10, 10), dtype=np.int64)
    payload = ClassPredictions("test", target, probabilities, confusion, 5)
    return Frame(1, 5, progress, 0.25, 0.1, {type(payload): payload})


def test_fits_images_only() -> None:
    assert PredictPanel.fits(MNIST().spec())
    assert PredictPanel.fits(Digits().spec())
    assert not PredictPanel.fits(Line().spec())
    assert not PredictPanel.fits(Spiral().spec())


def test_hides_for_points_and_shows_again(open_panel) -> None:
    panel = open_panel(PredictPanel, "images", (280, 300))
    panel.show_data(example_run("plane").spec, example_run("plane").parts)
    assert panel.isHidden()
    panel.show_data(example_run("images").spec, example_run("images").parts)
    assert not panel.isHidden()
    panel.hide()  # by the window, for a reason of its own
    panel.show_data(example_run("images").spec, example_run("images").parts)
    assert panel.isHidden()


def test_says_train_first(open_panel) -> None:
    panel = open_panel(PredictPanel)
    panel.show_data(example_run("images").spec, example_run("images").parts)
    assert panel.empty_text.startswith("Press Train")


@pytest.mark.parametrize("which", ["correct", "wrong"])
def test_shows_image_target_prediction_and_probabilities(which: str, open_panel) -> None:
    panel = open_panel(PredictPanel, "images", (280, 300))
    now = example_run("images").result.class_predictions
    hits = np.flatnonzero(now.probabilities.argmax(1) == now.target).tolist()
    index = hits[5] if which == "correct" else wrong_ones()[2]
    panel.show_sample(index)
    assert panel.picture.picture == picture_of(example_run("images").parts.test.x[index])
    assert panel._target.text() == str(now.target[index])
    predicted = int(now.probabilities[index].argmax())
    part = 100 * now.probabilities[index, predicted]
    assert panel._predicted.text() == f"{predicted}  ({part:.1f} %)"
    assert which in panel._verdict.text()
    np.testing.assert_array_equal(panel.bars.values, now.probabilities[index])


def test_random_next_and_previous(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(PredictPanel, "images", (280, 300))
    panel.seed(1)
    panel.setFocus()
    qtbot.waitUntil(panel.hasFocus)
    seen = set()
    for _ in range(5):
        qtbot.keyClick(panel, Qt.Key.Key_R)
        seen.add(panel.index.value())
    assert len(seen) >= 4
    panel.show_sample(0)
    panel.previous()
    assert panel.index.value() == 899
    panel.next()
    assert panel.index.value() == 0
    panel.next()
    assert panel.index.value() == 1


def test_steps_only_through_mistakes(open_panel) -> None:
    panel = open_panel(PredictPanel, "images", (280, 300))
    wrong = wrong_ones()
    panel.mistakes_button.click()
    visited = [panel.index.value()]
    for _ in range(len(wrong)):
        panel.next()
        visited.append(panel.index.value())
    assert visited == [*wrong, wrong[0]]
    panel.previous()
    assert panel.index.value() == wrong[-1]
    panel.random()
    assert panel.index.value() in wrong


def test_says_when_there_are_no_mistakes(open_panel) -> None:
    panel = open_panel(PredictPanel)
    now = example_run("images")
    panel.show_data(now.spec, now.parts)
    target = now.result.class_predictions.target
    panel.show_frame(frame_of(np.eye(10, dtype=np.float32)[target], target))
    panel.mistakes_button.click()
    assert panel.note == "no mistakes"
    panel.next()
    assert panel.index.value() == 0


def test_only_predictions_by_the_weights_of_the_frame_are_shown(open_panel) -> None:
    panel = open_panel(PredictPanel)
    now = example_run("images")
    panel.show_data(now.spec, now.parts)
    target = now.result.class_predictions.target
    probabilities = np.full((900, 10), np.nan, dtype=np.float32)
    probabilities[500:600] = 0.1
    panel.show_frame(frame_of(probabilities, target))
    assert panel._verdict.text() == "not predicted yet"
    panel.show_sample(500)
    assert panel._predicted.text().endswith("(10.0 %)")
    # Predictions of step 5 say nothing about the weights of step 6.
    later = replace(frame_of(probabilities, target), step=6)
    panel.show_frame(later)
    assert panel._verdict.text() == "not predicted yet"
    right = np.eye(10, dtype=np.float32)[target[500]]
    sample = SamplePrediction("test", 500, target[500], right)
    panel.show_frame(replace(later, payloads={**later.payloads, SamplePrediction: sample}))
    assert panel._verdict.text() == "✓ correct"
    assert panel._predicted.text().endswith("(100.0 %)")
    panel.show_sample(501)
    assert panel._verdict.text() == "not predicted yet"
    panel.grab()


def test_the_selected_sample_is_asked_about(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(PredictPanel, "images")
    with qtbot.waitSignal(panel.sample_selected) as selected:
        panel.show_sample(3)
    assert selected.args == [3]


def test_new_data_end_the_search_for_mistakes(open_panel) -> None:
    panel = open_panel(PredictPanel, "images")
    panel.mistakes_button.click()
    assert panel.mistakes_button.isChecked()
    now = example_run("images")
    panel.show_data(now.spec, now.parts)
    assert not panel.mistakes_button.isChecked()


def test_the_verdict_follows_the_theme(open_panel) -> None:
    panel = open_panel(PredictPanel, "images", (280, 300))
    panel.show_sample(wrong_ones()[0])
    theme.apply(theme.DARK)
    colour = panel._verdict.palette().color(panel._verdict.foregroundRole())
    assert colour.name() == theme.DARK.bad


def test_sequences_of_classes_can_be_seen(qtbot: QtBot) -> None:
    assert PredictPanel.fits(Parity().spec())
    assert PredictPanel.fits(MNISTRows().spec())
    assert not PredictPanel.fits(Wave().spec())
    bits = np.array([[1], [-1], [1], [1]], dtype=np.float32)
    view = PictureView()
    qtbot.addWidget(view)
    view.resize(80, 120)
    view.show_sample(bits)
    picture = view.grab().toImage()
    blue, orange = QColor(theme.theme().accent), QColor(theme.theme().error)
    middles = [picture.pixelColor(10 + 20 * step, 20) for step in range(4)]
    assert [colour == blue for colour in middles] == [True, False, True, True]
    assert picture.pixelColor(30, 90) == orange
    rows = np.zeros((3, 2), dtype=np.float32)
    rows[1, 0] = 1
    view.show_sample(rows)
    seen = view.picture
    assert seen is not None
    assert (seen.width(), seen.height()) == (2, 3)
    assert [seen.pixelColor(0, row).red() for row in range(3)] == [0, 255, 0]
