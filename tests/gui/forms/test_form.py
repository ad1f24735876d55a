"""Forms made from the catalog: every kind, every editor, with keys and clicks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QStyleOptionComboBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnplay.catalog import (
    FAMILIES,
    MSE,
    SGD,
    Adam,
    Conv2d,
    CrossEntropy,
    Dense,
    Formula,
    Kind,
    Line,
    Param,
    ReLU,
    Value,
    kinds,
    params_of,
)
from nnplay.experiment import Experiment, Fix, Place, Problem
from nnplay.gui.forms import (
    BoolField,
    ChoiceField,
    Form,
    NumberField,
    ProblemStack,
    TextField,
    make_field,
)
from nnplay.gui.forms.rows import sentence_case

KINDS = [
    pytest.param(kind, id=f"{family}-{key}")
    for family in FAMILIES
    for key, kind in kinds(family).items()
]


class Heard:
    """Records the values of a signal."""

    def __init__(self, signal: Any) -> None:
        self.calls: list[tuple[Any, ...]] = []
        signal.connect(self._note)

    def _note(self, *values: Any) -> None:
        self.calls.append(values)


@pytest.fixture
def show(qtbot: QtBot) -> Callable[[Kind], Form]:
    pages = []

    def make(kind: Kind) -> Form:
        page = QWidget()
        qtbot.addWidget(page)
        form = Form()
        QVBoxLayout(page).addWidget(form)
        form.show_kind(kind)
        with qtbot.waitExposed(page):
            page.show()
        page.activateWindow()
        pages.append(page)
        return form

    return make


def type_into(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


@pytest.mark.parametrize("kind_class", KINDS)
def test_every_kind_has_a_form_that_edits_each_parameter(
    kind_class: type[Kind], qtbot: QtBot, show: Callable[[Kind], Form]
) -> None:
    form = show(kind_class())
    heard = Heard(form.value_edited)
    typed = [p for p in kind_class.params() if p.editable and p.type != "rows"]
    assert [p.name for p in form.params()] == [p.name for p in typed]
    for param in typed:
        field = form.field(param.name)
        assert param.help.split()[0] in field.toolTip()
        if isinstance(field, NumberField):
            field.setFocus()
            up = param.high is None or param.default < param.high  # type: ignore[operator]
            qtbot.keyClick(field, Qt.Key.Key_Up if up else Qt.Key.Key_Down)
        elif isinstance(field, ChoiceField):
            field.setFocus()
            last = param.default == param.choices[-1]
            qtbot.keyClick(field, Qt.Key.Key_Up if last else Qt.Key.Key_Down)
        else:
            qtbot.keyClick(field, Qt.Key.Key_Space)
        name, value = heard.calls[-1]
        assert name == param.name
        assert value != param.default
        assert param.problem(value) is None
        assert type(value) is type(param.default)
    assert len(heard.calls) == len(typed)


@pytest.mark.parametrize("kind_class", KINDS)
def test_showing_emits_nothing(kind_class: type[Kind], show: Callable[[Kind], Form]) -> None:
    form = show(ReLU())
    heard = Heard(form.value_edited)
    form.show_kind(kind_class())
    for param in kind_class.params():
        other = other_value(param)
        form.show_kind(replace(kind_class(), **{param.name: other}))  # type: ignore[type-var]
    form.clear()
    assert heard.calls == []


def other_value(param: Param) -> Value:
    if param.type == "bool":
        return not param.default
    if param.type == "choice":
        return param.choices[-1]
    if param.type == "text":
        return f"1 + {param.default}"
    if isinstance(param.default, tuple):
        return param.default[:1]
    assert param.low is not None
    return int(param.low) if param.type == "int" else param.low


def test_typing_emits_each_legal_number_and_keeps_the_focus(
    qtbot: QtBot, show: Callable[[Kind], Form]
) -> None:
    form = show(Dense(64))
    field = form.field("units")
    heard = Heard(form.value_edited)
    type_into(qtbot, field, "1")
    form.show_kind(Dense(1))
    qtbot.keyClicks(field, "28")
    form.show_kind(Dense(128))
    assert [value for _name, value in heard.calls] == [1, 12, 128]
    assert form.focusWidget() is field
    assert field.text() == "128"


def test_a_live_number_is_emitted_when_finished(qtbot: QtBot, show: Callable[[Kind], Form]) -> None:
    form = show(SGD(lr=0.01))
    field = form.field("lr")
    heard = Heard(form.value_edited)
    type_into(qtbot, field, "1e-3")
    assert heard.calls == []  # not the 1 on the way
    form.show_kind(SGD(lr=0.01))
    assert field.text() == "1e-3"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard.calls == [("lr", 1e-3)]
    assert field.text() == "0.001"
    type_into(qtbot, field, ".5")
    form.field("momentum").setFocus()
    assert heard.calls[1:] == [("lr", 0.5)]


def test_a_wrong_text_stays_and_says_what_was_expected(
    qtbot: QtBot, show: Callable[[Kind], Form]
) -> None:
    form = show(SGD(lr=0.01))
    field = form.field("lr")
    heard = Heard(form.value_edited)
    type_into(qtbot, field, "fast")
    assert "Expected a number" in field.complaint
    assert "0.01" in field.complaint
    form.field("momentum").setFocus()
    form.show_kind(SGD(lr=0.01))
    assert field.text() == "fast"
    assert heard.calls == []
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), field.complaint) == ("0.01", "")


def test_an_unfinished_text_is_an_error_only_after_leaving_it(
    qtbot: QtBot, show: Callable[[Kind], Form]
) -> None:
    form = show(SGD())
    field = form.field("lr")
    type_into(qtbot, field, "1e-")
    assert field.complaint == ""
    form.field("momentum").setFocus()
    assert "Expected a number" in field.complaint
    form.show_kind(SGD(lr=0.5))  # another value, such as by undo, takes its place
    assert (field.text(), field.complaint) == ("0.5", "")


def test_arrow_keys_double_and_halve_a_learning_rate(
    qtbot: QtBot, show: Callable[[Kind], Form]
) -> None:
    form = show(SGD(lr=0.01))
    field = form.field("lr")
    heard = Heard(form.value_edited)
    field.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(field, key)
    assert [value for _name, value in heard.calls] == [0.02, 0.05, 0.02]


def test_the_wheel_turns_only_the_field_with_the_focus(
    qtbot: QtBot, show: Callable[[Kind], Form]
) -> None:
    form = show(SGD(lr=0.01))
    heard = Heard(form.value_edited)
    field, other = form.field("lr"), form.field("momentum")
    other.setFocus()

    def turn() -> None:
        at = QPointF(field.rect().center())
        turned = QWheelEvent(
            at,
            field.mapToGlobal(at),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, turned)

    turn()
    assert heard.calls == []
    field.setFocus()
    turn()
    assert heard.calls == [("lr", 0.02)]


def test_undo_is_left_to_the_window(qtbot: QtBot, show: Callable[[Kind], Form]) -> None:
    field = show(Dense()).field("units")
    type_into(qtbot, field, "7")
    for key, taken in ((Qt.Key.Key_Z, False), (Qt.Key.Key_A, True)):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.ControlModifier)
        event.ignore()
        QApplication.sendEvent(field, event)
        assert event.isAccepted() == taken


def test_a_double_click_on_the_label_and_its_menu_reset(
    qtbot: QtBot, show: Callable[[Kind], Form]
) -> None:
    form = show(Conv2d(filters=7, bias=False))
    heard = Heard(form.value_edited)
    qtbot.mouseDClick(form.rows().label("filters"), Qt.MouseButton.LeftButton)
    menu = form.rows().label("bias").menu()
    (reset,) = menu.actions()
    assert reset.text() == "Reset to on"
    reset.trigger()
    menu.close()
    assert heard.calls == [("filters", 32), ("bias", True)]


def test_only_another_kind_makes_another_form(show: Callable[[Kind], Form]) -> None:
    form = show(Adam())
    field = form.field("lr")
    form.show_kind(Adam(lr=0.5))
    assert form.field("lr") is field
    assert field.text() == "0.5"
    form.show_kind(Line())
    assert form.params() == Line.params()
    assert form.field("points").text() == "100,000"
    form.show_kind(MSE())
    assert not form.isVisible()


def test_a_choice_is_kept_by_its_key(qtbot: QtBot) -> None:
    param = Param("mode", "choice", "same", "help", "mode", choices=("same", "valid"))
    field = make_field(param)
    qtbot.addWidget(field)
    assert isinstance(field, ChoiceField)
    heard = Heard(field.value_edited)
    field.show_value("valid")
    assert field.currentData() == "valid"
    assert heard.calls == []
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert heard.calls == [("mode", "same")]


def test_a_check_box_reacts_only_where_it_is_drawn(qtbot: QtBot) -> None:
    field = make_field(Param("bias", "bool", True, "help", "bias"))
    qtbot.addWidget(field)
    assert isinstance(field, BoolField)
    field.resize(200, 24)
    heard = Heard(field.value_edited)
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(150, 12))
    assert heard.calls == []
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(10, 12))
    assert heard.calls == [("bias", False)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.floats(0, 1e12))
def test_any_learning_rate_that_is_typed_arrives_exactly(value: float, qtbot: QtBot) -> None:
    field = NumberField(next(p for p in SGD.params() if p.name == "lr"))
    qtbot.addWidget(field)
    field.show_value(-1.0)
    heard = Heard(field.value_edited)
    edit = field.findChild(QLineEdit)
    assert edit is not None
    edit.selectAll()
    qtbot.keyClicks(field, repr(value))
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard.calls == [("lr", value)]
    field.close()


EMPTY = Experiment(Line(), (Dense(1),), MSE(), SGD())


def test_problems_show_in_their_place_with_a_fix_for_mouse_and_keyboard(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    stack = ProblemStack()
    QVBoxLayout(page).addWidget(stack)
    heard = Heard(stack.fix_asked)
    fix = Fix("Do it", EMPTY)
    stack.show_problems(
        [Problem(Place("loss"), "Wrong.", "Fix it.", fix), Problem(Place("loss"), "Also wrong.")]
    )
    with qtbot.waitExposed(page):
        page.show()
    first, second = stack.lines()
    assert second.button.isHidden()
    qtbot.mouseClick(first.button, Qt.MouseButton.LeftButton)
    first.button.setFocus()
    qtbot.keyClick(first.button, Qt.Key.Key_Space)
    assert heard.calls == [(fix,), (fix,)]
    stack.show_problems([])
    assert stack.isHidden()
    assert stack.lines() == ()


def test_a_problem_is_shown_under_its_field(show: Callable[[Kind], Form]) -> None:
    form = show(SGD(nesterov=True))
    problem = Problem(Place("optimizer", "nesterov"), "Nesterov needs momentum.")
    form.show_problems({"nesterov": [problem]})
    (line,) = [s for s in form.findChildren(ProblemStack) if s.isVisible()]
    assert line.y() > form.field("nesterov").y()
    assert line.y() < form.field("weight_decay").y()
    form.show_problems({})
    assert not [s for s in form.findChildren(ProblemStack) if s.isVisible()]


def test_a_text_is_emitted_while_typed_and_its_wrong_character_marked(
    qtbot: QtBot, show: Callable[[Kind], Form]
) -> None:
    form = show(Formula(expression="sin(x)"))
    field = form.field("expression")
    assert isinstance(field, TextField)
    assert field.text() == "sin(x)"
    heard = Heard(form.value_edited)
    field.setFocus()
    field.setCursorPosition(5)
    qtbot.keyClicks(field, "*z")
    assert heard.calls == [("expression", "sin(x*)"), ("expression", "sin(x*z)")]
    form.show_kind(Formula(expression="sin(x*z)"))
    assert field.cursorPosition() == 7  # the text was there already
    clean = field.grab().toImage()
    problem = Problem(Place("data", "expression"), "Unknown name z.", at=6)
    form.show_problems({"expression": [problem]})
    assert field.mark() == 6
    marked = field.grab().toImage()
    columns = [
        x
        for x in range(clean.width())
        if any(clean.pixel(x, y) != marked.pixel(x, y) for y in range(clean.height()))
    ]
    width = field.fontMetrics().horizontalAdvance
    assert columns and columns[-1] - columns[0] <= width("z") + 4
    end = field.cursorRect().center().x()
    assert abs(columns[-1] - end) <= 4  # the cursor is right after the z
    form.show_problems({})
    assert field.mark() is None


def test_undo_in_a_text_is_left_to_the_window(show: Callable[[Kind], Form]) -> None:
    field = show(Formula()).field("expression")
    event = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    )
    event.ignore()
    QApplication.sendEvent(field, event)
    assert not event.isAccepted()


def test_a_field_without_effect_is_hidden(show: Callable[[Kind], Form], qtbot: QtBot) -> None:
    form = show(CrossEntropy())
    weights, choice = form.field("typed_weights"), form.field("class_weights")
    assert not weights.isVisible() and not form.rows().label("typed_weights").isVisible()
    assert choice.isVisible()
    form.show_kind(CrossEntropy(class_weights="typed"))
    assert form.field("typed_weights") is weights and weights.isVisible()
    form.show_kind(CrossEntropy(class_weights="balanced"))
    assert not weights.isVisible()
    # Its problems must be shown, whether it is in use or not.
    form.show_problems({"typed_weights": [Problem(Place("loss", "typed_weights"), "too long")]})
    assert weights.isVisible()
    form.show_problems({})
    assert not weights.isVisible()


def test_a_long_choice_is_cut_with_an_ellipsis(qtbot: QtBot) -> None:
    param = next(p for p in params_of(Experiment) if p.name == "stepper")
    field = make_field(param)
    qtbot.addWidget(field)
    assert isinstance(field, ChoiceField)

    def shown(width: int) -> str:
        field.resize(width, 24)
        option = QStyleOptionComboBox()
        field.initStyleOption(option)
        return option.currentText

    assert shown(400) == "Fastest available"
    assert shown(90).endswith("…")


def test_a_symbol_keeps_its_case() -> None:
    assert [sentence_case(label) for label in ("p", "β₁", "learning rate")] == [
        "p",
        "β₁",
        "Learning rate",
    ]
