"""Exported web pages in the real window: written after a run, and opened again."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from nnplay.experiment import open_file
from tests.exports.page.node import contents
from tests.gui.importing.test_folder_import import drop
from tests.gui.piloting import Pilot
from tests.gui.test_window_exports import action_of, choose


def test_a_page_is_written_and_dropped_on_the_window_again(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pilot.open("spiral", epochs=40)
    pilot.click_train()
    assert pilot.wait_phase("finished", "failed").phase == "finished"
    path = tmp_path / "spiral.html"
    choose(monkeypatch, path)
    action_of(pilot, "Web page").trigger()
    pilot.wait(lambda: "Saved as spiral.html" in pilot.notice)
    frames = contents(path.read_bytes())["frames"]
    assert len(frames) > 10 and frames[-1]["epoch"] == 40

    exported = pilot.window.document.experiment
    pilot.open("digits-offline")
    drop(pilot, path)
    document = pilot.window.document
    assert document.experiment == exported, pilot.notice
    # Saving asks for a file, so that it does not replace the page.
    assert document.path is None
    content, other = path.read_bytes(), tmp_path / "other.json"
    choose(monkeypatch, other)
    pilot.window.files.save()
    assert open_file(other) == exported
    assert path.read_bytes() == content


def test_a_page_opens_from_the_menu_and_another_page_does_not(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pilot.open("spiral")
    before = pilot.window.document.experiment
    path = tmp_path / "other.html"
    path.write_bytes(b"<!doctype html><title>Another page</title>")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    pilot.window.files.ask_open()
    assert "other.html could not be opened" in pilot.notice
    assert "does not contain an experiment" in pilot.notice
    assert pilot.window.document.experiment == before
