"""The layer stack: every operation by key, click and drag; errors; what is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnplay.catalog import (
    MNIST,
    MSE,
    SGD,
    Conv2d,
    CrossEntropy,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    Line,
    MaxPool2d,
    ReLU,
    kinds,
)
from nnplay.experiment import Experiment
from nnplay.experiment.checks.check import check
from nnplay.gui.editors.network.editor import NetworkEditor
from nnplay.gui.editors.network.stack_model import MIME, StackModel
from nnplay.gui.editors.network.stack_rows import UNKNOWN, stack_rows, summary
from nnplay.gui.forms import ProblemStack

Open = Callable[[type[NetworkEditor], Experiment], Any]
ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def mnist(*network: Layer) -> Experiment:
    return Experiment(MNIST(), network, CrossEntropy(), SGD())


GOOD = mnist(Flatten(), Dense(128), ReLU(), Dense(10))


def press(
    qtbot: QtBot, session: Any, key: Qt.Key, modifier: Any = Qt.KeyboardModifier.NoModifier
) -> None:
    session.editor.view.setFocus()
    qtbot.keyClick(session.editor.view, key, modifier)


def select(session: Any, row: int) -> None:
    session.editor.view.setCurrentIndex(session.editor.model.index(row))


def rows(session: Any) -> list[Any]:
    model = session.editor.model
    return [model.row(model.index(number)) for number in range(model.rowCount())]


def test_rows_show_the_shapes_and_parameter_counts_of_torch(open_editor: Open) -> None:
    conv = mnist(Conv2d(32), ReLU(), MaxPool2d(), Flatten(), Dense(10))
    session = open_editor(NetworkEditor, conv)
    # 26 = 28 - 3 + 1; 320 = 32 * (3 * 3 + 1); 54090 = (32 * 13 * 13 + 1) * 10
    assert [row.shape for row in rows(session)] == [
        "1 × 28 × 28",
        "32 × 26 × 26",
        "32 × 26 × 26",
        "32 × 13 × 13",
        "5408",
        "10",
        "10",
    ]
    assert [row.parameters for row in rows(session)] == ["", "320", "", "", "", "54,090", ""]
    assert "54,410" in session.editor.total.text()
    assert [row.summary for row in rows(session)][1:4] == ["32 filters · 3×3", "", "2×2"]


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Dense(1), "1 unit"),
        (Dense(2000, bias=False), "2,000 units · no bias"),
        (Conv2d(8, 5, stride=2, padding=1), "8 filters · 5×5 · stride 2 · padding 1"),
        (MaxPool2d(3, 3), "3×3 · stride 3"),
        (Dropout(0.5), "p 0.5"),
        (LeakyReLU(), "negative slope 0.01"),
        (Flatten(), ""),
    ],
)
def test_summaries(layer: Layer, text: str) -> None:
    assert summary(layer) == text


def test_add_by_typing_in_the_list(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    select(session, 2)
    press(qtbot, session, Qt.Key.Key_Insert)
    picker = session.editor.picker
    assert picker.isVisible()
    qtbot.keyClicks(picker.search, "leaky")
    assert picker.shown() == ["LeakyReLU"]
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert not picker.isVisible()
    assert session.experiment.network == (Flatten(), Dense(128), LeakyReLU(), ReLU(), Dense(10))
    assert session.labels == ["Add Leaky ReLU"]
    assert session.editor.selected_row() == 3


def test_the_list_finds_names_and_keys_and_moves_with_arrows(
    qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(NetworkEditor, GOOD)
    qtbot.mouseClick(session.editor.add_button, Qt.MouseButton.LeftButton)
    picker = session.editor.picker
    assert picker.shown() == [*kinds("layer"), *kinds("activation")]
    qtbot.keyClicks(picker.search, "CONV2")
    assert picker.shown() == ["Conv2d"]
    assert kinds("layer")["Conv2d"].help in picker.hint.text()
    picker.search.clear()
    qtbot.keyClicks(picker.search, "elu")
    found = [key for key in kinds("activation") if "elu" in key.lower()]
    assert picker.shown() == found and {"ReLU", "ELU", "GELU"} < set(found)
    assert picker.list.currentItem().text().strip() == "ELU"  # what is called so comes first
    qtbot.keyClick(picker.search, Qt.Key.Key_Down)
    assert picker.list.currentItem().text().strip() == found[found.index("ELU") + 1]
    qtbot.keyClicks(picker.search, "zzz")
    assert picker.shown() == []
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert picker.isVisible()
    qtbot.keyClick(picker.search, Qt.Key.Key_Escape)
    assert not picker.isVisible()
    assert session.changes == []


def test_add_with_the_mouse_at_the_input_and_the_output(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    for row in (0, 6):
        select(session, row)
        session.editor.open_picker()
        picker = session.editor.picker
        item = next(
            picker.list.item(i)
            for i in range(picker.list.count())
            if "Tanh" in picker.list.item(i).text()
        )
        picker.list.scrollToItem(item)
        at = picker.list.visualItemRect(item).center()
        qtbot.mouseClick(picker.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert [layer.key for layer in session.experiment.network] == [
        "Tanh",
        "Flatten",
        "Dense",
        "ReLU",
        "Dense",
        "Tanh",
    ]


def test_remove_duplicate_and_move_by_keys(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    select(session, 2)
    press(qtbot, session, Qt.Key.Key_D, CTRL)
    assert session.experiment.network == (Flatten(), Dense(128), Dense(128), ReLU(), Dense(10))
    assert session.editor.selected_row() == 3
    press(qtbot, session, Qt.Key.Key_Down, ALT)
    assert session.experiment.network == (Flatten(), Dense(128), ReLU(), Dense(128), Dense(10))
    assert session.editor.selected_row() == 4
    press(qtbot, session, Qt.Key.Key_Up, ALT)
    press(qtbot, session, Qt.Key.Key_Up, ALT)  # past its equal: nothing changes but the place
    assert len(session.changes) == 3
    assert session.editor.selected_row() == 2
    press(qtbot, session, Qt.Key.Key_Delete)
    assert session.experiment == GOOD
    assert session.labels == ["Duplicate Dense", "Move Dense", "Move Dense", "Remove Dense"]
    assert all(change.merge == "" for change in session.changes)


def test_input_and_output_stay_where_they_are(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    for row in (0, 5):
        select(session, row)
        press(qtbot, session, Qt.Key.Key_Delete)
        press(qtbot, session, Qt.Key.Key_D, CTRL)
        press(qtbot, session, Qt.Key.Key_Up, ALT)
        press(qtbot, session, Qt.Key.Key_Down, ALT)
    select(session, 1)
    press(qtbot, session, Qt.Key.Key_Up, ALT)
    select(session, 4)
    press(qtbot, session, Qt.Key.Key_Down, ALT)
    assert session.changes == []


def test_enter_edits_and_delete_there_deletes_digits(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    select(session, 2)
    press(qtbot, session, Qt.Key.Key_Return)
    field = session.editor.inspector.form.field("units")
    assert session.editor.focusWidget() is field
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_3, Qt.Key.Key_2):
        qtbot.keyClick(field, key)
    assert session.experiment.network == (Flatten(), Dense(32), ReLU(), Dense(10))
    assert session.editor.focusWidget() is field
    assert session.editor.selected_row() == 2
    assert {change.merge for change in session.changes} == {"network[1].units"}
    assert set(session.labels) == {"Change units"}
    assert rows(session)[2].summary == "32 units"
    qtbot.keyClick(field, Qt.Key.Key_D, CTRL)
    qtbot.keyClick(field, Qt.Key.Key_Period, CTRL)
    assert len(session.experiment.network) == 4
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert session.editor.focusWidget() is session.editor.view


def test_a_broken_stack_is_shown_on_its_row_and_fixed_by_a_click(
    qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(NetworkEditor, mnist(Conv2d(), Dense(64), ReLU(), Dense(10)))
    assert [row.shape for row in rows(session)][2:] == [UNKNOWN] * 4
    assert [bool(row.problems) for row in rows(session)] == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]
    view = session.editor.view
    stack = view.indexWidget(session.editor.model.index(2))
    assert isinstance(stack, ProblemStack)
    (line,) = stack.lines()
    qtbot.waitUntil(lambda: stack.y() > view.visualRect(session.editor.model.index(2)).y() + 30)
    assert view.visualRect(session.editor.model.index(3)).top() >= stack.geometry().bottom()
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    assert session.experiment.network == (Conv2d(), Flatten(), Dense(64), ReLU(), Dense(10))
    assert check(session.experiment) == ()
    assert all(not row.problems for row in rows(session))
    indexes = [session.editor.model.index(i) for i in range(session.editor.model.rowCount())]
    assert all(view.indexWidget(index) is None for index in indexes)


def test_a_fix_by_key(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, mnist(Flatten(), Dense(7)))
    press(qtbot, session, Qt.Key.Key_Period, CTRL)
    assert session.experiment.network == (Flatten(), Dense(10))
    press(qtbot, session, Qt.Key.Key_Period, CTRL)
    assert len(session.changes) == 1


def test_an_empty_network_says_so_at_the_output(open_editor: Open) -> None:
    session = open_editor(NetworkEditor, mnist())
    assert [row.role for row in rows(session)] == ["input", "output"]
    assert "no layers" in rows(session)[1].problems[0].what


def test_the_form_of_the_first_layer_with_parameters_is_open(open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    assert session.editor.inspector.form.field("units").value == 128


@pytest.mark.parametrize("width", [300, 420])
def test_the_whole_form_is_shown_where_there_is_room(
    width: int, qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(NetworkEditor, GOOD)
    inspector = session.editor.inspector
    for height in (600, 400):
        session.editor.resize(width, height)
        for row in (1, 2, 3):
            select(session, row)
            QApplication.processEvents()
            qtbot.waitUntil(lambda: not inspector.verticalScrollBar().isVisible())
            assert inspector.height() >= inspector.preferred_height()


def test_the_selected_row_stays_in_sight_when_its_form_opens(open_editor: Open) -> None:
    conv = (Conv2d(4), ReLU(), MaxPool2d(), Conv2d(8), ReLU(), Flatten(), Dense(10))
    session = open_editor(NetworkEditor, mnist(*conv))
    session.editor.resize(300, 400)
    select(session, 2)  # no form
    QApplication.processEvents()
    select(session, 4)
    QApplication.processEvents()
    view = session.editor.view
    row = view.visualRect(session.editor.model.index(4))
    assert view.viewport().rect().contains(row)


def test_the_menu_lists_all_commands_with_their_keys(open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    menu = session.editor.context_menu()
    keys = [action.shortcut().toString() for action in menu.actions()]
    assert keys == [
        "Ins",
        "C",
        "Return",
        "F2",
        "L",
        "Ctrl+D",
        "Alt+Up",
        "Alt+Down",
        "Ctrl+.",
        "Del",
    ]
    is_off = [not action.isEnabled() for action in menu.actions()]
    assert is_off == [key == "Ctrl+." for key in keys], "there is nothing to fix"
    next(a for a in menu.actions() if a.text() == "Remove").trigger()
    menu.close()
    assert session.experiment.network == (Flatten(), ReLU(), Dense(10))


# ------------------------------------------------------------------------------ dragging


def drop(session: Any, source: int, gap: int) -> bool:
    model: StackModel = session.editor.model
    data = model.mimeData([model.index(source)])
    return model.dropMimeData(data, Qt.DropAction.MoveAction, gap, 0, QModelIndex())


@given(source=st.integers(0, 5), gap=st.integers(-1, 6))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_drop_moves_one_layer_or_nothing(source: int, gap: int, open_editor: Open) -> None:
    network = (Flatten(), Dense(128), ReLU(), Dense(10))
    session = open_editor(NetworkEditor, mnist(*network))
    assert drop(session, source, gap) is False
    rest = [layer for index, layer in enumerate(network) if index != source - 1]
    moved = list(session.experiment.network)
    if 1 <= source <= 4:
        place = (6 if gap < 0 else gap) - 1  # among the layers
        place = min(max(place - (place > source - 1), 0), 3)
        rest.insert(place, network[source - 1])
        assert session.editor.selected_row() == (place + 1 if moved != list(network) else 2)
    assert moved == rest
    assert len(session.changes) == (tuple(moved) != network)
    session.editor.close()


def test_dropping_a_layer_on_itself_or_other_objects_changes_nothing(open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    for gap in (2, 3):
        assert drop(session, 2, gap) is False
    model = session.editor.model
    for text in ("", "x", "99", "0", "-1"):
        data = QMimeData()
        data.setData(MIME, text.encode())
        assert model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, QModelIndex()) is False
    strange = QMimeData()
    strange.setText("2")
    assert model.dropMimeData(strange, Qt.DropAction.MoveAction, 1, 0, QModelIndex()) is False
    assert session.changes == []


def test_a_drop_event_between_rows_moves_the_layer(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    view, model = session.editor.view, session.editor.model
    # An event made here has no source, which a view that takes only its own rows insists on.
    view.setDragDropMode(view.DragDropMode.DragDrop)
    data = model.mimeData([model.index(4)])
    rect = view.visualRect(model.index(2))
    event = QDropEvent(
        QPointF(rect.center().x(), rect.top() + 1),
        Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    view.dropEvent(event)
    assert session.experiment.network == (Flatten(), Dense(10), Dense(128), ReLU())
    assert session.editor.selected_row() == 2


# --------------------------------------------------------------- what the setter promises

LAYERS = st.sampled_from(
    [Flatten(), Dense(8), Dense(10), ReLU(), Conv2d(4), MaxPool2d(), Dropout()]
)
STACKS = st.lists(LAYERS, max_size=6).map(tuple)


@given(stacks=st.lists(STACKS, min_size=2, max_size=4))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_showing_an_experiment_emits_nothing(stacks: Any, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    for stack in stacks:
        session.show(mnist(*stack))
        expected, _total = stack_rows(session.experiment, check(session.experiment))
        assert rows(session) == list(expected)
        for number, row in enumerate(expected):
            shown = session.editor.view.indexWidget(session.editor.model.index(number))
            assert (shown is not None and not shown.isHidden()) == bool(row.problems)
        assert session.editor.view.currentIndex().isValid()
    assert session.changes == []
    session.editor.close()


def test_selection_follows_its_layer_and_the_view_stays(open_editor: Open) -> None:
    deep = (Flatten(), *(Dense(n) for n in range(11, 111)), Dense(10))
    session = open_editor(NetworkEditor, mnist(*deep))
    view = session.editor.view
    select(session, 60)
    view.scrollTo(session.editor.model.index(60))
    QApplication.processEvents()
    before = view.verticalScrollBar().value()
    assert before > 0
    session.show(mnist(*deep[:80], ReLU(), *deep[80:]))
    QApplication.processEvents()
    assert view.verticalScrollBar().value() == before
    session.show(mnist(*deep[1:80], ReLU(), *deep[80:]))
    assert session.editor.selected_row() == 59
    assert session.editor.inspector.form.field("units").value == 69


@pytest.mark.parametrize(
    ("order", "row"), [([0, 2, 3, 1, 4], 4), ([0, 3, 1, 2, 4], 2), ([0, 1, 2, 3, 4], 1)]
)
def test_selection_follows_a_move_that_undo_makes(
    order: list[int], row: int, open_editor: Open
) -> None:
    network = (Flatten(), Dense(20), ReLU(), Dropout(), Dense(10))
    session = open_editor(NetworkEditor, mnist(*network))
    chosen = order[row - 1] + 1
    select(session, chosen)
    session.show(mnist(*(network[index] for index in order)))
    assert session.editor.selected_row() == row
    assert rows(session)[row].name == network[chosen - 1].label


def test_output_says_what_the_loss_expects(open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    assert rows(session)[-1].summary == "Cross-entropy: 10 logits, one per class"
    session.show(Experiment(Line(), (Dense(1),), MSE(), SGD()))
    assert rows(session)[-1].summary == "Mean squared error: 1 number"


def test_a_press_on_a_handle_can_begin_a_drag(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(NetworkEditor, GOOD)
    model = session.editor.model
    drags = [bool(model.flags(model.index(i)) & Qt.ItemFlag.ItemIsDragEnabled) for i in range(6)]
    assert drags == [False, True, True, True, True, False]
    at = session.editor.view.visualRect(model.index(3)).topLeft() + QPoint(12, 14)
    qtbot.mouseClick(session.editor.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert session.editor.selected_row() == 3
