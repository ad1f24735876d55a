"""Files in the real window: what opens, what does not, what is kept, and what a crash leaves."""

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from nnplay.experiment import Experiment, dumps, open_file, preset, save
from nnplay.session import Change
from nnplay.session.file_lock import FileLock, is_locked
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


def kept(home: Path) -> list[Path]:
    return sorted((home / "autosave").glob("*.json"))


def test_an_edit_is_kept_on_disk_until_it_is_saved(
    pilot: Pilot, nnplay_home: Path, tmp_path: Path
) -> None:
    pilot.type_epochs(9)
    pilot.wait(lambda: bool(kept(nnplay_home)))
    (file,) = kept(nnplay_home)
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
    lock = FileLock(file.with_suffix(".lock"))
    assert lock.acquire()
    pilot.window.recovery.recover()
    assert pilot.notice == ""
    assert file.is_file()
    lock.release()
    assert pilot.window.document.experiment == preset("linear-regression").experiment


def test_a_partial_file_of_a_crash_is_ignored(pilot: Pilot, nnplay_home: Path) -> None:
    file = leave_behind(nnplay_home, 2**22 + 1, preset("spiral").experiment)
    file.write_text(file.read_text()[:40])
    pilot.window.recovery.recover()
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
        try:
            pilot.wait(lambda: bool(kept(nnplay_home)) or process.poll() is not None)
        finally:
            process.send_signal(signal.SIGKILL)
    (file,) = kept(nnplay_home)
    window = pilot.window
    window.recovery.recover()
    assert window.document.experiment.epochs == 4321
    assert window.document.path == path
    assert window.isWindowModified()
    assert "Restored" in pilot.notice
    # It is safe again at once, under the name of this program, should that crash too.
    (own,) = kept(nnplay_home)
    assert own != file
    assert is_locked(own.with_suffix(".lock"))
    assert pilot.window.notice._kind == "good"
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


def unsaved_menu(pilot: Pilot) -> QMenu:
    menus = pilot.window.menus.bar.findChildren(QMenu)
    next(m for m in menus if m.title() == "&File").aboutToShow.emit()
    return next(m for m in menus if m.title() == "Open &unsaved")


def test_all_that_crashed_is_offered(
    pilot: Pilot, press_in_dialogs: Callable[..., Any], nnplay_home: Path
) -> None:
    assert not unsaved_menu(pilot).menuAction().isVisible()
    for pid, name in ((2, "spiral"), (3, "overfit"), (4, "vanishing")):
        leave_behind(nnplay_home, pid, preset(name).experiment)
    window = pilot.window
    window.recovery.recover()
    first = window.document.experiment
    assert "2 more are under File > Open unsaved" in pilot.notice
    menu = unsaved_menu(pilot)
    assert menu.menuAction().isVisible()
    press_in_dialogs(QMessageBox.StandardButton.Discard)
    second = menu.actions()[0].data().work.experiment
    assert second != first
    menu.actions()[0].trigger()
    assert window.document.experiment == second
    assert window.isWindowModified()
    # The third is still there, and only then deleted.
    assert len(unsaved_menu(pilot).actions()) == 3
    unsaved_menu(pilot).actions()[-1].trigger()
    assert not unsaved_menu(pilot).menuAction().isVisible()
    assert kept(nnplay_home) == [f for f in kept(nnplay_home) if is_locked(f.with_suffix(".lock"))]


@pytest.mark.parametrize("gap_ms", [300, 700])
def test_edits_in_a_row_do_not_put_off_the_autosave(
    gap_ms: int, pilot: Pilot, nnplay_home: Path
) -> None:
    epochs = itertools.count(1000)

    def edit() -> None:
        experiment = pilot.window.document.experiment
        changed_one = replace(experiment, epochs=next(epochs))
        pilot.window.document.edit(Change(changed_one, "Change epochs", "epochs"))

    timer = QTimer()
    timer.timeout.connect(edit)
    timer.start(gap_ms)
    edit()
    pilot.wait(lambda: bool(kept(nnplay_home)))
    timer.stop()
    # Within 2 s, counted in edits, so that a busy machine does not matter.
    assert next(epochs) - 1000 <= 1 + 2000 / gap_ms


def test_edits_after_a_pause_are_another_step_of_undo(pilot: Pilot) -> None:
    document = pilot.window.document
    start = document.experiment

    def edit(epochs: int) -> None:
        document.edit(Change(replace(document.experiment, epochs=epochs), "Epochs", "epochs"))

    edit(101)
    edit(102)
    pilot.wait(lambda: not pilot.window.autosaver._settling.isActive())
    edit(103)
    document.undo()
    assert document.experiment.epochs == 102
    document.undo()
    assert document.experiment == start


def test_the_next_start_offers_what_was_open_last(
    open_window: Callable[..., Pilot], nnplay_home: Path, tmp_path: Path
) -> None:
    first = open_window()
    first.window.recovery.recover()
    assert first.notice == "", "there was no start before"
    path = tmp_path / "mine.json"
    first.open("spiral", epochs=77)
    assert first.window.files.save_to(path)
    assert first.window.close()
    second = open_window()
    second.window.recovery.recover()
    assert second.notice == "Your last experiment was “mine.json”."
    assert second.window.document.path is None
    second.click(second.window.notice._accept)
    assert second.window.document.path == path
    assert second.window.document.experiment.epochs == 77
    assert second.notice == ""
    second.key(Qt.Key.Key_Z, CTRL)
    assert second.window.document.experiment == preset("linear-regression").experiment
    # A start after which nothing was done changes nothing; an edit ends the offer.
    assert second.window.close()
    third = open_window()
    third.window.recovery.recover()
    assert "mine.json" in third.notice
    third.type_epochs(5)
    assert third.notice == ""
    path.unlink()
    fourth = open_window()
    fourth.window.recovery.recover()
    assert fourth.notice == "", "a file that is gone is not offered"


def test_what_was_discarded_is_not_offered(
    open_window: Callable[..., Pilot], press_in_dialogs: Callable[..., Any]
) -> None:
    first = open_window()
    first.open("spiral")
    assert first.window.close()
    second = open_window()
    second.type_epochs(5)
    press_in_dialogs(QMessageBox.StandardButton.Discard)
    assert second.window.close()
    third = open_window()
    third.window.recovery.recover()
    assert third.notice == "Your last experiment was “Spiral”."
    third.click(third.window.notice._accept)
    assert third.window.document.experiment == preset("spiral").experiment


def test_a_data_folder_that_cannot_be_reached_is_said_at_train(
    pilot: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("x" * 300)
    monkeypatch.setenv("NNPLAY_DATA", str(folder))
    pilot.open("mnist-mlp")
    pilot.click_train()
    pilot.wait_phase("failed")
    assert "Cannot read" in pilot.notice and str(folder) in pilot.notice
