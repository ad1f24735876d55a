"""No background work outlives its purpose: after a reset and after closing, nothing runs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QThread, QTimer
from PySide6.QtWidgets import QMessageBox

from nnplay.catalog import Digits, Moons
from nnplay.experiment import preset
from nnplay.gui.background.background_task import BackgroundTask
from nnplay.gui.editors.devices import DeviceChoice
from nnplay.session import Change
from tests.gui.piloting import Pilot

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ENDLESS = replace(
    preset("spiral").experiment, epochs=10_000_000, batch_size=1, stepper="eager", device="cpu"
)
TWO = (DeviceChoice("cpu", "CPU", "there"), DeviceChoice("cpu", "second CPU", "there too"))


def train(pilot: Pilot) -> None:
    pilot.click_train()
    pilot.wait_phase("running")


def start_to_train(pilot: Pilot) -> None:
    pilot.click_train()
    assert pilot.state.phase == "starting"


def pause(pilot: Pilot) -> None:
    pilot.key(Qt.Key.Key_F8)
    pilot.wait_phase("paused")


def load(pilot: Pilot) -> None:
    window = pilot.window
    window.document.edit(Change(replace(ENDLESS, data=Moons(points=5000)), "Data"))
    window.document.edit(Change(replace(ENDLESS, data=Digits()), "Data"))


def compare_devices(pilot: Pilot) -> None:
    editor = pilot.window.workspace.training_editor
    editor.set_devices(TWO)
    pilot.click(editor.devices.button)


def compare_rates(pilot: Pilot) -> None:
    pilot.key(Qt.Key.Key_L, CTRL | SHIFT)
    dialog = pilot.window.dialogs.dialog
    assert dialog is not None
    pilot.click(dialog.start)
    assert dialog.is_busy


def augment(pilot: Pilot) -> None:
    experiment = preset("digits-offline").experiment
    pilot.window.document.restore(experiment, None, "")
    section = pilot.window.workspace.training_editor.augmentation
    pilot.wait(lambda: not section.pairs.isHidden())
    section.button.setChecked(True)


WORK: dict[str, Callable[[Pilot], None]] = {
    "a run that starts": start_to_train,
    "a run": train,
    "a paused run": pause,
    "loading": load,
    "a comparison of devices": compare_devices,
    "a comparison of learning rates": compare_rates,
    "augmentation": augment,
}


# Each opens a window: those that are like another one are left to `make slow`.
ALIKE = {"a run that starts", "a comparison of devices", "a comparison of learning rates"}
CLOSED_DURING = [
    pytest.param(work, marks=pytest.mark.slow if work in ALIKE else ()) for work in WORK
]


def busy(pilot: Pilot) -> list[str]:
    """Return the owners of the work in progress."""
    tasks = pilot.window.findChildren(BackgroundTask)
    return [type(task.parent()).__name__ for task in tasks if task.is_busy]


def running(pilot: Pilot) -> list[QThread]:
    return [thread for thread in pilot.window.findChildren(QThread) if thread.isRunning()]


@pytest.mark.parametrize("work", CLOSED_DURING)
def test_after_closing_nothing_runs(
    work: str, pilot: Pilot, press_in_dialogs: Callable[..., Any]
) -> None:
    window = pilot.window
    press_in_dialogs(QMessageBox.StandardButton.Discard)  # the network of a run would be lost
    window.document.restore(ENDLESS, None, "")
    WORK[work](pilot)
    assert busy(pilot)
    window.document.saved(Path("never-written.json"))  # the user gets no question
    assert window.close()
    window.wait_for_threads()
    assert not running(pilot)
    assert not [timer for timer in window.findChildren(QTimer) if timer.isActive()]
    # Late results must not start anything either.
    pilot.wait(lambda: not busy(pilot))
    assert not running(pilot)
    assert not [timer for timer in window.findChildren(QTimer) if timer.isActive()]


@pytest.mark.parametrize("work", ["a run that starts", "a run", "a paused run"])
def test_after_a_reset_no_run_continues(work: str, pilot: Pilot) -> None:
    pilot.window.document.restore(ENDLESS, None, "")
    WORK[work](pilot)
    pilot.key(Qt.Key.Key_R, CTRL)
    assert pilot.state.phase == "idle"
    pilot.wait(lambda: "LiveRun" not in busy(pilot))
    assert not [timer for timer in pilot.window.live.findChildren(QTimer) if timer.isActive()]
    states = len(pilot.states)
    pilot.wait(lambda: not busy(pilot))
    assert len(pilot.states) == states


def test_runs_and_measurements_take_turns(pilot: Pilot) -> None:
    window = pilot.window
    window.document.restore(ENDLESS, None, "")
    compare_devices(pilot)
    assert window.comparison.is_busy
    train(pilot)
    # It runs, so the measurement has ended and has given up its turn.
    pilot.wait(lambda: not window.comparison.is_busy)
    assert pilot.state.phase == "running"
    window.controller.compare_devices()
    assert not window.comparison.is_busy
    assert "Stop the current run first" in pilot.notice


def test_many_edits_in_a_row_load_only_the_last_data(pilot: Pilot) -> None:
    received: list[object] = []
    pilot.wait(lambda: not busy(pilot))
    pilot.window.loading.loaded.connect(received.append)
    requested = [replace(ENDLESS, data=Moons(points=100 + number)) for number in range(50)]
    for one in requested:
        pilot.window.document.edit(Change(one, "Points"))
    pilot.wait(lambda: not busy(pilot))
    assert received[-1].dataset == requested[-1].data  # type: ignore[attr-defined]
    assert len(received) == 1
