"""Files in the real window: what opens, what does not, what is kept, and what a crash leaves."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from nnplay.experiment import Experiment, dumps, open_file, preset, save
from tests.gui.piloting import Pilot

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
GOOD = dumps(preset("spiral").experiment)


def changed(**fields: object) -> str:
    return json.dumps({**json.loads(GOOD), **fields})


BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "cut": (GOOD[: len(GOOD) // 2].encode(), "truncated"),
    "not JSON": (b"hello there", "JSON"),
    "not UTF-8 text": (bytes(range(128, 256)), "not UTF-8 text"),
    "a list": (b"[1, 2]", "Expected"),
    "of the future": (changed(format=99).encode(), "newer version of nnplay: format 99"),
    "unknown layer": (changed(network=[{"kind": "Dens"}]).encode(), "Did you mean Dense?"),
    "unknown field": (changed(epoch=3).encode(), "epochs"),
    "wrong type": (changed(epochs="many").encode(), "integer"),
    "NaN": (
        GOOD.replace('"lr": 0.02', '"lr": NaN').encode(),
        "NaN",
    ),
}


def test_a_bad_file_is_reported_and_nothing_is_lost(pilot: Pilot, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    pilot.open("spiral", epochs=9)
    document = pilot.window.document
    before, undo = document.experiment, document.undo_label
    for name, (content, words) in BAD.items():
        path.write_bytes(content)
        pilot.window.files.open_path(path)
        assert "broken.json could not be opened" in pilot.notice, name
        assert words in pilot.notice, name
        assert document.experiment is before
        assert (document.path, document.undo_label) == (None, undo)
        assert pilot.window.isWindowModified()
        assert pilot.window.recent.paths() == ()
        assert path.read_bytes() == content
        # The message goes away by its button.
        pilot.click(pilot.window.notice._close)
        assert pilot.notice == ""


def test_a_missing_file_is_reported(pilot: Pilot, tmp_path: Path) -> None:
    pilot.window.files.open_path(tmp_path / "nowhere.json")
    assert "nowhere.json could not be opened" in pilot.notice


def test_save_and_open_by_keys(
    pilot: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "my first.json"
    # The dialogs of the system cannot be driven; what they return can be replaced.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    window = pilot.window
    pilot.open("spiral", epochs=9)
    mine = window.document.experiment
    assert window.windowTitle().startswith("Spiral[*]")
    assert window.isWindowModified()
    pilot.key(Qt.Key.Key_S, CTRL)
    assert open_file(path) == mine
    assert window.windowTitle().startswith("my first.json[*]")
    assert not window.isWindowModified()
    pilot.type_epochs(10)
    assert window.isWindowModified()
    pilot.key(Qt.Key.Key_S, CTRL)
    assert open_file(path).epochs == 10
    assert not window.isWindowModified()
    pilot.open("linear-regression")
    assert window.document.path is None
    pilot.key(Qt.Key.Key_O, CTRL)
    assert window.document.experiment.epochs == 10
    assert window.document.path == path
    assert not window.isWindowModified()
    pilot.key(Qt.Key.Key_Z, CTRL)
    assert window.document.experiment == preset("linear-regression").experiment
    other = tmp_path / "other.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(other), ""))
    pilot.key(Qt.Key.Key_S, CTRL | SHIFT)
    assert open_file(other) == preset("linear-regression").experiment
    assert [p.name for p in window.recent.paths()] == ["other.json", "my first.json"]


def test_saving_where_nothing_can_be_written_says_why(pilot: Pilot, tmp_path: Path) -> None:
    pilot.type_epochs(9)
    assert not pilot.window.files.save_to(tmp_path / "no" / "such" / "folder.json")
    assert "folder.json could not be saved" in pilot.notice
    assert pilot.window.isWindowModified()
    assert pilot.window.document.path is None


def recent_menu(pilot: Pilot) -> list[QAction]:
    menus = pilot.window.menus.bar.findChildren(QMenu)
    menu = next(m for m in menus if m.title() == "Open &recent")
    menu.aboutToShow.emit()
    return menu.actions()


def test_recent_files_open_from_the_menu_and_ask_before_anything_is_lost(
    pilot: Pilot, press_in_dialogs: Callable[..., Any], tmp_path: Path
) -> None:
    (none,) = recent_menu(pilot)
    assert not none.isEnabled()
    names = ["one.json", "two.json"]
    for name in names:
        pilot.window.files.save_to(tmp_path / name)
    assert [str(a.data()) for a in recent_menu(pilot)] == [
        str(tmp_path / name) for name in reversed(names)
    ]
    pilot.type_epochs(9)
    asked = press_in_dialogs(QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard)
    recent_menu(pilot)[1].trigger()
    assert pilot.window.document.experiment.epochs == 9
    recent_menu(pilot)[1].trigger()
    assert pilot.window.document.path == tmp_path / "one.json"
    assert pilot.window.document.experiment.epochs != 9
    assert len(asked.asked) == 2
    (tmp_path / "two.json").unlink()
    assert [Path(str(a.data())).name for a in recent_menu(pilot)] == ["one.json"]


def test_an_edit_is_kept_on_disk_until_it_is_saved(
    pilot: Pilot, nnplay_home: Path, tmp_path: Path
) -> None:
    file = nnplay_home / "autosave" / f"{os.getpid()}.json"
    pilot.type_epochs(9)
    pilot.wait(file.is_file)
    state = json.loads(file.read_text())
    assert json.loads(state["experiment"])["epochs"] == 9
    assert pilot.window.files.save_to(tmp_path / "saved.json")
    pilot.wait(lambda: not file.exists())


def leave_behind(folder: Path, pid: int, experiment: Experiment, path: str = "") -> Path:
    file = folder / "autosave" / f"{pid}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"path": path, "experiment": dumps(experiment)}))
    return file


def test_the_autosave_of_a_running_program_is_left_alone(pilot: Pilot, nnplay_home: Path) -> None:
    file = leave_behind(nnplay_home, os.getppid(), preset("spiral").experiment)
    pilot.window.recover()
    assert pilot.notice == ""
    assert file.is_file()
    assert pilot.window.document.experiment == preset("linear-regression").experiment


def test_a_partial_file_of_a_crash_is_ignored(pilot: Pilot, nnplay_home: Path) -> None:
    file = leave_behind(nnplay_home, 2**22 + 1, preset("spiral").experiment)
    file.write_text(file.read_text()[:40])
    pilot.window.recover()
    assert pilot.notice == ""
    assert not file.exists()


CRASH = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from nnplay.experiment import set_value
from nnplay.gui.shell.settings import WindowSettings
from nnplay.gui.window import MainWindow
from nnplay.session import Change
app = QApplication([])
folder = Path(sys.argv[1])
window = MainWindow(folder, WindowSettings(folder))
window.files.open_path(Path(sys.argv[2]))
window.document.edit(Change(set_value(window.document.experiment, "epochs", 4321), "Change epochs"))
window.show()
app.exec()
"""


