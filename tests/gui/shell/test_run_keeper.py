"""Runs are kept while the window trains; where that fails, training goes on."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nnplay.experiment import preset
from nnplay.gui.shell import run_keeper
from nnplay.record.storage.kept_runs import KeptRuns, read_kept_runs
from tests.gui.piloting import Pilot


@pytest.fixture
def training(pilot: Pilot, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    monkeypatch.setattr(run_keeper, "INTERVAL_MS", 50)
    pilot.window.document.open(replace(preset("spiral").experiment, epochs=10_000_000), None, "")
    pilot.click_train()
    pilot.wait_phase("running")
    return pilot


def kept_step(home: Path) -> int:
    folders = list((home / "autosave").glob("*.runs"))
    runs = read_kept_runs(folders[0]) if folders else ()
    return max((run.last_step for run in runs), default=0)


def test_run_in_progress_is_kept_again_and_again(
    training: Pilot, nnplay_home: Path, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: kept_step(nnplay_home) > 0, timeout=30_000)
    before = kept_step(nnplay_home)
    qtbot.waitUntil(lambda: kept_step(nnplay_home) > before, timeout=30_000)
    training.window.close_unasked()
    training.window.wait_for_threads()
    assert list((nnplay_home / "autosave").iterdir()) == []


def test_full_disk_is_said_once_and_training_goes_on(
    training: Pilot, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[str] = []
    tries: list[int] = []

    def fail(_self: KeptRuns, _runs: object) -> None:
        tries.append(1)
        raise OSError(28, "No space left on device")

    training.window.autosaver.failed.connect(failures.append)
    monkeypatch.setattr(KeptRuns, "write", fail)
    qtbot.waitUntil(lambda: len(tries) > 2, timeout=30_000)
    qtbot.waitUntil(lambda: bool(failures), timeout=30_000)
    assert len(failures) == 1
    assert "the disk is full" in failures[0]
    assert "Training goes on" in training.notice
    assert training.state.phase == "running"


def test_folder_that_is_gone_is_made_again(
    training: Pilot, nnplay_home: Path, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: kept_step(nnplay_home) > 0, timeout=30_000)
    shutil.rmtree(nnplay_home / "autosave")
    qtbot.waitUntil(lambda: kept_step(nnplay_home) > 0, timeout=30_000)
    assert len(list((nnplay_home / "autosave").glob("*.json"))) == 1
    assert training.state.phase == "running"
