"""Saving a film from the window, as a user does, and reading the file."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu

from nnplay.exports import film_formats
from nnplay.gui.bars.film_slider import RANGE
from nnplay.gui.filming.dialog import FilmDialog
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.fit import FitPanel
from tests.gui.piloting import Pilot


def train(pilot: Pilot, preset: str, epochs: int) -> None:
    pilot.open(preset, epochs=epochs)
    pilot.click_train()
    pilot.wait_phase("finished")
    pilot.wait(lambda: pilot.window.workspace.film.isEnabled())


def opened(pilot: Pilot) -> FilmDialog:
    dialog = pilot.window.findChild(FilmDialog)
    assert isinstance(dialog, FilmDialog)
    return dialog


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))


def ask_for_window(pilot: Pilot) -> FilmDialog:
    """Choose File > Export > Film."""
    file_menu = pilot.window.menus.bar.actions()[0].menu()
    assert isinstance(file_menu, QMenu)
    (menu,) = [a.menu() for a in file_menu.actions() if a.text() == "&Export"]
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    (action,) = [a for a in menu.actions() if a.text() == "Film as GIF or MP4…"]
    action.trigger()
    return opened(pilot)


def test_gif_of_one_view(pilot: Pilot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    train(pilot, "spiral", 30)
    bar, panel = pilot.window.workspace.film, pilot.window.workspace.panel(DecisionPanel)
    bar.slider.setFocus()
    for _again in range(5):
        pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Left)
    before, step = bar.slider.value(), pilot.window.display.film.step
    menu = pilot.window.workspace.pictures.menu(panel)
    (action,) = [one for one in menu.actions() if one.text() == "Save film…"]
    action.trigger()
    menu.aboutToHide.emit()
    dialog = opened(pilot)
    assert dialog.view.currentText() == "Decision map"
    dialog.length.setCurrentIndex(0)
    choose(monkeypatch, tmp_path / "map")
    size = (panel.width() // 2 * 2, panel.height() // 2 * 2)
    pilot.click(dialog.start)
    pilot.wait(lambda: "The film is saved as map.gif" in pilot.notice)
    with Image.open(tmp_path / "map.gif") as gif:
        assert gif.size == size
        # At most 15 a second; a picture that is like the one before takes no frame.
        assert 10 < gif.n_frames <= 4 * 15
        times, first = [], np.array(gif.convert("RGB")).astype(int)
        for place in range(gif.n_frames):
            gif.seek(place)
            times.append(gif.info["duration"])
        last = np.array(gif.convert("RGB")).astype(int)
    assert sum(times) == pytest.approx(4000 + 1500, abs=100)
    assert (np.abs(first - last).max(2) > 30).mean() > 0.05
    # The views are back where they were.
    assert (bar.slider.value(), pilot.window.display.film.step) == (before, step)


def test_video_of_the_window(pilot: Pilot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    train(pilot, "spiral", 30)
    dialog = ask_for_window(pilot)
    dialog.format.setCurrentIndex(1)
    dialog.length.setCurrentIndex(0)
    dialog.size_.setCurrentIndex(1)
    choose(monkeypatch, tmp_path / "film.mp4")
    pilot.click(dialog.start)
    pilot.wait(lambda: "The film is saved as film.mp4" in pilot.notice)
    with av.open(str(tmp_path / "film.mp4")) as video:
        stream = video.streams.video[0]
        window = pilot.window
        factor = min(1280 / window.width(), 720 / window.height())
        assert abs(stream.width - window.width() * factor) <= 1
        assert abs(stream.height - window.height() * factor) <= 1
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in video.decode(video=0)]
    assert len(frames) == 4 * 30
    assert (np.abs(frames[0] - frames[-1]).max(2) > 30).mean() > 0.002
    # The views follow the run again, as before.
    assert pilot.window.display.film.is_following
    assert pilot.window.workspace.film.slider.value() == RANGE


def test_cancelled_film_leaves_no_file(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    train(pilot, "spiral", 30)
    dialog = ask_for_window(pilot)
    choose(monkeypatch, tmp_path / "film.gif")
    pilot.click(dialog.start)
    pilot.wait(lambda: dialog.progress().done > 3)
    assert dialog.bar.isVisible() and dialog.cancel.text() == "Stop"
    pilot.click(dialog.cancel)
    pilot.wait(lambda: not dialog.is_busy)
    assert dialog.message.text() == "Cancelled: nothing was saved."
    assert list(tmp_path.iterdir()) == []
    assert pilot.window.display.film.is_following
    choose(monkeypatch, tmp_path / "gone" / "film.gif")
    pilot.click(dialog.start)
    pilot.wait(lambda: not dialog.is_busy)
    assert "film.gif could not be saved: there is no such file or folder." in dialog.message.text()


def test_without_the_package_the_dialog_says_what_to_install(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(pilot, "spiral", 5)
    dialog = ask_for_window(pilot)
    monkeypatch.setattr(film_formats, "find_spec", lambda _name: None)
    dialog.format.setCurrentIndex(1)
    assert dialog.message.text().endswith('pip install "nnplay[video]"')
    assert not dialog.start.isEnabled()
    dialog.format.setCurrentIndex(0)
    assert dialog.start.isEnabled() and not dialog.message.text()


def test_without_a_run_there_is_no_film(pilot: Pilot) -> None:
    pilot.window.workspace.pictures.film_asked.emit(pilot.window.workspace.panel(FitPanel))
    assert pilot.notice == "There is no film yet: train a network first."
    assert pilot.window.findChild(FilmDialog) is None
