"""A run's folder: other files are not touched, and no partial files appear."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnplay.record import FolderError, RunFolder, new_run_path


def contents(folder: Path) -> dict[str, str]:
    return {one.name: one.read_text() for one in folder.iterdir()}


def test_files_appear_together_and_replace_those_of_an_earlier_run(tmp_path: Path) -> None:
    path = tmp_path / "a" / "run"
    folder = RunFolder(path)
    with folder.stage() as stage:
        (stage / "experiment.json").write_text("1")
        (stage / "metrics.json").write_text("1")
        assert not [one for one in path.iterdir() if one.suffix == ".json"]
    (path / "notes.txt").write_text("mine")
    with RunFolder(path).stage() as stage:
        (stage / "metrics.json").write_text("2")
    assert contents(path) == {"experiment.json": "1", "metrics.json": "2", "notes.txt": "mine"}


def test_nothing_changes_when_writing_fails(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    with folder.stage() as stage:
        (stage / "metrics.json").write_text("1")
    with pytest.raises(OSError, match="full"), folder.stage() as stage:
        (stage / "metrics.json").write_text("half of")
        raise OSError(28, "full")
    assert contents(folder.path) == {"metrics.json": "1"}


def test_refuses_a_folder_with_other_peoples_files(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("text")
    with pytest.raises(FolderError, match="holds no run"):
        RunFolder(tmp_path)
    assert contents(tmp_path) == {"thesis.tex": "text"}


def test_one_file_of_a_run_does_not_make_a_run(tmp_path: Path) -> None:
    (tmp_path / "experiment.json").write_text("{}")
    with pytest.raises(FolderError, match="holds no run"):
        RunFolder(tmp_path)


def test_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("text")
    with pytest.raises(FolderError, match="is a file"):
        RunFolder(tmp_path / "run")


def test_accepts_an_empty_folder_and_the_remains_of_a_killed_run(tmp_path: Path) -> None:
    (tmp_path / ".nnplay-abc").mkdir()
    assert RunFolder(tmp_path).path == tmp_path


def test_removes_folders_it_made_in_vain(tmp_path: Path) -> None:
    RunFolder(tmp_path / "a" / "b").drop_if_empty()
    assert not list(tmp_path.iterdir())
    folder = RunFolder(tmp_path / "a" / "b")
    (tmp_path / "a" / "b" / "x").touch()
    folder.drop_if_empty()
    assert (tmp_path / "a" / "b" / "x").exists()


def test_an_empty_folder_of_the_user_stays(tmp_path: Path) -> None:
    RunFolder(tmp_path).drop_if_empty()
    assert tmp_path.is_dir()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_says_before_training_that_a_folder_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            RunFolder(tmp_path)
        with pytest.raises(PermissionError):
            RunFolder(tmp_path / "a")
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        RunFolder(tmp_path / "file" / "run")


def test_a_new_path_is_never_one_that_exists(tmp_path: Path) -> None:
    paths = []
    for _ in range(3):
        path = new_run_path(tmp_path, "spiral")
        assert path.name.startswith("spiral-")
        path.mkdir()
        paths.append(path)
    assert len(set(paths)) == 3


def test_images_of_an_earlier_run_are_removed_and_others_stay(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for name in ("fit.png", "curves.png", "mine.png"):
        (tmp_path / name).write_text("x")
    with folder.stage() as stage:
        (stage / "metrics.json").write_text("2")
    assert set(contents(tmp_path)) == {"mine.png", "metrics.json"}
    with folder.stage() as stage:
        (stage / "fit.png").write_text("2")
    assert set(contents(tmp_path)) == {"fit.png", "mine.png", "metrics.json"}


FILES = ("epochs.csv", "experiment.json", "metrics.json", "weights.safetensors")
KILLED = """
import os, sys
from pathlib import Path
from nnplay.record import RunFolder
left = int(sys.argv[2])
def count(event, _args):
    global left
    if event in ("os.rename", "os.remove"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), 9)
with RunFolder(Path(sys.argv[1])).stage() as stage:
    for name in sys.argv[3:]:
        (stage / name).write_text("new")
    sys.addaudithook(count)
"""


def test_killed_at_any_moment_two_runs_are_never_mixed(tmp_path: Path) -> None:
    outcomes = set()
    for moment in (0, 3, 10, 12, 30):
        path = tmp_path / str(moment)
        path.mkdir()
        for name in (*FILES, "curves.png"):
            (path / name).write_text("old")
        (path / "notes.txt").write_text("mine")
        done = subprocess.run(
            [sys.executable, "-c", KILLED, path, str(moment), *FILES], check=False
        )
        seen = {one.name: one.read_text() for one in path.iterdir() if one.is_file()}
        assert seen.pop("notes.txt") == "mine"
        assert len(set(seen.values())) <= 1, seen
        RunFolder(path)
        after = contents(path)
        assert after.pop("notes.txt") == "mine"
        outcomes.add((done.returncode, len(set(seen) & set(FILES)), *set(after.values())))
        assert set(after) == (
            {*FILES, "curves.png"} if set(after.values()) == {"old"} else {*FILES}
        )
    # Killed before it was complete, while old files were removed, new ones moved, or not.
    assert {(-9, 4, "old"), (-9, 0, "new"), (-9, 2, "new"), (0, 4, "new")} <= outcomes


def test_half_written_stages_of_processes_that_ended_are_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for owner in (f"{ended.pid}-a", f"{os.getppid()}-b", "old"):
        (tmp_path / f".nnplay-{owner}").mkdir()
        (tmp_path / f".nnplay-{owner}" / "metrics.json").write_text("half")
    RunFolder(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [f".nnplay-{os.getppid()}-b"]
