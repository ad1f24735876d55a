"""File > Export in the real window."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QProgressDialog, QPushButton
from safetensors.numpy import load_file

from nnplay.catalog import Dense
from nnplay.exports import ExportSource, export, export_formats, registry
from nnplay.session import Change
from tests.gui.piloting import Pilot


def action_of(pilot: Pilot, label: str) -> QAction:
    """Open File > Export as a user does, and return an action of it."""
    file_menu = pilot.window.menus.bar.actions()[0].menu()
    assert isinstance(file_menu, QMenu)
    (menu,) = [a.menu() for a in file_menu.actions() if a.text() == "&Export"]
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    (found,) = [action for action in menu.actions() if action.text() == f"{label}…"]
    return found


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))


def test_the_menu_lists_every_format(pilot: Pilot) -> None:
    for format_ in export_formats():
        assert action_of(pilot, format_.label).isEnabled() == (not format_.needs_run)


def test_the_script_is_that_of_the_edited_experiment(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pilot.open("digits-offline", epochs=3)
    choose(monkeypatch, tmp_path / "digits")
    action_of(pilot, "PyTorch script").trigger()
    pilot.wait(lambda: "Saved as" in pilot.notice)
    assert {one.name for one in tmp_path.iterdir()} >= {"digits.py", "digits-data.npz"}
    assert "epochs=3" in (tmp_path / "digits.py").read_text("utf-8")


def test_weights_wait_for_the_end_of_a_run(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pilot.open("spiral", epochs=2)
    before = action_of(pilot, "Weights (state_dict)")
    assert not before.isEnabled() and "finished" in before.toolTip()
    pilot.click_train()
    result = pilot.wait_phase("finished").result
    assert result is not None
    # Edited since: the export is of the run all the same.
    edited = pilot.window.document.experiment
    pilot.window.document.edit(
        Change(replace(edited, network=(Dense(3), *edited.network)), "add a layer")
    )
    path = tmp_path / "spiral.safetensors"
    choose(monkeypatch, path)
    action = action_of(pilot, "Weights (state_dict)")
    assert action.isEnabled()
    action.trigger()
    pilot.wait(lambda: "Saved as spiral.safetensors" in pilot.notice)
    assert load_file(path)["0.weight"].tolist() == result.weights["0.weight"].tolist()


def test_what_cannot_be_written_is_reported(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pilot.open("spiral")
    choose(monkeypatch, tmp_path / "missing" / "a.py")
    action_of(pilot, "PyTorch script").trigger()
    pilot.wait(lambda: "a.py could not be saved" in pilot.notice)
    assert action_of(pilot, "PyTorch script").isEnabled()


def test_a_long_export_shows_its_progress_and_can_be_cancelled(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(registry, "_registry", dict(registry._registry))
    goes_on = threading.Event()

    @export("slow", "Slow", ".txt")
    def slow(_source: ExportSource, name: str) -> dict[str, bytes]:
        assert goes_on.wait(60)
        return {name: b"content"}

    (format_,) = [one for one in export_formats() if one.key == "slow"]
    exports, path = pilot.window.network.exports, tmp_path / "slow.txt"
    exports.write(format_, path)
    dialog = pilot.window.findChild(QProgressDialog)
    assert isinstance(dialog, QProgressDialog)
    pilot.wait(dialog.isVisible)
    assert "slow.txt" in dialog.labelText()
    assert "progress" in exports.refusal(format_)
    button = dialog.findChild(QPushButton)
    assert isinstance(button, QPushButton)
    pilot.click(button)
    goes_on.set()
    pilot.wait(lambda: not exports.is_busy)
    pilot.wait(lambda: "nothing was written" in pilot.notice)
    assert not path.exists()