def test_unsaved_changes_of_a_killed_program_are_restored_with_their_file(
    pilot: Pilot, nnplay_home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.json"
    save(path, preset("spiral").experiment)
    with subprocess.Popen([sys.executable, "-c", CRASH, str(nnplay_home), str(path)]) as process:
        file = nnplay_home / "autosave" / f"{process.pid}.json"
        try:
            pilot.wait(lambda: file.is_file() or process.poll() is not None)
        finally:
            process.send_signal(signal.SIGKILL)
    assert file.is_file()
    window = pilot.window
    window.recover()
    assert window.document.experiment.epochs == 4321
    assert window.document.path == path
    assert window.isWindowModified()
    assert "Restored" in pilot.notice
    # It is safe again at once, under the name of this program, should that crash too.
    assert [f.name for f in (nnplay_home / "autosave").iterdir()] == [f"{os.getpid()}.json"]
    pilot.key(Qt.Key.Key_S, CTRL)
    assert open_file(path).epochs == 4321
    pilot.key(Qt.Key.Key_Z, CTRL)
    assert window.document.experiment == preset("linear-regression").experiment


def test_an_inaccessible_recent_file_disturbs_no_command(
    pilot: Pilot, nnplay_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nnplay_home / "recent.json").write_text(json.dumps(["/" + "x" * 5000]))
    path = tmp_path / "mine.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    assert [action.isEnabled() for action in recent_menu(pilot)] == [False]
    pilot.type_epochs(9)
    pilot.key(Qt.Key.Key_S, CTRL)
    assert open_file(path).epochs == 9
    assert pilot.notice == ""
