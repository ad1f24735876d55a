"""The training editor: loss, optimizer, schedule, batches, epochs, device, and what is live."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nnplay.catalog import (
    MNIST,
    MSE,
    SGD,
    Adam,
    Constant,
    CrossEntropy,
    Dense,
    Flatten,
    Line,
    OneCycle,
    Step,
    kinds,
)
from nnplay.experiment import Experiment, Policy, Regularisation, Split
from nnplay.experiment.checks.check import check
from nnplay.gui.editors.devices import DeviceChoice
from nnplay.gui.editors.training import TrainingEditor

Open = Callable[[type[TrainingEditor], Experiment], Any]
GOOD = Experiment(
    MNIST(), (Flatten(), Dense(10)), CrossEntropy(), SGD(lr=0.1), split=Split(0.2), batch_size=128
)


def type_into(qtbot: QtBot, field: Any, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def choose(qtbot: QtBot, box: Any, key: str) -> None:
    box.setFocus()
    step = Qt.Key.Key_Down if box.findData(key) > box.currentIndex() else Qt.Key.Key_Up
    while box.currentData() != key:
        qtbot.keyClick(box, step)


def test_choosing_an_optimizer_shows_its_form(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(TrainingEditor, GOOD)
    choose(qtbot, session.editor.optimizer.box, "Adam")
    assert session.experiment.optimizer == Adam()
    assert session.labels == ["Choose Adam"]
    forms = (session.editor.rate, session.editor.optimizer.form)
    names = [param.name for form in forms for param in form.params()]
    assert names == [param.name for param in Adam.params()]
    choose(qtbot, session.editor.schedule.box, "Step")
    assert session.experiment.schedule == Step()
    type_into(qtbot, session.editor.schedule.form.field("step_size"), "3")
    assert session.experiment.schedule == Step(step_size=3)
    assert session.changes[-1].merge == "schedule.step_size"


def test_a_loss_that_does_not_fit_is_fixed_by_a_click(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(TrainingEditor, GOOD)
    choose(qtbot, session.editor.loss.box, "MSE")
    (line,) = session.editor.loss.problems.lines()
    assert line.isVisible()
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    assert session.experiment == GOOD
    assert session.editor.loss.problems.lines() == ()


def test_the_learning_rate_is_live_and_emitted_when_finished(
    qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(TrainingEditor, GOOD)
    field = session.editor.rate.field("lr")
    type_into(qtbot, field, "1e-3")
    assert session.changes == []
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert [change.experiment.optimizer.lr for change in session.changes] == [0.001, 0.002]
    assert [change.merge for change in session.changes] == ["optimizer.lr"] * 2
    assert session.editor.focusWidget() is field
    qtbot.keyClick(session.editor.optimizer.form.field("nesterov"), Qt.Key.Key_Space)
    assert session.experiment.optimizer == SGD(lr=0.002, nesterov=True)


def test_while_running_live_values_are_marked_and_nothing_is_locked(open_editor: Open) -> None:
    editor = open_editor(TrainingEditor, GOOD).editor
    rows, others = editor.rate.rows(), editor.optimizer.form.rows()
    assert not editor.running_hint.isVisible()
    editor.set_running(True)
    assert editor.running_hint.isVisible()
    assert rows.label("lr").text().endswith("•")
    assert not others.label("nesterov").text().endswith("•")
    for section in (editor.loss, editor.optimizer, editor.schedule):
        assert section.box.isEnabled()
    editor.set_running(False)
    assert rows.label("lr").text() == "Learning rate"


def test_batches(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(TrainingEditor, GOOD)
    assert session.editor.steps.text() == "375 steps per epoch"  # 48,000 / 128
    type_into(qtbot, session.editor.batch, "100")
    assert session.experiment.batch_size == 100
    assert session.editor.steps.text() == "480 steps per epoch"
    qtbot.keyClick(session.editor.full, Qt.Key.Key_Space)
    assert session.experiment.batch_size is None
    assert not session.editor.batch.isEnabled()
    assert session.editor.batch.text() == "48,000"
    assert session.editor.steps.text() == "1 step per epoch"
    qtbot.keyClick(session.editor.full, Qt.Key.Key_Space)
    assert session.experiment.batch_size == 100


def test_epochs_and_their_default(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(TrainingEditor, GOOD)
    type_into(qtbot, session.editor.epochs, "5,000")
    assert session.experiment.epochs == 5000
    qtbot.mouseDClick(session.editor.rows.label("epochs"), Qt.MouseButton.LeftButton)
    assert session.experiment.epochs == 10


def test_devices(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(TrainingEditor, GOOD)
    editor = session.editor
    editor.set_devices(
        (
            DeviceChoice("auto", "automatic (cuda:0)", "a GPU is there"),
            DeviceChoice("cpu", "CPU", "always there"),
            DeviceChoice("cuda:0", "GeForce", "GPU 0"),
        )
    )
    assert session.changes == []
    assert editor.computing.why.text() == "a GPU is there"
    choose(qtbot, editor.device, "cuda:0")
    assert session.experiment.device == "cuda:0"
    assert editor.computing.why.text() == "GPU 0"
    editor.set_devices((DeviceChoice("auto", "automatic (cpu)", "no GPU"),))
    assert editor.device.currentData() == "cuda:0"  # kept, and named as missing
    assert "does not have this device" in editor.computing.why.text()
    qtbot.mouseDClick(editor.computing.rows.label("device"), Qt.MouseButton.LeftButton)
    assert session.experiment.device == "auto"


def kind_of(family: Any) -> Any:
    return st.sampled_from([kind() for kind in kinds(family).values()])


@given(
    loss=kind_of("loss"),
    optimizer=kind_of("optimizer"),
    schedule=kind_of("schedule"),
    batch=st.none() | st.integers(1, 70_000),
    device=st.sampled_from(["auto", "cpu", "cuda", "cuda:3"]),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_showing_emits_nothing(
    loss: Any, optimizer: Any, schedule: Any, batch: Any, device: str, open_editor: Open
) -> None:
    session = open_editor(TrainingEditor, GOOD)
    experiment = Experiment(
        MNIST(), GOOD.network, loss, optimizer, schedule, batch_size=batch, device=device
    )
    session.show(experiment)
    assert session.changes == []
    editor = session.editor
    shown = (editor.loss, editor.optimizer, editor.schedule)
    assert [part.box.currentData() for part in shown] == [loss.key, optimizer.key, schedule.key]
    assert editor.device.currentData() == device
    wrong = {str(p.where).partition(".")[0] for p in check(experiment)}
    assert bool(editor.loss.problems.lines()) == ("loss" in wrong)
    editor.close()


def test_undo_brings_the_old_values_back_on_the_screen(open_editor: Open) -> None:
    line = Experiment(Line(), (Dense(1),), MSE(), SGD(lr=1e-4), batch_size=None, epochs=5000)
    session = open_editor(TrainingEditor, line)
    session.show(GOOD)
    session.show(line)
    assert session.editor.rate.field("lr").text() == "1e-4"
    assert session.editor.epochs.text() == "5000"
    assert session.experiment.schedule == Constant()
    assert session.editor.full.isChecked()


def test_rules_are_folded_until_opened(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(TrainingEditor, GOOD)
    rules = session.editor.rules
    assert rules.summary.isHidden()
    assert not rules.forms["policy"].isVisible()
    assert "all off" in rules.button.accessibleName()
    rules.button.setFocus()
    qtbot.keyClick(rules.button, Qt.Key.Key_Space)
    assert rules.forms["policy"].isVisible()
    type_into(qtbot, rules.forms["regularisation"].field("l2"), "0.0001")
    assert session.experiment.regularisation == Regularisation(l2=1e-4)
    assert session.labels[-1] == "Change L2"
    assert session.changes[-1].merge == "regularisation.l2"
    patience = rules.forms["policy"].field("patience")
    assert not patience.isEnabled()
    qtbot.keyClick(rules.forms["policy"].field("early_stopping"), Qt.Key.Key_Space)
    assert session.experiment.policy == Policy(early_stopping=True)
    assert patience.isEnabled()
    assert rules.summary.text() == "L2 1e-4 · early stopping"
    qtbot.keyClick(rules.button, Qt.Key.Key_Space)
    assert not rules.forms["policy"].isVisible()
    assert rules.summary.isVisible()
    session.show(GOOD)
    assert rules.summary.isHidden()


def test_a_rule_that_cannot_be_followed_opens_and_is_fixed_by_a_click(
    qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(TrainingEditor, GOOD)
    session.show(replace(GOOD, split=Split(), policy=Policy(keep_best=True)))
    form = session.editor.rules.forms["policy"]
    assert form.isVisible()
    buttons = [b for b in form.findChildren(QPushButton) if b.isVisibleTo(form)]
    (fix,) = [b for b in buttons if b.text() == "Use 10% for validation"]
    qtbot.keyClick(fix, Qt.Key.Key_Space)
    assert session.experiment.split == Split(0.1)
    assert check(session.experiment) == ()


def test_a_dropped_batch_is_a_step_less(open_editor: Open) -> None:
    session = open_editor(TrainingEditor, replace(GOOD, batch_size=1000, split=Split(0.075)))
    assert session.editor.steps.text() == "56 steps per epoch"
    session.show(replace(session.experiment, policy=Policy(drop_last=True)))
    assert session.editor.steps.text() == "55 steps per epoch"


@pytest.mark.parametrize(("name", "other"), [("stepper", "eager"), ("precision", "bfloat16")])
def test_how_a_run_computes_is_chosen_and_reset(
    name: str, other: str, qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(TrainingEditor, GOOD)
    editor = session.editor
    box = editor.computing.choices[name]
    usual = box.currentText()
    choose(qtbot, box, other)
    assert session.experiment == replace(GOOD, **{name: other})
    assert box.currentData() == other
    label = editor.computing.rows.label(name)
    assert session.labels == [f"Change {label.text().lower()}"]
    assert label.menu().actions()[0].text() == f"Reset to {usual}"
    assert usual in box.toolTip()
    assert label.toolTip() == box.toolTip()
    editor.set_running(True)
    assert box.isEnabled()  # as its neighbours: for the next run
    qtbot.mouseDClick(label, Qt.MouseButton.LeftButton)
    assert session.experiment == GOOD
    assert box.currentText() == usual


def test_a_precision_that_the_device_lacks_is_fixed_by_a_click(
    qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(TrainingEditor, replace(GOOD, precision="tf32", device="cpu"))
    buttons = session.editor.computing.findChildren(QPushButton)
    (fix,) = [button for button in buttons if button.isVisible() and "float32" in button.text()]
    qtbot.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert session.experiment == replace(GOOD, device="cpu")


def test_the_steppers_have_plain_names(open_editor: Open) -> None:
    session = open_editor(TrainingEditor, GOOD)
    box = session.editor.computing.choices["stepper"]
    words = [box.itemText(index) for index in range(box.count())]
    assert words == ["Fastest available", "Plain PyTorch (eager)"]
    assert [box.itemData(index) for index in range(box.count())] == ["auto", "eager"]


def test_by_step_is_offered_only_for_schedules_that_support_it(
    qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(TrainingEditor, replace(GOOD, schedule=OneCycle()))
    form = session.editor.schedule.form
    assert not form.field("by").isHidden()
    choose(qtbot, form.field("by"), "step")
    assert session.experiment.schedule == OneCycle(by="step")
    session.show(replace(GOOD, schedule=Step()))
    assert form.field("by").isHidden()
    session.show(replace(GOOD, schedule=Step(warmup=1)))
    assert not form.field("by").isHidden()
