"""Names, freezing, initialisers and pretrained weights in the network editor."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnplay.catalog import (
    MNIST,
    SGD,
    BatchNorm,
    Conv2d,
    CrossEntropy,
    Dense,
    Flatten,
    MaxPool2d,
    PReLU,
    ReLU,
)
from nnplay.experiment import Experiment, check, set_value
from nnplay.gui.editors.network.editor import NetworkEditor

Open = Callable[[type[NetworkEditor], Experiment], Any]
NETWORK = (
    *(Conv2d(16), ReLU(), MaxPool2d(), Conv2d(32), ReLU(), MaxPool2d()),
    *(Flatten(), Dense(10)),
)
BASE = Experiment(MNIST(), NETWORK, CrossEntropy(), SGD())


@pytest.fixture
def session(open_editor: Open) -> Any:
    return open_editor(NetworkEditor, BASE)


def press(qtbot: QtBot, session: Any, key: Qt.Key) -> None:
    session.editor.view.setFocus()
    qtbot.keyClick(session.editor.view, key)


def select(session: Any, row: int) -> None:
    session.editor.view.setCurrentIndex(session.editor.model.index(row))


def row(session: Any, number: int) -> Any:
    return session.editor.model.row(session.editor.model.index(number))


def test_the_l_key_freezes_and_unfreezes(qtbot: QtBot, session: Any) -> None:
    select(session, 4)
    press(qtbot, session, Qt.Key.Key_L)
    assert session.experiment.network[3] == Conv2d(32, frozen=True)
    assert row(session, 4).frozen and not row(session, 1).frozen
    # 4640 = 32 * (16 * 3 * 3 + 1); 12810 = 16 * (9 + 1) + 4640 + (32 * 5 * 5 + 1) * 10
    assert session.editor.total.text() == "12,810 parameters in total, 4,640 of them frozen"
    assert session.editor.inspector.freeze.isChecked()
    at = session.editor.model.index(4)
    assert "frozen" in at.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "its weights do not change" in at.data(Qt.ItemDataRole.ToolTipRole)
    qtbot.mouseClick(session.editor.inspector.freeze, Qt.MouseButton.LeftButton)
    assert session.experiment == BASE
    assert session.labels == ["Freeze Convolution 2d", "Unfreeze Convolution 2d"]


def test_layers_without_weights_cannot_be_frozen(qtbot: QtBot, session: Any) -> None:
    for number in (0, 2, 9):
        select(session, number)
        press(qtbot, session, Qt.Key.Key_L)
        assert not session.editor.inspector.freeze.isVisible()
    assert session.changes == []
    select(session, 2)
    menu = session.editor.context_menu()
    enabled = {action.text(): action.isEnabled() for action in menu.actions()}
    assert enabled["Rename"] and not enabled["Freeze or unfreeze"]
    menu.close()


def test_f2_names_a_layer_in_one_step_of_undo(qtbot: QtBot, session: Any) -> None:
    select(session, 8)
    press(qtbot, session, Qt.Key.Key_F2)
    field = session.editor.inspector.more.field("name")
    assert session.editor.focusWidget() is field and field.isVisible()
    qtbot.keyClicks(field, "answer")
    assert session.experiment.network[7] == Dense(10, name="answer")
    assert session.editor.focusWidget() is field
    assert {change.merge for change in session.changes} == {"network[7].name"}
    assert (row(session, 8).name, row(session, 8).summary) == ("answer", "Dense · 10 units")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert session.editor.focusWidget() is session.editor.view


@pytest.mark.parametrize(
    ("layer", "offered"),
    [
        (Dense(10), ("name", "initialiser", "l1", "l2")),
        (BatchNorm(), ("name",)),
        (PReLU(), ("name",)),
        (Flatten(), ("name",)),
    ],
)
def test_only_effective_extras_are_offered(layer: Any, offered: Any, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, set_value(BASE, "network", (layer,)))
    select(session, 1)
    inspector = session.editor.inspector
    assert tuple(param.name for param in inspector.more.params()) == offered
    assert not {p.name for p in inspector.form.params()} & {"name", "frozen", "l1", "initialiser"}
    assert not inspector.more.isVisible()
    inspector.fold.click()
    assert inspector.more.isVisible()
    # The section stays open from layer to layer, and is absent if no layer is selected.
    select(session, 0)
    assert not inspector.fold.isVisible() and not inspector.more.isVisible()
    select(session, 1)
    assert inspector.more.isVisible()


def test_loaded_weights_are_named_in_the_row(session: Any) -> None:
    dense = Dense(10, initialiser="He normal", l2=0.01)
    session.show(set_value(BASE, "network", (*NETWORK[:-1], dense)))
    assert row(session, 8).summary == "10 units · He normal · own L2 0.01"


def test_bundled_weights_are_chosen_and_cleared(qtbot: QtBot, session: Any) -> None:
    editor = session.editor
    assert not editor.start_line.isVisible()
    actions = {action.text(): action for action in editor.start_button.choices.actions()}
    assert not actions["Do not load weights"].isEnabled()
    actions["mnist-features (included)"].trigger()
    assert session.experiment.start == "mnist-features"
    assert editor.start_line.label.text() == "Layers 1, 4, 8 load mnist-features."
    session.show(set_value(session.experiment, "network[3].filters", 31))
    assert editor.start_line.label.text() == "Layer 1 loads mnist-features."
    qtbot.mouseClick(editor.start_line.clear, Qt.MouseButton.LeftButton)
    assert session.experiment.start == "" and not editor.start_line.isVisible()
    assert session.labels == ["Load pretrained weights", "Do not load weights"]


def test_a_weights_file_is_chosen_and_checked(
    session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"rubbish")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    editor = session.editor
    next(a for a in editor.start_button.choices.actions() if "file" in a.text()).trigger()
    assert session.experiment.start == str(path)
    assert "is not a weights file" in editor.start_line.label.text()
    assert "--out" in editor.start_line.label.toolTip()
    session.show(set_value(BASE, "start", "two\nlines"))
    assert editor.start_line.label.text().startswith("Expected a line of at most")
    session.show(replace(BASE, network=(Flatten(),), start="mnist-features"))
    assert editor.start_line.label.text() == "No layer loads mnist-features."
    session.show(replace(BASE, start=str(path)))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: ("", ""))
    next(a for a in editor.start_button.choices.actions() if "file" in a.text()).trigger()
    assert len(session.changes) == 1


def test_a_completely_frozen_network_is_fixed_by_a_click() -> None:
    frozen = (Flatten(), Dense(9, frozen=True), BatchNorm(frozen=True), Dense(10, frozen=True))
    experiment = set_value(BASE, "network", frozen)
    (problem,) = check(experiment)
    assert str(problem.where) == "network[3].frozen" and "nothing to train" in problem.what
    assert problem.fix is not None and problem.fix.label == "Unfreeze Dense"
    assert problem.fix.experiment.network == (*frozen[:3], Dense(10))
    assert check(problem.fix.experiment) == ()
