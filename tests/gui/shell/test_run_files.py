"""Documents with runs in the real window."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from nnplay.experiment import open_file, preset
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.panels.runs import RunsPanel
from nnplay.gui.runs.run_list import RunCommand
from nnplay.gui.shell import run_files
from nnplay.record.storage.document import read_document
from tests.gui.piloting import Pilot

BUTTONS = QMessageBox.StandardButton


@pytest.fixture
def trained(pilot: Pilot) -> Pilot:
    """A window with a run that has ended."""
    pilot.window.document.open(replace(preset("spiral").experiment, epochs=3), None, "")
    pilot.click_train()
    pilot.wait_phase("finished")
    return pilot


def test_save_and_open_bring_the_runs_back_and_they_train_on(
    trained: Pilot, tmp_path: Path
) -> None:
    window, path = trained.window, tmp_path / "mine.nnplay"
    shelf = window.live.shelf
    (run,) = shelf.runs
    assert shelf.unsaved == (run,)
    assert window.files.save_to(path)
    assert shelf.is_saved
    assert (window.document.path, window.document.is_dirty) == (path, False)
    assert window.recent.paths() == (path,)
    shelf.replace_all(())
    window.files.open_path(path)
    (found,) = shelf.runs
    assert shelf.is_saved
    assert (found.id, found.last_step) == (run.id, run.last_step)
    assert window.document.experiment.epochs == 3
    experiment = replace(window.document.experiment, epochs=4)
    window.live.run.branch(found, found.last_step, experiment)
    trained.wait_phase("finished")
    assert window.live.run.epochs_done == 4


def test_names_notes_pins_and_compared_runs_are_kept(trained: Pilot, tmp_path: Path) -> None:
    window, path = trained.window, tmp_path / "mine.nnplay"
    window.controller.train_again()
    trained.wait(lambda: len(window.live.shelf.runs) == 2)
    trained.wait_phase("finished")
    first, second = window.live.shelf.runs
    window.shelf.take(RunCommand("compare", second.id))
    window.shelf.take(RunCommand("compare", first.id))
    window.shelf.take(RunCommand("compare", second.id, on=False))
    window.shelf.take(RunCommand("rename", first.id, "Small"))
    window.shelf.take(RunCommand("note", first.id, "as in the book"))
    window.shelf.take(RunCommand("pin", first.id))
    assert window.files.save_to(path)
    window.live.shelf.replace_all(())
    window.files.open_path(path)
    found, other = window.live.shelf.runs
    assert (found.name, found.note, found.is_pinned) == ("Small", "as in the book", True)
    assert (other.name, other.note, other.is_pinned) == ("", "", False)
    rows = window.workspace.panel(RunsPanel).list.runs.rows
    assert [(row.number, row.place) for row in rows] == [(2, None), (1, 1)]
    assert window.workspace.panel(CurvesPanel).ghost_legend.names == ("1 Small",)


def test_save_as_offers_the_file_with_runs_first_only_if_there_are_any(
    pilot: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[tuple[str, str]] = []

    def choose(_window: object, _title: str, suggestion: str, filters: str) -> tuple[str, str]:
        offered.append((Path(suggestion).suffix, filters.split(";;", maxsplit=1)[0]))
        return str(tmp_path / "chosen"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    pilot.window.document.open(replace(preset("spiral").experiment, epochs=2), None, "")
    assert pilot.window.files.save_as()
    assert open_file(tmp_path / "chosen.json").epochs == 2
    pilot.click_train()
    pilot.wait_phase("finished")
    assert pilot.window.files.save_as()
    assert len(read_document(tmp_path / "chosen.nnplay").runs) == 1
    assert [suffix for suffix, _filter in offered] == [".json", ".nnplay"]
    assert "*.nnplay" in offered[1][1]


def test_chosen_filter_decides_the_suffix(
    trained: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(_window: object, _title: str, _suggestion: str, filters: str) -> tuple[str, str]:
        return str(tmp_path / "chosen"), next(f for f in filters.split(";;") if "json" in f)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    assert trained.window.files.save_as()
    assert open_file(tmp_path / "chosen.json").epochs == 3
    assert trained.window.live.shelf.unsaved


def test_damaged_file_is_reported_and_nothing_is_lost(trained: Pilot, tmp_path: Path) -> None:
    path = tmp_path / "mine.nnplay"
    path.write_bytes(b"PK\x05\x06 hello")
    before = trained.window.live.shelf.runs
    trained.window.files.open_path(path)
    assert "mine.nnplay could not be opened" in trained.notice
    assert "truncated" in trained.notice
    assert trained.window.live.shelf.runs is before
    assert not trained.window.files.save_to(tmp_path / "none" / "mine.nnplay")
    assert "no such file or folder" in trained.notice
    assert trained.window.live.shelf.unsaved == before


def test_opening_asks_before_unsaved_runs_are_replaced(
    trained: Pilot, tmp_path: Path, press_in_dialogs: Callable[..., Any]
) -> None:
    window, path = trained.window, tmp_path / "mine.nnplay"
    assert window.files.save_to(path)
    trained.window.controller.train_again()
    trained.wait_phase("finished")
    before = window.live.shelf.runs
    assert len(before) == 2
    asked = press_in_dialogs(BUTTONS.Cancel, BUTTONS.Discard)
    window.files.open_path(path)
    assert window.live.shelf.runs is before
    window.files.open_path(path)
    assert len(asked.asked) == 2
    assert "1 run of" in asked.asked[0]
    assert [run.id for run in window.live.shelf.runs] == [before[0].id]


def test_large_files_are_written_and_read_beside_the_window(
    trained: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_files, "SMALL_BYTES", 0)
    window, path = trained.window, tmp_path / "mine.nnplay"
    (run,) = window.live.shelf.runs
    assert window.files.save_to(path)
    window.live.shelf.replace_all(())
    window.files.open_path(path)
    assert [one.id for one in window.live.shelf.runs] == [run.id]
    assert not window.files.save_to(tmp_path / "none" / "mine.nnplay")
    assert "no such file or folder" in trained.notice
