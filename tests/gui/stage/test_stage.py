"""The tiles of the window: chosen, maximised, moved out and remembered."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from nnplay.gui.panel.panel import Panel
from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.network import NetworkPanel
from nnplay.gui.stage.tile_window import TileWindow
from nnplay.gui.style import theme
from tests.gui.piloting import OpenWindow, Pilot

CTRL = Qt.KeyboardModifier.ControlModifier


def spiral(pilot: Pilot) -> Any:
    pilot.open("spiral", epochs=40)
    stage = pilot.window.workspace.stage
    pilot.wait(lambda: pilot.window.workspace.panel(DecisionPanel).isVisible())
    return stage


def visible(pilot: Pilot) -> set[type[Panel]]:
    return {type(p) for p in pilot.window.workspace.built if p.isVisible()} & {
        DecisionPanel,
        CurvesPanel,
        NetworkPanel,
        ConfusionPanel,
    }


def tiles(pilot: Pilot) -> list[Panel]:
    return [p for p in pilot.window.workspace.built if type(p) in visible(pilot)]


def menu_of(pilot: Pilot, kind: type[Panel]) -> QMenu:
    """Open the menu of the tile that a view is in."""
    panel = pilot.window.workspace.panel(kind)
    corner = pilot.window.workspace.stage._menu_button
    pilot.click(panel._view_button if panel._view_button.isVisible() else corner)
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return found


def choose(pilot: Pilot, kind: type[Panel], text: str) -> None:
    menu = menu_of(pilot, kind)
    action = next(one for one in menu.actions() if one.text().split("\t")[0] == text)
    menu.setActiveAction(action)
    pilot.qtbot.keyClick(menu, Qt.Key.Key_Return)


def test_predictions_and_curves_are_there_at_first(pilot: Pilot) -> None:
    stage = spiral(pilot)
    assert visible(pilot) == {DecisionPanel, CurvesPanel}
    assert stage.arrangement.views == ("Decision map", "Curves")


def test_keys_and_buttons_arrange_the_views(pilot: Pilot) -> None:
    stage = spiral(pilot)
    pilot.key(Qt.Key.Key_2, CTRL)
    pilot.wait(lambda: visible(pilot) == {NetworkPanel, DecisionPanel})
    pilot.key(Qt.Key.Key_4, CTRL)
    pilot.wait(lambda: visible(pilot) == {DecisionPanel})
    pilot.key(Qt.Key.Key_3, CTRL)
    pilot.wait(lambda: len(stage.arrangement.views) == 4)
    assert {DecisionPanel, CurvesPanel, NetworkPanel} <= visible(pilot)
    for button in stage._buttons:
        pilot.click(button)
        assert [one.isChecked() for one in stage._buttons] == [
            one is button for one in stage._buttons
        ]


def test_the_menu_of_a_tile_chooses_its_view(pilot: Pilot) -> None:
    stage = spiral(pilot)
    choose(pilot, CurvesPanel, "Network")
    pilot.wait(lambda: visible(pilot) == {DecisionPanel, NetworkPanel})
    assert stage.arrangement.views == ("Decision map", "Network")
    bar = stage.tabs.bar
    tabs = [bar.tabText(at) for at in range(bar.count()) if bar.isTabVisible(at)]
    assert "Curves" in tabs
    assert "Network" not in tabs
    choose(pilot, NetworkPanel, "4 views")
    pilot.wait(lambda: len(stage.arrangement.views) == 4)
    choose(pilot, DecisionPanel, "1 view")
    pilot.wait(lambda: visible(pilot) == {DecisionPanel})


def test_a_double_click_on_the_heading_maximises_and_restores(pilot: Pilot) -> None:
    stage = spiral(pilot)
    curves, columns = pilot.window.workspace.panel(CurvesPanel), pilot.window.workspace.columns
    size = curves.size()
    heading = curves._title.mapTo(curves, QPoint(2, 2))
    left = Qt.MouseButton.LeftButton
    pilot.qtbot.mouseDClick(curves, left, pos=heading)
    pilot.wait(lambda: visible(pilot) == {CurvesPanel})
    assert not pilot.window.workspace.training_editor.isVisible()
    pilot.wait(lambda: curves.width() > columns.width() - 40)
    pilot.key(Qt.Key.Key_M, CTRL)
    pilot.wait(lambda: visible(pilot) == {DecisionPanel, CurvesPanel} and curves.size() == size)
    assert pilot.window.workspace.training_editor.isVisible()
    assert not stage.is_maximised
    # A double click in the plot is for the plot.
    pilot.qtbot.mouseDClick(curves, left, pos=curves.rect().center())
    assert not stage.is_maximised
    pilot.key(Qt.Key.Key_M, CTRL)
    assert stage.is_maximised
    pilot.open("linear-regression")
    assert not stage.is_maximised, "another experiment shows its editors"


def test_a_view_in_a_window_of_its_own_goes_on_and_comes_back(pilot: Pilot) -> None:
    stage = spiral(pilot)
    choose(pilot, CurvesPanel, "Window of its own")
    pilot.wait(lambda: len(pilot.window.findChildren(TileWindow)) == 1)
    (own,) = pilot.window.findChildren(TileWindow)
    curves = pilot.window.workspace.panel(CurvesPanel)
    pilot.wait(own.isVisible)
    assert curves.window() is own
    assert "Curves" not in stage.arrangement.views
    pilot.click_train()
    pilot.wait_phase("finished")
    pilot.wait(lambda: curves.empty_text == "")
    choose(pilot, CurvesPanel, "Back into the main window")
    pilot.wait(lambda: curves.window() is pilot.window and curves.isVisible())
    assert stage.arrangement.views == ("Decision map", "Curves")


def test_a_window_of_its_own_closes_with_the_main_window(
    open_window: OpenWindow, nnplay_home: Path
) -> None:
    pilot = open_window()
    stage = spiral(pilot)
    stage.move_out(stage._slots["Decision map"])
    (own,) = pilot.window.findChildren(TileWindow)
    pilot.wait(own.isVisible)
    closed: list[object] = []
    own.closing.connect(closed.append)
    pilot.window.close_unasked()
    assert closed


def test_arrangements_are_remembered_for_each_kind_of_data(
    open_window: OpenWindow, nnplay_home: Path
) -> None:
    pilot = open_window()
    stage = spiral(pilot)
    pilot.key(Qt.Key.Key_2, CTRL)
    pilot.wait(lambda: stage.arrangement.views == ("Network", "Decision map"))
    pilot.open("linear-regression")
    assert stage.arrangement.views == ("Fit", "Curves")
    pilot.window.close_unasked()
    again = open_window()
    assert again.window.workspace.stage.arrangement.views == ("Fit", "Curves")
    assert spiral(again).arrangement.views == ("Network", "Decision map")


def test_a_lesson_opens_with_the_views_that_it_names(pilot: Pilot) -> None:
    stage = pilot.window.workspace.stage
    pilot.window.files.open_preset("vanishing")
    fitting = stage.fitting()
    first = "Gradients" if "Gradients" in fitting else fitting[0]
    pilot.wait(lambda: stage.arrangement.views == (first, "Curves"))
    pilot.open("mnist-mlp")
    pilot.wait(lambda: stage.arrangement.views == ("Confusion matrix", "Curves"))


def test_two_tiles_are_readable_in_a_small_window(pilot: Pilot) -> None:
    stage = spiral(pilot)
    pilot.window.resize(1280, 720)
    for key in (Qt.Key.Key_1, Qt.Key.Key_2):
        pilot.key(key, CTRL)
        pilot.wait(lambda: len(tiles(pilot)) == 2)
        pilot.wait(lambda: all(p.width() >= 560 and p.height() >= 170 for p in tiles(pilot)))
    pilot.key(Qt.Key.Key_3, CTRL)
    pilot.wait(lambda: len(stage.arrangement.views) == 4)
    QApplication.processEvents()
    assert pilot.window.size() == QSize(1280, 720)


def test_buttons_follow_the_theme(pilot: Pilot) -> None:
    stage = spiral(pilot)
    button: QToolButton = stage._buttons[0]
    before = button.icon().pixmap(16, 16).toImage()
    theme.apply(theme.DARK)
    assert button.icon().pixmap(16, 16).toImage() != before
    theme.apply(theme.LIGHT)
