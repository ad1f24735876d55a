"""What a window leaves behind: no thread, no timer, no widget, and nothing unsaved unasked."""

import gc
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QWidget
from safetensors.numpy import load_file

from nnplay.experiment import check, loading_layers, open_file, preset
from nnplay.record.storage.document import read_document
from tests.gui.piloting import Pilot

BUTTONS = QMessageBox.StandardButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


def census(window: QObject) -> Counter[str]:
    """Count the objects that each run must not leave behind."""
    for _round in range(2):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # type: ignore[arg-type]
        gc.collect()
    count: Counter[str] = Counter()
    count["threads of the window"] = len(window.findChildren(QThread))
    count["timers of the window"] = len(window.findChildren(QTimer))
    count["widgets of the window"] = len(window.findChildren(QWidget))
    count["objects of the window"] = len(window.findChildren(QObject))
    count["windows"] = len(QApplication.topLevelWidgets())
    for found in gc.get_objects():
        # isinstance would ask each object for its class, and wake up what torch has deprecated.
        if issubclass(type(found), QThread | QTimer):
            count[type(found).__name__] += 1
    return count


@pytest.mark.slow
def test_fifty_runs_leave_no_thread_timer_or_widget(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=1_000_000)

    def run(number: int) -> None:
        pilot.click_train()
        if number % 5 == 0:
            pilot.wait_phase("running")
            pilot.key(Qt.Key.Key_F5, SHIFT)
            pilot.wait_phase("finished")
        elif number % 5 == 1:
            pilot.wait_phase("running")
            pilot.key(Qt.Key.Key_F5)
            pilot.wait_phase("paused")
            pilot.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        else:
            # Cancelled before its thread has started, and then some more.
            pilot.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        assert pilot.state.phase in ("finished", "idle")

    def settle() -> Counter[str]:
        run(0)
        return census(pilot.window)

    run(1)
    before = settle()
    for number in range(50):
        run(number)
    assert settle() == before


@pytest.mark.parametrize(
    "phase",
    [
        pytest.param("starting", marks=pytest.mark.slow),
        "running",
        "paused",
        "loading",
        pytest.param("preloading", marks=pytest.mark.slow),
    ],
)
def test_closing_ends_every_thread(
    phase: str, pilot: Pilot, press_in_dialogs: Callable[..., Any]
) -> None:
    window = pilot.window
    press_in_dialogs(BUTTONS.Discard)  # the network of a run would be lost
    if phase == "loading":
        pilot.open("digits-offline")
        window.preloading.start()
        assert any(thread.isRunning() for thread in window.findChildren(QThread))
    elif phase == "preloading":
        window.preloading.start()
        assert any(thread.isRunning() for thread in window.findChildren(QThread))
    else:
        # Enough that it is not over before the window closes.
        pilot.open("spiral", epochs=10_000_000)
        window.document.saved(Path("never-written.json"))  # the user gets no question
        pilot.click_train()
        if phase != "starting":
            pilot.wait_phase("running")
        if phase == "paused":
            pilot.key(Qt.Key.Key_F5)
            pilot.wait_phase("paused")
    begun = time.monotonic()
    assert window.close()
    took = time.monotonic() - begun
    if phase != "starting":
        # Nothing loads a library there. The bound is the one that users were promised.
        assert not any(thread.isRunning() for thread in window.live.findChildren(QThread))
        assert took < 2 * 2
    window.wait_for_threads()
    assert not any(thread.isRunning() for thread in window.findChildren(QThread))
    assert not any(timer.isActive() for timer in window.findChildren(QTimer))


def test_no_question_if_nothing_would_be_lost(
    pilot: Pilot, press_in_dialogs: Callable[..., Any]
) -> None:
    asked = press_in_dialogs()
    pilot.type_epochs(7)
    pilot.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pilot.window.close()
    assert asked.asked == []


def test_cancel_keeps_the_window_and_the_run(
    pilot: Pilot, press_in_dialogs: Callable[..., Any]
) -> None:
    pilot.open("spiral", epochs=1_000_000)
    pilot.click_train()
    pilot.wait_phase("running")
    asked = press_in_dialogs(BUTTONS.Cancel)
    assert not pilot.window.close()
    assert pilot.window.isVisible()
    assert len(asked.asked) == 1
    assert "Spiral" in asked.asked[0]
    steps = len(pilot.steps)
    pilot.wait_steps(steps + 10)
    assert pilot.state.phase == "running"


def test_discard_closes_and_leaves_nothing(
    pilot: Pilot, press_in_dialogs: Callable[..., Any], nnplay_home: Path
) -> None:
    pilot.type_epochs(7)
    pilot.wait(lambda: any((nnplay_home / "autosave").glob("*.json")))
    asked = press_in_dialogs(BUTTONS.Discard)
    assert pilot.window.close()
    assert len(asked.asked) == 1
    assert not any((nnplay_home / "autosave").iterdir())


