"""How the panes share the window: empty ones give their room, dividers move, space is used."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from nnplay.experiment import set_value
from nnplay.gui.panels.data_preview import DataPreview
from nnplay.gui.panes import Panes
from nnplay.session import Change
from tests.gui.piloting import OpenWindow, Pilot


def panes(pilot: Pilot, name: str) -> Panes:
    return pilot.window.workspace.columns.panes[name]


def resize(pilot: Pilot, width: int, height: int) -> None:
    pilot.window.resize(width, height)
    pilot.wait(lambda: pilot.window.workspace.width() == width)
    QApplication.processEvents()


def drag(pilot: Pilot, splitter: Panes, distance: int) -> None:
    """Drag the first divider by that many pixels."""
    handle = splitter.handle(1)
    middle = handle.rect().center()
    far = QPoint(0, distance)
    button = Qt.MouseButton.LeftButton
    pilot.qtbot.mousePress(handle, button, pos=middle)
    pilot.qtbot.mouseMove(handle, middle + far)
    pilot.qtbot.mouseRelease(handle, button, pos=middle + far)


def test_empty_results_give_their_room_to_the_training_settings(pilot: Pilot) -> None:
    resize(pilot, 1280, 720)
    pilot.open("linear-regression", 5)
    training, results = pilot.window.workspace.training_editor, panes(pilot, "right").widget(1)
    pilot.wait(lambda: results.height() < 150)
    assert training.height() > 470
    pilot.click_train()
    pilot.wait(lambda: results.height() > 300)
    assert training.rate.field("lr").isVisible()
    pilot.button(pilot.window.transport.reset_action).click()
    pilot.wait(lambda: results.height() < 150)


def test_dividers_move_both_ways_in_a_low_window_and_stay(
    pilot: Pilot, open_window: OpenWindow, nnplay_home: Path
) -> None:
    resize(pilot, 1280, 720)
    pilot.open("mnist-cnn")
    for name in ("left", "middle", "right"):
        splitter = panes(pilot, name)
        before = splitter.sizes()[0]
        drag(pilot, splitter, 60)
        assert abs(splitter.sizes()[0] - before - 60) <= 2, name
        drag(pilot, splitter, -120)
        assert abs(splitter.sizes()[0] - before + 60) <= 2, name
    moved = panes(pilot, "right").sizes()
    pilot.open("linear-regression")
    assert panes(pilot, "right").sizes() == moved
    pilot.window.document.saved(nnplay_home / "never-written.json")
    pilot.window.close()
    again = open_window()
    resize(again, 1280, 720)
    assert panes(again, "right").sizes() == moved
    assert not panes(again, "across").by_hand


def test_a_wide_window_widens_every_column(pilot: Pilot) -> None:
    resize(pilot, 1280, 720)
    narrow = panes(pilot, "across").sizes()
    resize(pilot, 1920, 1080)
    wide = panes(pilot, "across").sizes()
    assert all(after > before for before, after in zip(narrow, wide, strict=True))


def test_the_preview_shows_edited_data_while_the_panels_show_those_of_a_run(pilot: Pilot) -> None:
    stack = pilot.window.workspace.stacks["data"]
    document = pilot.window.document
    pilot.open("spiral", epochs=1_000_000)
    assert not stack.isVisible(), "the map shows the same points"
    pilot.click_train()
    pilot.wait_phase("running")
    assert not stack.isVisible()
    document.edit(Change(replace(document.experiment, epochs=7), "Epochs"))
    assert not stack.isVisible()
    document.edit(Change(set_value(document.experiment, "data.points", 321), "Points"))
    assert stack.isVisible()
    document.undo()
    assert not stack.isVisible()
    document.redo()
    assert stack.isVisible()
    pilot.window.controller.reset()
    assert not stack.isVisible(), "the map shows the edited points now"


def test_tables_have_no_empty_preview(pilot: Pilot) -> None:
    stack = pilot.window.workspace.stacks["data"]
    pilot.open("spiral", epochs=1_000_000)
    pilot.click_train()
    pilot.wait_phase("running")
    document = pilot.window.document
    document.edit(Change(set_value(document.experiment, "data.points", 321), "Points"))
    assert stack.isVisible()
    box = pilot.window.workspace.data_editor.section.box
    box.setFocus()
    box.setCurrentIndex(box.findData("Iris"))
    box.activated.emit(box.currentIndex())
    assert not DataPreview.fits(pilot.window.document.experiment.data.spec())
    assert not stack.isVisible()
    document.undo()
    assert stack.isVisible()


def test_an_opened_section_gets_the_room_that_the_results_can_spare(pilot: Pilot) -> None:
    resize(pilot, 1920, 1080)
    pilot.open("mnist-cnn")
    training = pilot.window.workspace.training_editor
    before = training.height()
    training.computing.button.click()
    pilot.wait(lambda: training.height() > before)
