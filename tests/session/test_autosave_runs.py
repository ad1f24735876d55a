"""Runs beside the autosave: restored with their work, and deleted with it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from nnplay.record.recorded_run import RecordedRun
from nnplay.session import Autosave, Work
from tests.engine.test_continuing import NOISY
from tests.record.storage.recording import recorded

WORK = Work(NOISY, None)


@pytest.fixture(scope="module")
def run() -> RecordedRun:
    return recorded(NOISY)


def crash(folder: Path, name: str, *runs: RecordedRun) -> None:
    """Leave what a process leaves that is killed after it has kept something."""
    autosave = Autosave(folder, name)
    autosave.keep(WORK)
    autosave.keep_runs(runs)
    handle = autosave._lock._handle
    assert handle is not None
    os.close(handle)
    autosave._lock._handle = None


def names(folder: Path) -> set[str]:
    return {file.name for file in (folder / "autosave").iterdir()}


def test_runs_are_restored_and_kept_on_in_the_same_folder(tmp_path: Path, run: RecordedRun) -> None:
    crash(tmp_path, "11", run)
    following = Autosave(tmp_path, "12")
    (found,) = following.left()
    assert following.take(found)
    (restored,) = following.read_runs(found)
    assert restored.last_step == run.last_step
    following.keep(WORK)
    following.keep_runs([restored, replace(run, id="2", number=2)])
    assert names(tmp_path) == {"12.json", "12.lock", "11.runs"}
    handle = following._lock._handle
    assert handle is not None
    os.close(handle)
    following._lock._handle = None
    third = Autosave(tmp_path, "13")
    (found,) = third.left()
    assert [one.number for one in third.read_runs(found)] == [1, 2]


def test_runs_of_a_process_that_lives_are_left_alone(tmp_path: Path, run: RecordedRun) -> None:
    alive = Autosave(tmp_path, "11")
    alive.keep(WORK)
    alive.keep_runs([run])
    other = Autosave(tmp_path, "12")
    assert other.left() == ()
    other.forget()
    assert "11.runs" in names(tmp_path)
    alive.drop()
    assert names(tmp_path) == set()


def test_runs_go_with_their_work(tmp_path: Path, run: RecordedRun) -> None:
    crash(tmp_path, "11", run)
    Autosave(tmp_path, "12").forget()
    assert names(tmp_path) == set()
    crash(tmp_path, "13", run)
    (tmp_path / "autosave" / "13.json").unlink()
    (tmp_path / "autosave" / "13.lock").unlink()
    assert Autosave(tmp_path, "14").left() == ()
    assert names(tmp_path) == set()


@pytest.mark.parametrize("name", ["../evil.runs", "a/b.runs", "x.json", 7, None])
def test_name_of_another_folder_is_not_followed(tmp_path: Path, name: object) -> None:
    import json

    crash(tmp_path, "11")
    file = tmp_path / "autosave" / "11.json"
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "runs": name}))
    autosave = Autosave(tmp_path, "12")
    (found,) = autosave.left()
    assert found.runs is None
    assert autosave.read_runs(found) == ()
