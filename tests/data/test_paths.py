"""The folders in which files are stored follow the environment and the system's conventions."""

import sys
from pathlib import Path

import pytest

from nnplay.data.folders import data_folder, state_path
from nnplay.session import state_folder

linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems have other folders")


def test_nnplay_home_holds_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NNPLAY_DATA", raising=False)
    assert data_folder() == tmp_path / "home" / "data"
    assert not state_path().exists()
    assert state_folder() == tmp_path / "home"
    assert state_folder().is_dir()


def test_nnplay_data_moves_only_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "elsewhere"))
    assert data_folder() == tmp_path / "elsewhere"
    assert state_path() == tmp_path / "home"


@linux
def test_otherwise_the_folders_are_those_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NNPLAY_HOME", "NNPLAY_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert data_folder() == tmp_path / "cache" / "nnplay" / "data"
    assert state_path() == tmp_path / "state" / "nnplay"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_path() == tmp_path / ".local" / "state" / "nnplay"
