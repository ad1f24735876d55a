"""The confusion panel: a cell shows exactly the images that it counts."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from nnplay.catalog import Digits, Line
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.confusion import ConfusionPanel, cell_samples
from nnplay.gui.style import theme
from nnplay.gui.views.colours import contrast, readable_on
from nnplay.gui.views.gallery import MOST_TILES, picture_of
from nnplay.link import ClassPredictions, Frame, Progress
from nnplay.record.metrics import confusion_matrix

TARGET = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 0])
PREDICTED = np.array([0, 1, 1, 1, 1, 2, 0, 2, 2, -1])  # the last has no prediction yet


def predictions(step: int = 1234) -> ClassPredictions:
    probabilities = np.full((10, 3), 0.1, dtype=np.float32)
    probabilities[np.arange(10), PREDICTED] = np.linspace(0.5, 0.8, 10)
    probabilities[9] = np.nan
    confusion = confusion_matrix(TARGET[:9], PREDICTED[:9], 3)
    return ClassPredictions("test", TARGET, probabilities, confusion, step)


def frame(payload: ClassPredictions) -> Frame:
    progress = Progress(5, 10, 2.5, 5, 1.0, 1.0, 1.0)
    return Frame(1, 1234, progress, 0.25, 0.1, {type(payload): payload})


def click(qtbot: QtBot, panel: ConfusionPanel, cell: tuple[int, int]) -> None:
    at = panel.matrix.cell_rect(cell).center().toPoint()
    qtbot.mouseClick(panel.matrix, Qt.MouseButton.LeftButton, pos=at)


def test_fits_classes_only() -> None:
    assert ConfusionPanel.fits(Digits().spec())
    assert not ConfusionPanel.fits(Line().spec())


@pytest.mark.parametrize("cell", [(6, 1), (3, 3), (0, 2)])
def test_a_click_shows_exactly_the_images_counted(
    cell: tuple[int, int], open_panel, qtbot: QtBot
) -> None:
    panel = open_panel(ConfusionPanel, "images")
    now = example_run("images").result.class_predictions
    with qtbot.waitSignal(panel.cell_chosen) as chosen:
        click(qtbot, panel, cell)
    assert chosen.args == [cell]
    expected = {
        index
        for index, (target, probabilities) in enumerate(
            zip(now.target, now.probabilities, strict=True)
        )
        if (int(target), int(np.argmax(probabilities))) == cell
    }
    assert len(expected) == now.confusion[cell]
    shown = panel.gallery.indices
    assert len(set(shown)) == len(shown) == min(len(expected), MOST_TILES)
    assert set(shown) <= expected
    # The most confident predictions come first: they are the ones worth a look.
    assert (
        list(now.probabilities[list(shown), cell[1]])
        == sorted(now.probabilities[sorted(expected), cell[1]], reverse=True)[: len(shown)]
    )
    pixels = example_run("images").parts.test.x[shown[0], 0]
    picture = panel.gallery._pictures[0]
    assert picture == picture_of(pixels[None])
    assert str(now.confusion[cell]) in panel._heading.text()


def test_an_empty_cell_has_no_images(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(ConfusionPanel, "images")
    assert example_run("images").result.class_predictions.confusion[3, 0] == 0
    click(qtbot, panel, (3, 0))
    assert panel.gallery.indices == ()
    assert "0 samples" in panel._heading.text()


def test_samples_without_a_prediction_are_in_no_cell() -> None:
    now = predictions()
    cells = [cell_samples(now, (row, column)) for row in range(3) for column in range(3)]
    assert sorted(np.concatenate(cells).tolist()) == list(range(9))
    assert [len(cell) for cell in cells] == now.confusion.reshape(-1).tolist()


def test_the_keyboard_moves_and_selects(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(ConfusionPanel, "images")
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(panel.matrix, key)
    assert panel.matrix.hovered == (2, 1)
    with qtbot.waitSignal(panel.cell_chosen) as chosen:
        qtbot.keyClick(panel.matrix, Qt.Key.Key_Return)
    assert chosen.args == [(2, 1)]
    for _ in range(20):
        qtbot.keyClick(panel.matrix, Qt.Key.Key_Up)
        qtbot.keyClick(panel.matrix, Qt.Key.Key_Left)
    assert panel.matrix.hovered == (0, 0)


def test_every_position_belongs_to_its_cell(open_panel) -> None:
    panel = open_panel(ConfusionPanel, "images")
    matrix = panel.matrix
    for cell in np.ndindex(10, 10):
        assert matrix.cell_at(matrix.cell_rect(cell).center()) == cell
    assert matrix.cell_at(QPointF(0, 0)) is None


def test_describes_the_cell_under_the_mouse(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(ConfusionPanel, "images")
    count = example_run("images").result.class_predictions.confusion[6]
    qtbot.mouseMove(panel.matrix, panel.matrix.cell_rect((6, 1)).center().toPoint())
    part = 100 * count[1] / count.sum()
    words = f"target 6, predicted 1: {count[1]} ({part:.1f} %)"
    qtbot.waitUntil(lambda: panel.note == words)


def test_counts_or_per_cent_of_the_row(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(ConfusionPanel)
    panel.show_frame(frame(predictions()))
    assert [panel.matrix.cell_text((0, c)) for c in range(3)] == ["1", "2", "·"]
    panel.matrix.setFocus()
    qtbot.waitUntil(panel.matrix.hasFocus)
    qtbot.keyClick(panel.matrix, Qt.Key.Key_P)
    assert [panel.matrix.cell_text((0, c)) for c in range(3)] == ["33.3", "66.7", "·"]
    assert panel.percent_button.isChecked()


def test_the_summary_shows_accuracy_samples_and_step(open_panel) -> None:
    panel = open_panel(ConfusionPanel)
    panel.show_data(example_run("images").spec, example_run("images").parts)
    panel.show_frame(frame(predictions()))
    # The note is cut off in a narrow panel; that these are not all samples must not be.
    assert panel.note == "accuracy 66.67 %"
    assert panel.scope.isVisibleTo(panel)
    assert panel.scope.wordWrap()
    assert panel.scope.text().startswith("9 of 10 test images, at step 1,234")
    panel.show_result(example_run("images").result)
    assert panel.note.startswith("accuracy ")
    assert " · 900 test images · step 800" in panel.note
    assert not panel.scope.isVisibleTo(panel)


def test_images_follow_the_training(open_panel) -> None:
    panel = open_panel(ConfusionPanel)
    now = example_run("images")
    panel.show_data(now.spec, now.parts)
    panel.show_frame(now.frame)
    panel.choose((6, 1))
    before = panel.gallery.indices
    first = now.result.class_predictions
    probabilities = first.probabilities.copy()
    probabilities[before[0]] = np.eye(10)[6]
    confusion = confusion_matrix(first.target, probabilities.argmax(1), 10)
    panel.show_frame(frame(ClassPredictions("test", first.target, probabilities, confusion, 1234)))
    assert panel.gallery.indices == before[1:]


def test_images_close_and_are_below_in_a_narrow_panel(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(ConfusionPanel, "images", (900, 420))
    panel.choose((3, 3))
    qtbot.waitUntil(panel.gallery.isVisible)
    assert panel.gallery.mapTo(panel, panel.gallery.rect().topLeft()).x() > 400
    panel.resize(400, 600)
    qtbot.waitUntil(lambda: panel.gallery.mapTo(panel, panel.gallery.rect().topLeft()).y() > 300)
    close = [b for b in panel.findChildren(QToolButton) if b.text() == "Close the images"]
    qtbot.mouseClick(close[0], Qt.MouseButton.LeftButton)
    assert not panel.gallery.isVisible()


def test_a_click_on_an_image_emits_its_index(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(ConfusionPanel, "images")
    panel.choose((3, 3))
    qtbot.waitUntil(panel.gallery.isVisible)
    at = panel.gallery.tile_rect(2).center().toPoint()
    with qtbot.waitSignal(panel.sample_chosen) as chosen:
        qtbot.mouseClick(panel.gallery, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [panel.gallery.indices[2]]


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_numbers_are_readable_at_every_share(look: theme.Theme, open_panel) -> None:
    theme.apply(look)
    panel = open_panel(ConfusionPanel)
    matrix = panel.matrix
    counts = np.array([[99, 1, 0], [30, 40, 30], [0, 100, 0]])
    matrix.set_counts(counts, ("a", "b", "c"))
    for cell in np.ndindex(3, 3):
        colour = matrix.cell_colour(cell)
        ink = look.muted if matrix.cell_text(cell) == "·" else readable_on(colour)
        assert contrast(ink, colour) >= 4.4
    right, wrong = matrix.cell_colour((0, 0)), matrix.cell_colour((2, 1))
    assert contrast(right, look.surface) > 3
    assert right != wrong


def test_colours_follow_the_theme(open_panel) -> None:
    panel = open_panel(ConfusionPanel, "images")
    matrix = panel.matrix
    light = matrix.cell_colour((4, 4))
    theme.apply(theme.DARK)
    assert matrix.cell_colour((4, 4)) != light


def test_many_classes_can_be_painted(open_panel) -> None:
    panel = open_panel(ConfusionPanel, None, (420, 300))
    counts = np.arange(10_000).reshape(100, 100)
    panel.matrix.set_counts(counts, tuple(f"class number {n}" for n in range(100)))
    panel.set_empty("")
    panel.grab()


def test_samples_that_are_not_images_are_only_marked(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(ConfusionPanel, "plane")
    with qtbot.waitSignal(panel.cell_chosen) as chosen:
        click(qtbot, panel, (1, 1))
    assert chosen.args == [(1, 1)]
    assert not panel.gallery.isVisible()
