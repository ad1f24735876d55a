"""The button that measures the network on each device: when it is enabled, and its texts."""

from dataclasses import replace

from PySide6.QtCore import Qt, QThread
from PySide6.QtWidgets import QToolButton

from nnplay.gui.editors.devices import DeviceChoice, DeviceRow
from nnplay.session import Change
from tests.gui.piloting import Pilot

ALONE = (DeviceChoice("auto", "automatic (cpu)", "no GPU"), DeviceChoice("cpu", "CPU", "there"))
TWO = (*ALONE, DeviceChoice("cpu", "second CPU", "there too"))
ABSENT = (*ALONE, DeviceChoice("cuda:77", "GPU 77", "not there"))


def row_of(pilot: Pilot) -> DeviceRow:
    return pilot.window.workspace.training_editor.devices


def button_of(pilot: Pilot) -> QToolButton:
    return row_of(pilot).button


def said(pilot: Pilot) -> str:
    return pilot.window.workspace.training_editor.computing.why.text()


def test_without_a_gpu_the_button_is_off_and_says_why(pilot: Pilot) -> None:
    button = button_of(pilot)
    assert not button.isEnabled()
    assert "Still looking for GPUs" in button.toolTip()
    pilot.window.workspace.training_editor.set_devices(ALONE)
    assert not button.isEnabled()
    assert "No GPU found" in button.toolTip()
    assert "No GPU found" in button.accessibleDescription()
    pilot.window.workspace.training_editor.set_devices(TWO)
    assert button.isEnabled()


def test_the_keyboard_gets_a_verdict_that_lasts_until_the_network_changes(pilot: Pilot) -> None:
    editor = pilot.window.workspace.training_editor
    editor.set_devices(TWO)
    button_of(pilot).setFocus()
    before = pilot.window.document.experiment
    pilot.qtbot.keyClick(button_of(pilot), Qt.Key.Key_Space)
    assert "Measuring" in said(pilot)
    assert "Stop" in button_of(pilot).toolTip()
    pilot.wait(lambda: "this network" in said(pilot))
    assert "CPU: " in editor.computing.why.toolTip()
    assert "second CPU: " in editor.computing.why.toolTip()
    assert pilot.window.document.experiment == before
    verdict = said(pilot)
    edit = pilot.window.document.edit
    edit(Change(replace(before, device="cpu"), "device"))
    assert said(pilot) == verdict
    edit(Change(replace(before, batch_size=7), "batch"))
    assert said(pilot) != verdict
    pilot.window.document.undo()
    assert said(pilot) == verdict


def test_it_can_be_stopped(pilot: Pilot) -> None:
    pilot.window.workspace.training_editor.set_devices(TWO)
    plain = said(pilot)
    pilot.click(button_of(pilot))
    pilot.click(button_of(pilot))
    pilot.wait(lambda: said(pilot) == plain)
    assert "Compare" in button_of(pilot).toolTip()


def test_a_missing_device_is_named_in_the_timings(pilot: Pilot) -> None:
    editor = pilot.window.workspace.training_editor
    editor.set_devices(ABSENT)
    pilot.click(button_of(pilot))
    pilot.wait(lambda: "only on your CPU" in said(pilot))
    assert "cuda:77" in editor.computing.why.toolTip()


def test_a_run_cancels_and_prevents_measuring(pilot: Pilot) -> None:
    pilot.open("linear-regression", epochs=3)
    pilot.window.workspace.training_editor.set_devices(TWO)
    pilot.click(button_of(pilot))
    pilot.click_train()
    assert not button_of(pilot).isEnabled() or "Stop" in button_of(pilot).toolTip()
    pilot.wait_phase("finished")
    # The run waited for the measuring to end, and nothing was measured beside it.
    assert pilot.state.result is not None
    assert "this network" not in said(pilot)
    assert button_of(pilot).isEnabled()


def test_while_a_run_is_paused_nothing_is_measured(pilot: Pilot) -> None:
    pilot.window.workspace.training_editor.set_devices(TWO)
    pilot.window.controller.step()
    pilot.wait_phase("paused")
    assert not button_of(pilot).isEnabled()
    assert "Stop the current run first" in button_of(pilot).toolTip()
    pilot.window.controller.compare_devices()
    assert "Measuring" not in said(pilot)
    pilot.window.controller.reset()
    assert button_of(pilot).isEnabled()


def test_problems_prevent_it(pilot: Pilot) -> None:
    pilot.window.workspace.training_editor.set_devices(TWO)
    experiment = pilot.window.document.experiment
    pilot.window.document.edit(Change(replace(experiment, network=()), "nothing left"))
    assert not button_of(pilot).isEnabled()
    assert "fix them first" in button_of(pilot).toolTip()


def test_closing_the_window_ends_the_measuring(pilot: Pilot) -> None:
    pilot.window.workspace.training_editor.set_devices(TWO)
    pilot.click(button_of(pilot))
    pilot.window.close()
    assert not any(thread.isRunning() for thread in pilot.window.findChildren(QThread))