def test_save_saves_to_the_original_file(
    pilot: Pilot, press_in_dialogs: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "mine.json"
    assert pilot.window.files.save_to(path)
    pilot.type_epochs(7)
    assert open_file(path).epochs != 7
    press_in_dialogs(BUTTONS.Save)
    assert pilot.window.close()
    assert open_file(path).epochs == 7


def test_save_without_a_file_asks_where_and_cancelling_keeps_the_window(
    pilot: Pilot,
    press_in_dialogs: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pilot.type_epochs(7)
    # The system's dialog cannot be driven; what it returns can be replaced.
    given = iter([("", ""), (str(tmp_path / "kept"), "")])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: next(given))
    press_in_dialogs(BUTTONS.Save, BUTTONS.Save)
    assert not pilot.window.close()
    assert pilot.window.isVisible()
    assert pilot.window.close()
    assert open_file(tmp_path / "kept.json").epochs == 7


def test_a_file_that_cannot_be_saved_keeps_the_window_open(
    pilot: Pilot, press_in_dialogs: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "mine.json"
    assert pilot.window.files.save_to(path)
    pilot.type_epochs(7)
    path.unlink()
    folder.rmdir()
    folder.write_text("a file where the folder was")
    press_in_dialogs(BUTTONS.Save)
    assert not pilot.window.close()
    assert pilot.window.isVisible()
    assert "mine.json could not be saved" in pilot.notice
    assert pilot.window.document.experiment.epochs == 7
    assert pilot.window.isWindowModified()


def test_a_save_that_fails_unexpectedly_keeps_the_window_open(
    pilot: Pilot, press_in_dialogs: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("never seen before")

    pilot.type_epochs(7)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", fail)
    press_in_dialogs(BUTTONS.Save)
    with pytest.raises(RuntimeError, match="never seen before"):
        pilot.window.close()
    assert pilot.window.isVisible()


def finished(pilot: Pilot, epochs: int = 3) -> None:
    pilot.open("spiral")
    pilot.window.document.open(replace(preset("spiral").experiment, epochs=epochs), None, "")
    pilot.click_train()
    pilot.wait_phase("finished")


def answers_to(monkeypatch: pytest.MonkeyPatch, *paths: Path | str) -> None:
    """Let the dialogs of the system, which cannot be driven, give these files."""
    given = iter(paths)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(next(given)), ""))


def test_weights_are_saved_and_another_network_starts_from_them(
    pilot: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    menu = next(m for m in pilot.window.menus.bar.findChildren(QMenu) if m.title() == "&File")
    menu.aboutToShow.emit()
    action = next(a for a in menu.actions() if a.text() == "Save &weights…")
    assert not action.isEnabled()
    finished(pilot)
    menu.aboutToShow.emit()
    assert action.isEnabled()
    answers_to(monkeypatch, tmp_path / "mine")
    action.trigger()
    path = tmp_path / "mine.safetensors"
    assert "saved as mine.safetensors" in pilot.notice
    result = pilot.state.result
    assert result is not None
    stored = load_file(path)
    assert {name: one.tolist() for name, one in stored.items()} == {
        name: np.asarray(one).tolist() for name, one in result.weights.items()
    }
    again = replace(preset("spiral").experiment, start=str(path))
    assert check(again) == ()
    assert len(loading_layers(again)) == 3


def test_weights_that_cannot_be_written_are_said(pilot: Pilot, tmp_path: Path) -> None:
    finished(pilot)
    assert not pilot.window.network.save_to(tmp_path / "none" / "w.safetensors")
    assert "w.safetensors could not be saved: there is no such file or folder" in pilot.notice


def test_closing_with_a_trained_network_asks_once_and_keeps_it(
    pilot: Pilot,
    press_in_dialogs: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finished(pilot)
    asked = press_in_dialogs(BUTTONS.Cancel, BUTTONS.Save, BUTTONS.Save)
    assert not pilot.window.close()
    # Giving up in the dialog of the system keeps the window.
    answers_to(monkeypatch, "", tmp_path / "kept")
    assert not pilot.window.close()
    assert pilot.window.isVisible()
    result = pilot.state.result
    assert result is not None
    assert pilot.window.close()
    assert len(asked.asked) == 3
    assert "trained network" in asked.asked[0]
    (run,) = read_document(tmp_path / "kept.nnplay").runs
    assert run.result is not None
    assert run.result.weights_sha256 == result.weights_sha256


def test_one_question_is_about_changes_and_network(
    pilot: Pilot,
    press_in_dialogs: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finished(pilot)
    pilot.type_epochs(7)
    answers_to(monkeypatch, tmp_path / "mine.json", tmp_path / "mine.safetensors")
    asked = press_in_dialogs(BUTTONS.Save)
    assert pilot.window.close()
    assert len(asked.asked) == 1
    assert "trained network" in asked.asked[0] and "unsaved changes" in asked.asked[0]
    # Where a file without runs is chosen, the weights are saved by themselves.
    assert open_file(tmp_path / "mine.json").epochs == 7
    assert load_file(tmp_path / "mine.safetensors")


def test_one_file_keeps_changes_and_runs(
    pilot: Pilot,
    press_in_dialogs: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finished(pilot)
    pilot.type_epochs(7)
    answers_to(monkeypatch, tmp_path / "mine.nnplay")
    asked = press_in_dialogs(BUTTONS.Save)
    assert pilot.window.close()
    assert len(asked.asked) == 1
    found = read_document(tmp_path / "mine.nnplay")
    assert found.experiment.epochs == 7
    assert [run.experiment.epochs for run in found.runs] == [3]


def test_a_network_that_was_saved_or_discarded_is_not_asked_about(
    pilot: Pilot, press_in_dialogs: Callable[..., Any], tmp_path: Path
) -> None:
    finished(pilot)
    assert pilot.window.network.save_to(tmp_path / "w.safetensors")
    asked = press_in_dialogs()
    assert pilot.window.close()
    assert asked.asked == []


def test_closing_during_training_asks_once(
    pilot: Pilot, press_in_dialogs: Callable[..., Any]
) -> None:
    pilot.window.document.open(replace(preset("spiral").experiment, epochs=10_000_000), None, "")
    pilot.click_train()
    pilot.wait_phase("running")
    asked = press_in_dialogs(BUTTONS.Cancel, BUTTONS.Discard)
    assert not pilot.window.close()
    assert pilot.state.phase == "running"
    assert pilot.window.close()
    assert len(asked.asked) == 2
    assert "is still being trained" in asked.asked[0]
