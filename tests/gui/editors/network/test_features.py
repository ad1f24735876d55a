"""The feature buttons: one click each, a layer added and removed, a typed formula."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnplay.catalog import (
    MSE,
    SGD,
    CrossEntropy,
    Dense,
    Digits,
    Features,
    Flatten,
    Sine,
    Spiral,
    Tanh,
)
from nnplay.experiment import Experiment, check
from nnplay.gui.editors.network.editor import NetworkEditor
from nnplay.gui.editors.network.features import with_feature
from nnplay.gui.forms import TextField

Open = Callable[[Any, Experiment], Any]
PLAIN = Experiment(Spiral(), (Dense(4), Tanh(), Dense(2)), CrossEntropy(), SGD())
LEFT = Qt.MouseButton.LeftButton


def test_a_click_adds_a_feature_and_another_removes_it(open_editor: Open, qtbot: QtBot) -> None:
    session = open_editor(NetworkEditor, PLAIN)
    strip = session.editor.features
    assert strip.isVisible()
    on = [name for name, button in strip.buttons.items() if button.isChecked()]
    assert on == ["x", "y"]
    session.editor.view.setCurrentIndex(session.editor.model.index(3))
    qtbot.mouseClick(strip.buttons["x2"], LEFT)
    assert session.experiment.network == (Features(x2=True), *PLAIN.network)
    assert session.labels == ["Switch x² on"]
    assert session.editor.selected_row() == 4, "the same layer as before"
    assert strip.buttons["x2"].isChecked()
    qtbot.mouseClick(strip.buttons["x"], LEFT)
    assert session.experiment.network[0] == Features(x=False, x2=True)
    assert check(session.experiment) == ()
    qtbot.mouseClick(strip.buttons["x"], LEFT)
    qtbot.mouseClick(strip.buttons["x2"], LEFT)
    assert session.experiment == PLAIN, "a layer without features is removed"
    assert session.editor.selected_row() == 3


def test_the_last_feature_stays(open_editor: Open, qtbot: QtBot) -> None:
    session = open_editor(NetworkEditor, PLAIN)
    qtbot.mouseClick(session.editor.features.buttons["x"], LEFT)
    before = session.experiment
    assert before.network[0] == Features(x=False)
    qtbot.mouseClick(session.editor.features.buttons["y"], LEFT)
    assert session.experiment is before
    assert session.editor.features.buttons["y"].isChecked()


def test_a_formula_is_typed_where_the_click_puts_the_cursor(
    open_editor: Open, qtbot: QtBot
) -> None:
    session = open_editor(NetworkEditor, PLAIN)
    qtbot.mouseClick(session.editor.features.buttons["typed"], LEFT)
    field = session.editor.inspector.form.field("typed")
    assert isinstance(field, TextField)
    assert field.text() == "x**2 + y**2" == field.selectedText()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "abs(x - z)")
    assert field.mark() == 8
    (problem,) = check(session.experiment)
    assert "Unknown name z" in problem.what
    assert problem in session.editor.model.row(session.editor.model.index(1)).problems
    qtbot.keyClicks(field, "\b\by)")
    assert field.mark() is None
    assert session.experiment.network[0] == Features(typed="abs(x - y)")
    qtbot.mouseClick(session.editor.features.buttons["typed"], LEFT)
    assert session.experiment == PLAIN


def test_a_curve_has_features_of_x_only(open_editor: Open, qtbot: QtBot) -> None:
    curve = Experiment(Sine(), (Dense(1),), MSE(), SGD())
    session = open_editor(NetworkEditor, curve)
    buttons = session.editor.features.buttons
    shown = [name for name, button in buttons.items() if button.isVisible()]
    assert shown == ["x", "x2", "sin_x", "cos_x", "typed"]
    qtbot.mouseClick(buttons["typed"], LEFT)
    assert session.experiment.network[0] == Features(typed="x**3")
    assert check(session.experiment) == ()
    assert with_feature(curve, "x", False) == curve, "y alone is not available here"


def test_images_have_no_features(open_editor: Open) -> None:
    pictures = replace(PLAIN, data=Digits(), network=(Flatten(), Dense(10)))
    session = open_editor(NetworkEditor, pictures)
    assert session.editor.features.isHidden()
    session.show(PLAIN)
    assert session.editor.features.isVisible()


@pytest.mark.parametrize("name", ["x", "sin_x", "typed"])
def test_a_button_looks_different_when_it_is_on(open_editor: Open, name: str) -> None:
    session = open_editor(NetworkEditor, PLAIN)
    button = session.editor.features.buttons[name]
    was = button.isChecked()
    before = button.grab().toImage()
    button.setChecked(not was)
    assert button.grab().toImage() != before


def test_a_named_layer_of_features_stays_when_it_is_plain() -> None:
    named = replace(PLAIN, network=(Features(x2=True, name="mine"), *PLAIN.network))
    assert with_feature(named, "x2", False).network[0] == Features(name="mine")


def test_the_row_names_the_active_features_and_the_form_the_formula(open_editor: Open) -> None:
    layer = Features(y=False, xy=True, typed="x % 1")
    session = open_editor(NetworkEditor, replace(PLAIN, network=(layer, *PLAIN.network)))
    row = session.editor.model.row(session.editor.model.index(1))
    assert row.summary == "x · xy · x % 1"
    session.editor.view.setCurrentIndex(session.editor.model.index(1))
    assert session.editor.inspector.form.params()[0].name == "typed"
    session.show(Experiment(Sine(), (Features(x2=True), Dense(1)), MSE(), SGD()))
    assert session.editor.model.row(session.editor.model.index(1)).summary == "x · x²"


def test_features_further_up_are_switched_in_their_place() -> None:
    later = replace(PLAIN, network=(Dense(2), Features(xy=True), Dense(2)))
    changed = with_feature(later, "x2", True)
    assert changed.network == (Dense(2), Features(xy=True, x2=True), Dense(2))
    assert with_feature(later, "xy", False).network == (Dense(2), Dense(2))
