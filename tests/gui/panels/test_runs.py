"""The list of runs: what its buttons, keys and menu ask for."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nnplay.gui.panel.example_runs import example_run, example_run_list
from nnplay.gui.panels.runs import RunsPanel
from nnplay.gui.runs.run_list import Compared, RunCommand, RunList

LIST = example_run_list(example_run("plane"))
NEWEST, OLDEST = "second", "first"


class User:
    """A user at the panel, who sees what it asks for."""

    def __init__(self, panel: RunsPanel, qtbot: QtBot) -> None:
        self.panel, self.qtbot = panel, qtbot
        self.asked: list[RunCommand] = []
        panel.run_asked.connect(self.asked.append)

    def show(self, runs: RunList) -> None:
        self.panel.show_runs(runs)

    def key(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        self.panel.list.setFocus()
        self.qtbot.keyClick(self.panel.list, key, modifiers)

    def choose(self, row: int) -> None:
        self.panel.list.setCurrentIndex(self.panel.list.runs.index(row))


@pytest.fixture
def user(open_panel, qtbot: QtBot) -> User:
    panel = open_panel(RunsPanel)
    panel.show_runs(LIST)
    return User(panel, qtbot)


def test_without_runs_it_says_what_fills_it(open_panel) -> None:
    panel = open_panel(RunsPanel)
    assert panel.empty_text == "Every run is kept here: train twice to compare two settings."
    assert not panel.use_button.isEnabled()
    panel.show_runs(LIST)
    assert panel.empty_text == ""
    assert panel.use_button.isEnabled()


@pytest.mark.parametrize(
    ("button", "command"),
    [
        ("show", RunCommand("show", NEWEST)),
        ("use", RunCommand("use", NEWEST)),
        ("continue", RunCommand("continue", NEWEST)),
        ("pin", RunCommand("pin", NEWEST)),
        ("delete", RunCommand("delete", NEWEST)),
    ],
)
def test_buttons(user: User, button: str, command: RunCommand) -> None:
    user.qtbot.mouseClick(getattr(user.panel, f"{button}_button"), Qt.MouseButton.LeftButton)
    assert user.asked == [command]


@pytest.mark.parametrize(
    ("key", "command"),
    [
        (Qt.Key.Key_Delete, RunCommand("delete", NEWEST)),
        (Qt.Key.Key_P, RunCommand("pin", NEWEST)),
        (Qt.Key.Key_Return, RunCommand("show", NEWEST)),
        (Qt.Key.Key_Space, RunCommand("compare", NEWEST)),
    ],
)
def test_keys(user: User, key: Qt.Key, command: RunCommand) -> None:
    user.key(key)
    assert user.asked == [command]


def test_commands_are_for_the_chosen_run(user: User) -> None:
    user.key(Qt.Key.Key_Down)
    user.key(Qt.Key.Key_Delete)
    user.key(Qt.Key.Key_P)
    assert user.asked == [RunCommand("delete", OLDEST), RunCommand("pin", OLDEST, on=False)]


def test_a_click_on_the_box_compares_the_run(user: User) -> None:
    view = user.panel.list
    # Beside the one lane of the tree, as the newest run is a branch of this one.
    at = view.visualRect(view.runs.index(1)).topLeft() + QPoint(30, 14)
    user.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert user.asked == [RunCommand("compare", OLDEST)]
    user.show(replace(LIST, compared=Compared().with_run(OLDEST, [OLDEST, NEWEST])))
    user.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert user.asked[1:] == [RunCommand("compare", OLDEST, on=False)]


def test_f2_renames_in_place(user: User) -> None:
    user.key(Qt.Key.Key_F2)
    field = user.panel.list.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    user.qtbot.keyClicks(field, "  Ten   times faster ")
    user.qtbot.keyClick(field, Qt.Key.Key_Return)
    user.qtbot.waitUntil(lambda: bool(user.asked))
    assert user.asked == [RunCommand("rename", NEWEST, "Ten times faster")]


def test_a_note_is_written_below_the_list(user: User) -> None:
    user.key(Qt.Key.Key_N)
    field = user.panel.note_field
    assert field.isVisible()
    assert field.text() == "slower"
    field.selectAll()
    user.qtbot.keyClicks(field, "diverges")
    user.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert user.asked == [RunCommand("note", NEWEST, "diverges")]
    assert field.isHidden()


def test_escape_leaves_the_note_as_it_was(user: User) -> None:
    user.key(Qt.Key.Key_N)
    user.qtbot.keyClicks(user.panel.note_field, "diverges")
    user.qtbot.keyClick(user.panel.note_field, Qt.Key.Key_Escape)
    assert user.panel.note_field.isHidden()
    assert user.asked == []


def test_ctrl_z_brings_back_what_was_deleted(user: User) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    user.key(Qt.Key.Key_Z, control)
    assert user.asked == []
    user.show(replace(LIST, can_restore=True))
    user.key(Qt.Key.Key_Z, control)
    assert user.asked == [RunCommand("restore")]


def test_the_menu_has_every_command(user: User) -> None:
    user.choose(1)
    menu = user.panel.list.menu()
    entries = {entry.text(): entry for entry in menu.actions() if entry.text()}
    assert list(entries) == [
        "Show this run", "Compare its curves", "Use this experiment", "Continue as a new run",
        "Export", "Rename", "Note…", "Unpin", "Delete",
    ]  # fmt: skip
    entry: QAction = entries["Unpin"]
    entry.trigger()
    assert user.asked == [RunCommand("pin", OLDEST, on=False)]
    menu.deleteLater()


def test_the_chosen_run_stays_chosen_when_another_is_added(user: User) -> None:
    user.choose(1)
    third = replace(LIST.runs[0], id="third", number=3)
    user.show(RunList((*LIST.runs, third)))
    row = user.panel.list.row
    assert row is not None
    assert row.id == OLDEST
    user.show(RunList((LIST.runs[1], third)))
    row = user.panel.list.row
    assert row is not None
    assert row.id == NEWEST, "the next one, where the chosen run was deleted"
