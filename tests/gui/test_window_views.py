"""What the window requests from a run, its examples, and how problems and errors are shown."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QThread, QTimer, Slot
from PySide6.QtWidgets import QPushButton, QTabBar, QWidget

from nnplay.catalog import Dense, Flatten
from nnplay.engine.probes.decision import DecisionMap
from nnplay.engine.probes.fit import FitCurve
from nnplay.engine.probes.sample import SamplePrediction
from nnplay.experiment import chapters, check, preset, presets, remove_layer, save
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.gui.panels.predict import PredictPanel
from nnplay.gui.shell.errors import catch_all, write_log
from nnplay.link import ClassPredictions, LabelPredictions, PayloadKind
from tests.gui.piloting import Pilot

CTRL = Qt.KeyboardModifier.ControlModifier


def requested(window: QWidget) -> frozenset[PayloadKind]:
    """Return the payloads that the visible panels request."""
    panels = [p for p in window.findChildren(Panel) if p.isVisible()]
    return frozenset[PayloadKind]().union(*(panel.entry.wants for panel in panels))


def demand(pilot: Pilot) -> frozenset[PayloadKind]:
    """Return the payloads requested of the trainer."""
    link = pilot.window.live.run.link
    assert link is not None
    return link.mailbox.demand


def test_hidden_panels_request_nothing(pilot: Pilot) -> None:
    window = pilot.window
    pilot.open("digits-offline", epochs=1_000_000)
    pilot.click_train()
    pilot.wait_phase("running")
    seen = set()
    bars = [bar for bar in window.workspace.findChildren(QTabBar) if bar.isVisible()]
    assert bars
    for bar in bars:
        for index in range(bar.count()):
            if bar.isTabVisible(index):
                pilot.click(bar, bar.tabRect(index).center())
                assert demand(pilot) == requested(window)
                seen.add(demand(pilot))
    # With every panel that wants them out of sight, no predictions are made.
    for panel in window.findChildren(Panel):
        if panel.isVisible() and panel.entry.wants:
            panel.hide()
    assert demand(pilot) == frozenset()
    pilot.frames.clear()
    pilot.wait(lambda: len(pilot.frames) >= 5)
    assert not pilot.frames[-1].payloads
    confusion = window.workspace.panel(ConfusionPanel)
    window.workspace.bring_up(ConfusionPanel)
    confusion.show()
    assert demand(pilot) == {ClassPredictions, LabelPredictions}
    pilot.frames.clear()
    pilot.wait(lambda: bool(pilot.frames) and ClassPredictions in pilot.frames[-1].payloads)


def test_a_minimised_window_requests_nothing(pilot: Pilot) -> None:
    window = pilot.window
    pilot.open("spiral", epochs=1_000_000)
    pilot.click_train()
    pilot.wait_phase("running")
    assert demand(pilot) == requested(window) >= {DecisionMap}
    window.showMinimized()
    pilot.wait(lambda: demand(pilot) == frozenset())
    window.showNormal()
    pilot.wait(lambda: demand(pilot) == requested(window))
    assert demand(pilot) >= {DecisionMap}


def test_the_demand_follows_the_example(pilot: Pilot) -> None:
    for key, kind in (("linear-regression", FitCurve), ("spiral", DecisionMap)):
        pilot.open(key, epochs=1_000_000)
        pilot.click_train()
        pilot.wait_phase("running")
        assert kind in demand(pilot)
        assert demand(pilot) == requested(pilot.window)
        pilot.wait(lambda kind=kind: bool(pilot.frames) and kind in pilot.frames[-1].payloads)


def test_each_example_is_one_click_away_and_undo_goes_back(pilot: Pilot) -> None:
    window = pilot.window
    buttons = window.examples.buttons

    def marked() -> list[str]:
        return [key for key, button in buttons.items() if button.isChecked()]

    assert list(buttons) == [one.key for one in chapters()[0].presets]
    assert len(buttons) == 7
    assert marked() == ["linear-regression"]
    before = "linear-regression"
    for key in reversed(buttons):
        assert buttons[key].isVisible()
        pilot.click(buttons[key])
        assert window.document.experiment == preset(key).experiment
        assert not window.controller.problems
        assert marked() == [key]
        pilot.key(Qt.Key.Key_Z, CTRL)
        assert marked() == [before]
        pilot.key(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
        assert marked() == [key]
        # A second click is no way to lose the mark.
        pilot.click(buttons[key])
        assert marked() == [key]
        before = key
    pilot.type_epochs(4)
    assert marked() == []
    assert window.isWindowModified()


def test_arrows_and_keys_lead_through_a_chapter_and_undo_leads_back(pilot: Pilot) -> None:
    window, lesson = pilot.window, pilot.window.workspace.lesson
    chapter = next(one for one in chapters() if one.title == "Batch size")
    first, second, third = (one.experiment for one in chapter.presets)
    window.files.open_preset(chapter.presets[0].key)
    assert lesson.title.text() == first.name
    assert lesson.place.text() == "Batch size: 1 of 3"
    assert not lesson.previous.isEnabled()
    pilot.click(lesson.next_lesson)
    assert window.document.experiment == second
    # A key presses a button for a moment before it acts.
    pilot.key(Qt.Key.Key_PageDown, CTRL)
    pilot.wait(lambda: window.document.experiment == third)
    assert lesson.place.text() == "Batch size: 3 of 3"
    assert not lesson.next_lesson.isEnabled()
    pilot.key(Qt.Key.Key_PageUp, CTRL)
    pilot.wait(lambda: window.document.experiment == second)
    # An edited lesson keeps its place.
    pilot.type_epochs(2)
    assert lesson.place.text() == "Batch size: 2 of 3"
    pilot.key(Qt.Key.Key_Z, CTRL)
    pilot.key(Qt.Key.Key_Z, CTRL)
    assert window.document.experiment == third


def test_every_lesson_is_in_the_menu(pilot: Pilot) -> None:
    bar = pilot.window.menus.bar
    (menu,) = [one.menu() for one in bar.actions() if one.text() == "&Lessons"]
    menu.aboutToShow.emit()
    assert [one.text() for one in menu.actions()] == [one.title for one in chapters()]
    actions = [one for part in menu.actions() for one in part.menu().actions()]
    assert [one.data() for one in actions] == [one.key for one in presets()]
    actions[-1].trigger()
    assert pilot.window.document.experiment == presets()[-1].experiment


def test_another_example_ends_the_run_also_over_the_same_data(pilot: Pilot) -> None:
    pilot.open("digits-offline")
    pilot.key(Qt.Key.Key_F8)
    pilot.wait_phase("paused")
    pilot.type_lr("0.5")
    pilot.open("digits-offline")
    assert pilot.state.phase == "idle"
    pilot.key(Qt.Key.Key_F8)
    pilot.wait_phase("paused")
    assert pilot.steps.column("lr").tolist() == [preset("digits-offline").experiment.optimizer.lr]


def test_other_data_end_the_run_that_is_shown(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=1_000_000)
    pilot.click_train()
    pilot.wait_phase("running")
    pilot.open("digits-offline")
    assert pilot.state.phase == "idle"
    assert pilot.metric("step") == "–"
    pilot.wait(lambda: not any(t.isRunning() for t in pilot.window.live.findChildren(QThread)))


def test_a_problem_blocks_training_says_why_and_is_fixed_by_one_click(
    pilot: Pilot, tmp_path: Path
) -> None:
    broken = remove_layer(preset("digits-offline").experiment, 0)
    assert isinstance(preset("digits-offline").experiment.network[0], Flatten)
    (problem,) = check(broken)
    path = tmp_path / "broken.json"
    save(path, broken)
    window = pilot.window
    window.files.open_path(path)
    assert window.controller.problems == (problem,)
    action = window.transport.train_action
    assert not action.isEnabled()
    assert action.toolTip() == f"Layer 1: {problem.what} {problem.hint}"
    pilot.key(Qt.Key.Key_F5)
    pilot.key(Qt.Key.Key_F8)
    pilot.key(Qt.Key.Key_F9)
    assert pilot.state.phase == "idle"
    assert problem.fix is not None
    fixes = [
        button
        for button in window.workspace.network_editor.findChildren(QPushButton)
        if button.text() == problem.fix.label and button.isVisible()
    ]
    pilot.wait(lambda: fixes[0].height() > 10)  # rows are laid out a moment later
    pilot.click(fixes[0])
    assert window.controller.problems == ()
    assert window.document.experiment.network == preset("digits-offline").experiment.network
    assert window.document.undo_label == problem.fix.label
    assert action.isEnabled()
    assert "F5" in action.toolTip()
    pilot.key(Qt.Key.Key_F8)
    pilot.wait_phase("paused")


def test_a_problem_does_not_stop_a_run_in_progress(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=1_000_000)
    pilot.click_train()
    pilot.wait_phase("running")
    editor = pilot.window.workspace.network_editor
    editor.view.setFocus()
    editor.view.setCurrentIndex(editor.model.index(5))
    pilot.qtbot.keyClick(editor.view, Qt.Key.Key_Delete)
    network = pilot.window.document.experiment.network
    assert not isinstance(network[-1], Dense)
    assert pilot.window.controller.problems
    assert pilot.state.phase == "running"
    pilot.key(Qt.Key.Key_F5)
    pilot.wait_phase("paused")
    pilot.key(Qt.Key.Key_F5)
    assert pilot.window.controller.problems[0].what in pilot.notice


@pytest.fixture
def own_hook() -> Iterator[None]:
    before = sys.excepthook
    log = logging.getLogger("nnplay")
    handlers = list(log.handlers)
    yield
    sys.excepthook = before
    for handler in set(log.handlers) - set(handlers):
        log.removeHandler(handler)
        handler.close()


class Clumsy(QWidget):
    @Slot()
    def stumble(self) -> None:
        raise ZeroDivisionError("one too few")


@pytest.mark.usefixtures("own_hook")
@pytest.mark.qt_no_exception_capture
def test_an_error_in_a_slot_is_shown_and_logged_and_the_window_survives(
    pilot: Pilot, nnplay_home: Path
) -> None:
    write_log(nnplay_home)
    catch_all(pilot.window.error_occurred.emit)
    clumsy = Clumsy(pilot.window)
    QTimer.singleShot(0, clumsy.stumble)
    pilot.wait(lambda: "ZeroDivisionError: one too few" in pilot.notice)
    log = (nnplay_home / "nnplay.log").read_text()
    assert "Traceback" in log
    assert "in stumble" in log
    pilot.open("spiral", epochs=1)
    pilot.click_train()
    assert pilot.wait_phase("finished", "failed").phase == "finished"


def test_the_trainer_is_asked_about_the_selected_sample(pilot: Pilot) -> None:
    pilot.open("digits-offline", epochs=100_000)
    pilot.click_train()
    pilot.wait_phase("running")
    panel = pilot.window.workspace.panel(PredictPanel)
    pilot.wait(lambda: panel.empty_text == "")
    panel.index.setValue(5)

    def answered() -> bool:
        sample = pilot.frames[-1].get(SamplePrediction)
        return sample is not None and sample.index == 5

    pilot.wait(answered)
    pilot.wait(lambda: panel._verdict.text() != "not predicted yet")
