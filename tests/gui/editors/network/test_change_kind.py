"""Another kind in the place of a layer or of the loss, and where the selection goes."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnplay.catalog import (
    MNIST,
    SGD,
    AvgPool2d,
    Conv2d,
    CrossEntropy,
    Dense,
    Flatten,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Tanh,
    kinds,
)
from nnplay.experiment import Experiment
from nnplay.gui.editors.network.editor import NetworkEditor

Open = Callable[[type[NetworkEditor], Experiment], Any]
GOOD = Experiment(
    MNIST(),
    (Conv2d(8), MaxPool2d(3), Flatten(), Dense(64), ReLU(name="bend"), Dense(10)),
    CrossEntropy(),
    SGD(),
)


def choose(qtbot: QtBot, session: Any, row: int, text: str) -> None:
    """Click on the arrow of a row, search in the popup, and press Enter."""
    view, picker = session.editor.view, session.editor.picker
    view.setCurrentIndex(session.editor.model.index(row))
    arrow = view.arrow_of(view.currentIndex())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=arrow.center())
    assert picker.isVisible()
    qtbot.keyClicks(picker.search, text)
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)


def test_an_activation_is_exchanged_on_its_row(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    choose(qtbot, session, 5, "tanh")
    assert session.experiment.network[4] == Tanh(name="bend")
    assert session.experiment.network[:4] == GOOD.network[:4]
    assert session.labels == ["Change ReLU to Tanh"]
    assert session.editor.selected_row() == 5
    choose(qtbot, session, 5, "leaky")
    assert session.experiment.network[4] == LeakyReLU(name="bend")


def test_the_arrow_of_an_activation_offers_activations_only(
    qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(NetworkEditor, GOOD)
    editor = session.editor
    editor.view.setCurrentIndex(editor.model.index(5))
    editor.view.setFocus()
    qtbot.keyClick(editor.view, Qt.Key.Key_C)
    assert set(editor.picker.shown()) == set(kinds("activation"))
    assert editor.picker.list.currentItem().text().strip() == "ReLU"
    editor.picker.close()
    editor.open_picker()
    assert set(editor.picker.shown()) == set(kinds("activation")) | set(kinds("layer"))
    editor.picker.close()


def test_common_parameters_keep_their_values(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    choose(qtbot, session, 2, "average pooling 2d")
    assert session.experiment.network[1] == AvgPool2d(3)


def test_the_loss_is_exchanged_on_the_row_of_the_output(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    choose(qtbot, session, 7, "hinge")
    assert session.experiment.loss.key != GOOD.loss.key
    assert "hinge" in session.experiment.loss.label.lower()
    assert session.experiment.network == GOOD.network


def test_the_input_has_no_other_kinds(open_editor: Open) -> None:
    editor = open_editor(NetworkEditor, GOOD).editor
    assert editor.view.arrow_of(editor.model.index(0)).isEmpty()


def test_a_layer_inserted_after_a_removal_takes_its_place(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    editor = session.editor
    for row, kept in ((5, GOOD.network[:4]), (1, ())):
        session.show(GOOD)
        editor.view.setCurrentIndex(editor.model.index(row))
        editor.view.setFocus()
        qtbot.keyClick(editor.view, Qt.Key.Key_Delete)
        qtbot.keyClick(editor.view, Qt.Key.Key_Insert)
        qtbot.keyClicks(editor.picker.search, "tanh")
        qtbot.keyClick(editor.picker.search, Qt.Key.Key_Return)
        assert session.experiment.network == (*kept, Tanh(), *GOOD.network[row:])


def test_fixing_is_offered_only_where_something_can_be_fixed(open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)

    def is_offered() -> bool:
        session.editor.context_menu().close()
        session.editor.context_menu()
        return bool(session.editor.actions_by_name["fix"].isEnabled())

    assert not is_offered()
    session.show(Experiment(MNIST(), (Dense(10),), CrossEntropy(), SGD()))
    assert is_offered()
