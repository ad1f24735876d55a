"""The recorded runs in the real window: kept, compared, used, continued, deleted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton
from safetensors.numpy import load_file

from nnplay.catalog import SGD, Circle, CrossEntropy, Dense, Digits, Flatten, Spiral
from nnplay.experiment import Experiment, Split, preset
from nnplay.exports import export_formats
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.panels.runs import RunsPanel
from nnplay.session import Change
from tests.gui.piloting import Pilot

CIRCLE = Experiment(
    Circle(points=100), (Dense(4), Dense(2)), CrossEntropy(), SGD(0.1), split=Split(0.2), epochs=3,
    device="cpu", stepper="eager",
)  # fmt: skip


def edit(pilot: Pilot, experiment: Experiment) -> None:
    pilot.window.document.edit(Change(experiment, "Edit"))


def train(pilot: Pilot, experiment: Experiment) -> None:
    """Train an experiment from its initial weights to its end."""
    count = len(pilot.window.live.shelf.runs)
    edit(pilot, experiment)
    pilot.window.controller.train_again()
    pilot.wait(lambda: len(pilot.window.live.shelf.runs) == count + 1)
    pilot.wait_phase("finished")


@pytest.fixture
def panel(pilot: Pilot) -> RunsPanel:
    panel = pilot.window.workspace.panel(RunsPanel)
    pilot.window.workspace.bring_up(RunsPanel)
    return panel


def numbers(panel: RunsPanel) -> list[int]:
    return [row.number for row in panel.list.runs.rows]


def ghosts(pilot: Pilot) -> tuple[str, ...]:
    return pilot.window.workspace.panel(CurvesPanel).ghost_legend.names


def compared(panel: RunsPanel) -> list[int]:
    return [row.number for row in panel.list.runs.rows if row.place is not None]


def choose(panel: RunsPanel, number: int) -> None:
    at = numbers(panel).index(number)
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.list.runs.index(at))


def test_runs_are_listed_compared_renamed_and_pinned(pilot: Pilot, panel: RunsPanel) -> None:
    assert panel.empty_text
    train(pilot, CIRCLE)
    train(pilot, replace(CIRCLE, optimizer=SGD(0.5)))
    assert numbers(panel) == [2, 1]
    rows = panel.list.runs.rows
    assert rows[0].changes == "learning rate 0.1 → 0.5"
    assert [row.is_shown for row in rows] == [True, False]
    choose(panel, 1)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert ghosts(pilot) == ("run 1",)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_P)
    assert [run.is_pinned for run in pilot.window.live.shelf.runs] == [True, False]
    panel.list.runs.setData(panel.list.currentIndex(), "Slow")
    assert ghosts(pilot) == ("1 Slow",)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert ghosts(pilot) == ()


def test_the_list_stays_open_when_a_run_ends(pilot: Pilot, panel: RunsPanel) -> None:
    train(pilot, CIRCLE)
    assert panel.isVisible()
    pilot.window.controller.reset()
    assert panel.isVisible()


def test_a_deleted_run_comes_back(pilot: Pilot, panel: RunsPanel) -> None:
    train(pilot, CIRCLE)
    train(pilot, replace(CIRCLE, optimizer=SGD(0.5)))
    choose(panel, 1)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert numbers(panel) == [2]
    assert pilot.notice == "Run 1 was deleted."
    button = next(b for b in pilot.window.notice.findChildren(QPushButton) if b.isVisible())
    assert button.text() == "Undo"
    pilot.click(button)
    assert numbers(panel) == [2, 1]
    before = pilot.window.document.experiment
    choose(panel, 2)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert numbers(panel) == [2, 1]
    assert pilot.window.document.experiment == before, "only the run was restored"


def test_the_experiment_of_a_run_is_used_and_undone(pilot: Pilot, panel: RunsPanel) -> None:
    train(pilot, CIRCLE)
    other = replace(CIRCLE, data=Spiral(points=60), epochs=2)
    edit(pilot, other)
    choose(panel, 1)
    pilot.click(panel.use_button)
    assert pilot.window.document.experiment == CIRCLE
    pilot.window.document.undo()
    assert pilot.window.document.experiment == other


def test_an_earlier_run_is_shown_again(pilot: Pilot, panel: RunsPanel) -> None:
    train(pilot, CIRCLE)
    train(pilot, replace(CIRCLE, epochs=2))
    choose(panel, 1)
    pilot.click(panel.show_button)
    assert [row.is_shown for row in panel.list.runs.rows] == [False, True]
    assert pilot.window.document.experiment == CIRCLE
    choose(panel, 2)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert ghosts(pilot) == ("run 2",)
    choose(panel, 1)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert ghosts(pilot) == ("run 2",), "what is shown is not its own ghost"


def test_a_run_is_continued_as_a_new_one(pilot: Pilot, panel: RunsPanel) -> None:
    train(pilot, CIRCLE)
    train(pilot, replace(CIRCLE, network=(Dense(2),)))
    choose(panel, 1)
    pilot.click(panel.continue_button)
    pilot.wait(lambda: len(pilot.window.live.shelf.runs) == 3)
    assert numbers(panel) == [3, 2, 1]
    assert panel.list.runs.rows[0].changes == "from run 1, step 9 · 3 → 6 epochs"
    assert panel.list.runs.rows[0].is_shown
    assert pilot.window.document.experiment.network == CIRCLE.network


def test_a_seventh_run_is_refused_with_a_sentence(pilot: Pilot, panel: RunsPanel) -> None:
    train(pilot, CIRCLE)
    shelf = pilot.window.live.shelf
    for number in range(2, 8):
        shelf.put(replace(shelf.runs[0], id=str(number), number=number))
    for number in range(7, 1, -1):
        choose(panel, number)
        pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert compared(panel) == [7, 6, 5, 4, 3, 2]
    assert pilot.notice == ""
    choose(panel, 1)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert compared(panel) == [7, 6, 5, 4, 3, 2]
    assert pilot.notice == "At most 6 runs can be compared at once: uncheck another one first."


def lesson(key: str) -> Experiment:
    """Return a lesson on small data that are always there, and quick."""
    return replace(
        preset(key).experiment, data=Digits(), network=(Flatten(), Dense(10)), epochs=2,
        start="", device="cpu", stepper="eager",
    )  # fmt: skip


def open_lesson(pilot: Pilot, key: str) -> None:
    pilot.window.files.leaving.emit()
    pilot.window.document.open(lesson(key), None, "Open")


def test_the_lesson_before_stays_in_view_within_its_chapter(pilot: Pilot, panel: RunsPanel) -> None:
    open_lesson(pilot, "optimizer-sgd")
    train(pilot, lesson("optimizer-sgd"))
    assert ghosts(pilot) == ()
    open_lesson(pilot, "optimizer-momentum")
    assert ghosts(pilot) == ("1 SGD",)
    train(pilot, lesson("optimizer-momentum"))
    open_lesson(pilot, "optimizer-adam")
    assert ghosts(pilot) == ("1 SGD", "2 SGD with momentum")
    open_lesson(pilot, "batch-16")
    assert ghosts(pilot) == ()


def test_a_lesson_is_not_compared_with_other_data(pilot: Pilot, panel: RunsPanel) -> None:
    train(pilot, replace(CIRCLE, name="Spiral"))
    choose(panel, 1)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert ghosts(pilot) == ()
    assert panel.list.runs.rows[0].place == 0
    open_lesson(pilot, "digits-offline")
    assert panel.list.runs.rows[0].place is None


def export_entry(panel: RunsPanel, label: str) -> QAction:
    """Open the menu of the chosen run, and return an entry of its exports."""
    (menu,) = (one.menu() for one in panel.list.menu().actions() if one.text() == "Export")
    assert isinstance(menu, QMenu)
    (found,) = (one for one in menu.actions() if one.text() == f"{label}…")
    return found


def test_the_chosen_run_is_exported_not_the_one_shown(
    pilot: Pilot, panel: RunsPanel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    train(pilot, CIRCLE)
    train(pilot, replace(CIRCLE, network=(Dense(3), Dense(2)), epochs=1))
    suggested: list[str] = []

    def choose_file(
        _window: object, _title: str, suggestion: str, _filters: str
    ) -> tuple[str, str]:
        suggested.append(Path(suggestion).name)
        return str(tmp_path / Path(suggestion).name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose_file)
    choose(panel, 1)
    for format_ in export_formats():
        assert export_entry(panel, format_.label).isEnabled()
    export_entry(panel, "Weights (state_dict)").trigger()
    pilot.wait(lambda: "Saved as" in pilot.notice)
    assert suggested[0].endswith("-run-1.safetensors")
    first = pilot.window.live.shelf.runs[0]
    assert first.result is not None
    found = load_file(tmp_path / suggested[0])
    assert found["0.weight"].shape == (4, 2)
    np.testing.assert_array_equal(found["0.weight"], first.result.weights["0.weight"])
    pilot.wait(lambda: not pilot.window.network.exports.is_busy)
    export_entry(panel, "PyTorch script").trigger()
    pilot.wait(lambda: (tmp_path / suggested[-1]).exists())
    assert "nn.Linear(in_features=2, out_features=4" in (tmp_path / suggested[-1]).read_text(
        "utf-8"
    )


def test_a_run_without_a_result_exports_what_needs_none(pilot: Pilot, panel: RunsPanel) -> None:
    train(pilot, CIRCLE)
    shelf = pilot.window.live.shelf
    shelf.put(replace(shelf.runs[0], result=None))
    choose(panel, 1)
    for format_ in export_formats():
        entry = export_entry(panel, format_.label)
        assert entry.isEnabled() == (not format_.needs_run)
        assert ("finished" in entry.toolTip()) == format_.needs_run


def shown(panel: RunsPanel) -> list[int]:
    return [row.number for row in panel.list.runs.rows if row.is_shown]


@pytest.mark.parametrize("drop", ["reset", "again", "example", "weights"])
def test_a_run_that_leaves_the_view_is_kept_and_shown_again(
    drop: str, pilot: Pilot, panel: RunsPanel
) -> None:
    train(pilot, CIRCLE)
    run = pilot.window.live.shelf.runs[0]
    if drop == "reset":
        pilot.click(pilot.button(pilot.window.transport.reset_action))
    elif drop == "again":
        pilot.window.controller.train_again()
        pilot.wait(lambda: len(pilot.window.live.shelf.runs) == 2)
        pilot.wait_phase("finished")
    elif drop == "example":
        pilot.open("spiral")
    else:
        keys = Qt.KeyboardModifier
        pilot.key(Qt.Key.Key_R, keys.ControlModifier | keys.ShiftModifier)
    assert 1 in numbers(panel)
    assert 1 not in shown(panel)
    choose(panel, 1)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert shown(panel) == [1]
    assert pilot.state.result is run.result
    assert pilot.window.document.experiment == CIRCLE
    assert pilot.window.controller.can_train_on


def test_undo_of_an_opened_example_brings_its_run_back_and_redo_the_other(
    pilot: Pilot, panel: RunsPanel
) -> None:
    train(pilot, CIRCLE)
    pilot.open("spiral", epochs=2)
    pilot.click_train()
    pilot.wait(lambda: len(pilot.window.live.shelf.runs) == 2)
    pilot.wait_phase("finished")
    undo = Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    pilot.key(*undo)  # the number of epochs
    assert shown(panel) == [2]
    pilot.key(*undo)
    assert pilot.window.document.experiment == CIRCLE
    assert shown(panel) == [1]
    assert pilot.state.phase == "finished"
    pilot.window.menus.redo.trigger()
    assert pilot.window.document.experiment.name == "Spiral"
    assert shown(panel) == [2]


def test_a_run_in_progress_is_kept_when_an_example_is_opened(
    pilot: Pilot, panel: RunsPanel
) -> None:
    edit(pilot, replace(CIRCLE, epochs=10_000_000))
    pilot.window.controller.train_again()
    pilot.wait_steps(20)
    pilot.open("spiral")
    pilot.wait(lambda: numbers(panel) == [1])
    pilot.window.menus.undo.trigger()
    assert shown(panel) == [1]
    assert pilot.window.live.run.epochs_done > 1


def test_undo_of_new_initial_weights_brings_the_run_back(pilot: Pilot, panel: RunsPanel) -> None:
    train(pilot, CIRCLE)
    pilot.window.controller.redraw_weights()
    assert shown(panel) == []
    pilot.window.menus.undo.trigger()
    assert shown(panel) == [1]
    assert pilot.window.document.experiment == CIRCLE


def test_an_example_that_is_opened_again_has_no_run(pilot: Pilot, panel: RunsPanel) -> None:
    pilot.open("spiral")
    pilot.window.document.edit(Change(replace(preset("spiral").experiment, epochs=1), ""))
    pilot.click_train()
    pilot.wait_phase("finished")
    pilot.open("digits-offline")
    pilot.open("spiral")
    assert shown(panel) == []
