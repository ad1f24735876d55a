"""The data editor: which set, its parameters, the split, the seed, and making the rest fit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nnplay.catalog import (
    MNIST,
    MSE,
    SGD,
    CrossEntropy,
    Dense,
    Diabetes,
    Digits,
    Flatten,
    Formula,
    Line,
    Poisson,
    ReLU,
    Spiral,
    Wave,
    kinds,
)
from nnplay.data import load, split
from nnplay.experiment import Experiment, Split, remarks
from nnplay.experiment.checks.check import check
from nnplay.gui.editors.data import DataEditor
from nnplay.gui.editors.fix_all import fix_all
from nnplay.gui.forms import Form

Open = Callable[[type[DataEditor], Experiment], Any]
LINE = Experiment(Line(), (Dense(1),), MSE(), SGD(), seed=7)
PICTURES = Experiment(
    MNIST(), (Flatten(), Dense(32), ReLU(), Dense(10)), CrossEntropy(), SGD(), split=Split(0.2)
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


def test_shows_the_experiment(open_editor: Open) -> None:
    editor = open_editor(DataEditor, PICTURES).editor
    assert editor.section.box.currentData() == "MNIST"
    assert editor.counts.text().replace("\u00a0", " ") == (
        "48,000 training · 12,000 validation · 10,000 test"
    )
    assert not editor.test.isEnabled()
    assert "10,000" in editor.test.toolTip()
    assert not editor.official.isVisible()
    editor.split.button.click()
    assert editor.official.isVisible()


def test_without_an_official_test_set_the_test_share_is_editable(
    qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(DataEditor, PICTURES)
    session.show(LINE)
    type_into(qtbot, session.editor.test, "12.5")
    assert session.experiment.split == Split(0.0, 0.125)
    assert "87,500 training" in session.editor.counts.text().replace("\u00a0", " ")
    assert not session.editor.official.isVisible()
    assert session.changes[-1].merge == "split.test"


def test_choosing_other_data_keeps_the_network_and_offers_a_fix(
    qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(DataEditor, LINE)
    assert not session.editor.fit_button.isVisible()
    choose(qtbot, session.editor.section.box, "MNIST")
    assert session.experiment.data == MNIST()
    assert session.experiment.network == LINE.network
    assert check(session.experiment)
    assert session.editor.fit_button.isVisible()
    assert "Insert Flatten" in session.editor.unfit.text()
    qtbot.mouseClick(session.editor.fit_button, Qt.MouseButton.LeftButton)
    assert session.experiment.network == (Flatten(), Dense(10))
    assert session.experiment.loss == CrossEntropy()
    assert check(session.experiment) == ()
    assert not session.editor.fit_button.isVisible()
    assert session.changes[-1].merge == ""


@pytest.mark.parametrize("start", [LINE, PICTURES], ids=["line", "pictures"])
@pytest.mark.parametrize("key", list(kinds("data")))
def test_a_fix_fits_the_network_to_any_data(start: Experiment, key: str) -> None:
    other: Any = kinds("data")[key]()
    changed = Experiment(other, start.network, start.loss, start.optimizer)
    fixed, labels = fix_all(changed)
    # The user's own table has to be imported first.
    assert not [p for p in check(fixed) if str(p.where) != "data.name"]
    assert bool(labels) == any(str(p.where) != "data.name" for p in check(changed))


def test_a_fix_for_a_table_standardises_and_keeps_the_view(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(DataEditor, PICTURES)
    choose(qtbot, session.editor.section.box, "Wine")
    session.editor.fit_button.setFocus()
    before = session.editor.section.box.mapTo(session.editor, QPoint())
    qtbot.keyClick(session.editor.fit_button, Qt.Key.Key_Space)
    assert not session.editor.fit_button.isVisible()
    assert session.experiment.split.scaling == "standardised"
    assert session.experiment.network[-1] == Dense(3)
    assert check(session.experiment) == ()
    assert session.editor.section.box.hasFocus()
    assert session.editor.section.box.mapTo(session.editor, QPoint()) == before


def test_parameters_of_the_data(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(DataEditor, LINE)
    type_into(qtbot, session.editor.section.first.field("points"), "500")
    assert session.experiment.data == Line(points=500)
    assert {change.merge for change in session.changes} == {"data.points"}
    assert set(session.labels) == {"Change points"}


def names(form: Form) -> list[str]:
    return [param.name for param in form.params()]


def test_points_and_noise_are_in_sight_and_the_rest_is_folded_away(open_editor: Open) -> None:
    session = open_editor(DataEditor, LINE)
    section = session.editor.section
    assert names(section.first) == ["points", "noise"]
    assert set(names(section.form)) == {p.name for p in Line.params()} - {"points", "noise"}
    assert section.first.isVisible() and section.fold.isVisible()
    assert not section.form.isVisible()
    section.fold.click()
    assert section.form.isVisible()


def test_a_problem_of_a_folded_parameter_opens_the_fold(open_editor: Open) -> None:
    broken = Experiment(Line(low=4.0), (Dense(1),), MSE(), SGD())
    session = open_editor(DataEditor, broken)
    assert session.editor.section.form.isVisible()


@pytest.mark.parametrize(("data", "shown"), [(Wave(), "pace"), (Formula(), "expression")])
def test_what_defines_the_data_is_in_sight(open_editor: Open, data: Any, shown: str) -> None:
    session = open_editor(DataEditor, Experiment(data, (Dense(1),), MSE(), SGD()))
    assert shown in names(session.editor.section.first)


def test_a_data_set_of_few_parameters_has_no_fold(open_editor: Open) -> None:
    session = open_editor(DataEditor, PICTURES)
    assert not session.editor.section.fold.isVisible()


def test_a_problem_of_the_data_is_shown_with_its_fix(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(DataEditor, Experiment(Line(low=4.0), (Dense(1),), MSE(), SGD()))
    stacks = [s for s in session.editor.section.form.findChildren(object) if hasattr(s, "lines")]
    (line,) = [line for stack in stacks for line in stack.lines()]
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    assert check(session.experiment) == ()


def test_too_large_shares_are_reported_under_the_split(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(DataEditor, Experiment(Spiral(), (Dense(2),), CrossEntropy(), SGD()))
    type_into(qtbot, session.editor.validation, "60")
    type_into(qtbot, session.editor.test, "50")
    (line,) = session.editor.split_problems.lines()
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    assert check(session.experiment) == ()
    assert session.editor.split_problems.lines() == ()


def test_seed(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(DataEditor, LINE)
    type_into(qtbot, session.editor.seed, "4294967295")
    assert session.experiment.seed == 4_294_967_295
    type_into(qtbot, session.editor.seed, "4294967296")
    assert session.experiment.seed == 429_496_729  # the last legal one on the way
    assert "Expected an integer" in session.editor.seed.complaint
    for _round in range(5):
        before = session.experiment.seed
        qtbot.mouseClick(session.editor.new_seed, Qt.MouseButton.LeftButton)
        assert session.experiment.seed != before
        assert session.editor.seed.value == session.experiment.seed
        assert session.changes[-1].merge == ""


def test_a_double_click_resets_a_share(qtbot: QtBot, open_editor: Open) -> None:
    session = open_editor(DataEditor, PICTURES)
    qtbot.mouseDClick(session.editor.rows.label("validation"), Qt.MouseButton.LeftButton)
    assert session.experiment.split == Split()
    qtbot.mouseDClick(session.editor.rows.label("test"), Qt.MouseButton.LeftButton)
    assert len(session.changes) == 1


def test_a_preview_replaces_the_previous_one(open_editor: Open) -> None:
    editor = open_editor(DataEditor, LINE).editor
    first, second = QLabel("first"), QLabel("second")
    editor.set_preview(first)
    assert editor.isAncestorOf(first)
    editor.set_preview(second)
    assert editor.isAncestorOf(second)
    assert not editor.isAncestorOf(first)


SETS = st.sampled_from([Line(), Line(points=10), Spiral(), Digits(), MNIST()])
SPLITS = st.builds(Split, st.sampled_from([0.0, 0.07, 0.2, 0.9]), st.sampled_from([0.0, 0.3]))


@given(data=SETS, split=SPLITS, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_showing_emits_nothing(data: Any, split: Split, seed: int, open_editor: Open) -> None:
    session = open_editor(DataEditor, LINE)
    session.show(Experiment(data, PICTURES.network, MSE(), SGD(), split=split, seed=seed))
    assert session.changes == []
    assert session.editor.validation.value == pytest.approx(split.validation * 100, abs=1e-9)
    assert session.editor.seed.text() == str(seed)
    session.editor.close()


FAR = Experiment(
    Formula(points=50, expression="5000 + 300*sin(x)"), (Dense(1),), MSE(), SGD(), seed=7
)


def test_the_form_says_how_targets_are_scaled_and_can_switch_it_off(
    qtbot: QtBot, open_editor: Open
) -> None:
    session = open_editor(DataEditor, FAR)
    editor = session.editor
    editor.split.button.click()
    y = load(FAR.data, FAR.seed).samples.y
    assert not editor.target_note.isVisible()
    editor.show_samples(split(load(FAR.data, FAR.seed), FAR.split, FAR.seed))
    assert editor.target_note.isVisible()
    assert f"mean {y.mean():.0f}" in editor.target_note.text()
    assert f"standard deviation {y.std():.1f}" in editor.target_note.text()
    choose(qtbot, editor.target_scaling, "none")
    assert session.experiment.split.target_scaling == "none"
    assert "as they are" in editor.target_note.text()


@pytest.mark.parametrize(
    "other", [PICTURES, replace(FAR, loss=Poisson())], ids=["classes", "counts"]
)
def test_classes_and_counts_have_no_target_scaling(other: Experiment, open_editor: Open) -> None:
    session = open_editor(DataEditor, FAR)
    editor = session.editor
    editor.split.button.click()
    assert editor.target_scaling.isVisible()
    session.show(other)
    editor.show_samples(split(load(FAR.data, FAR.seed), FAR.split, FAR.seed))
    assert not editor.target_scaling.isVisible()
    assert not editor.target_note.isVisible()


def test_held_out_samples_and_groups_can_be_chosen(qtbot: QtBot, open_editor: Open) -> None:
    table = Experiment(Diabetes(), (Dense(1),), MSE(), SGD(), split=Split(0.2))
    session = open_editor(DataEditor, table)
    editor = session.editor
    editor.split.button.click()
    assert editor.stratified.isVisible()
    assert not editor.group.isVisible()
    choose(qtbot, editor.how, "by group")
    assert session.experiment.split.how == "by group"
    assert editor.group.isVisible()
    assert not editor.stratified.isVisible()
    type_into(qtbot, editor.group, "sex")
    assert session.experiment.split.group == "sex"
    assert not check(session.experiment)
    # The groups are as large as they are.
    parts = split(load(table.data, 0), session.experiment.split, 0)
    editor.show_samples(parts)
    shown = editor.counts.text().replace("\u00a0", " ")
    assert shown.startswith(f"{len(parts.train)} training · {len(parts.validation)} validation")
    assert len(parts.validation) in (207, 235)
    choose(qtbot, editor.how, "in order")
    assert not editor.group.isVisible()
    assert not editor.stratified.isVisible()


def test_a_series_says_why_not_at_random_and_counts_the_gap(
    qtbot: QtBot, open_editor: Open
) -> None:
    wave = Experiment(Wave(), (Flatten(), Dense(1)), MSE(), SGD(), split=Split(0.1, 0.2))
    session = open_editor(DataEditor, wave)
    editor = session.editor
    assert editor.counts.text().replace("\u00a0", " ") == "660 training · 100 validation · 200 test"
    choose(qtbot, editor.how, "random")
    assert editor.counts.text().replace("\u00a0", " ") == "700 training · 100 validation · 200 test"
    changed = session.experiment
    editor.show_experiment(changed, remarks(changed))
    stacks = [s for s in editor.rows.findChildren(object) if hasattr(s, "lines")]
    (line,) = [line for stack in stacks for line in stack.lines()]
    assert "end of the series" in line._hint.text()
    # A remark is no problem: the sizes are still shown.
    assert "700" in editor.counts.text()
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    assert session.experiment.split.how == "automatic"


def test_making_a_table_fit_scales_its_inputs_too() -> None:
    start = Experiment(Diabetes(), PICTURES.network, CrossEntropy(), SGD())
    fixed, labels = fix_all(start)
    assert fixed.split.scaling == "standardised"
    assert "Standardise the inputs" in labels
    assert (check(fixed), remarks(fixed)) == ((), ())
