"""The speed slider: its texts, its keys, and that a run and the next window use it."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from nnplay.gui.bars.speed import SPEEDS, SpeedSlider
from nnplay.gui.shell.settings import WindowSettings
from nnplay.link.speed_limit import Spread
from nnplay.session.speed import WATCH_SECONDS, Speed, speed_limit
from tests.gui.piloting import OpenWindow, Pilot

HANDLE = 7
"""Half its width in pixels."""


def test_every_slider_position_has_its_speed_and_text(qtbot: QtBot) -> None:
    slider = SpeedSlider()
    qtbot.addWidget(slider)
    assert slider.speed == "watch"
    assert slider.text == "Speed: watchable"
    slider.faster()
    assert slider.text == "Speed: full"
    chosen: list[Speed] = []
    slider.speed_chosen.connect(chosen.append)
    for _place in range(len(SPEEDS) + 3):  # further than the end
        qtbot.keyClick(slider.slider, Qt.Key.Key_Left)
    assert chosen == list(reversed(SPEEDS[:-1]))
    assert slider.text == "Speed: 1 step/s"
    slider.faster()
    assert slider.text == "Speed: 2 steps/s"


def test_a_click_on_the_groove_moves_the_slider_there(pilot: Pilot) -> None:
    speed = pilot.window.transport.speed
    slider = speed.slider
    middle, last = slider.height() // 2, len(SPEEDS) - 1
    for place in (0, last, 5, last, 4, 0, 7):  # one click each, from near and from far
        way = slider.width() - 2 * HANDLE
        at = QPoint(round(HANDLE + way * place / last), middle)
        pilot.click(slider, at)
        assert speed.speed == SPEEDS[place]
    # The handle is under the mouse now, and goes along with it.
    pilot.qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(2, middle))
    pilot.qtbot.mouseMove(slider, QPoint(slider.width() - 2, middle))
    pilot.qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    assert speed.speed is None


def test_keys_move_by_one_by_a_few_and_to_the_ends(pilot: Pilot) -> None:
    speed = pilot.window.transport.speed
    keys = Qt.Key
    speed.slider.setFocus()
    for key, place in (
        (keys.Key_Home, 0),
        (keys.Key_Right, 1),
        (keys.Key_Up, 2),
        (keys.Key_PageUp, 5),
        (keys.Key_Down, 4),
        (keys.Key_PageDown, 1),
        (keys.Key_Left, 0),
        (keys.Key_End, len(SPEEDS) - 1),
    ):
        pilot.qtbot.keyClick(speed.slider, key)
        assert speed.speed == SPEEDS[place], key


@pytest.mark.parametrize(
    ("requested", "got"),
    [(1, 1), (10, 10), (11, 10), (0, 1), (10**6, 1000), ("watch", "watch"), (None, None)],
)
def test_a_speed_without_a_position_uses_the_next_slower_one(
    requested: Speed, got: Speed, qtbot: QtBot
) -> None:
    slider = SpeedSlider()
    qtbot.addWidget(slider)
    slider.set_speed(requested)
    assert slider.speed == got


def test_the_speed_is_remembered(tmp_path: Path) -> None:
    settings = WindowSettings(tmp_path)
    assert settings.speed == "watch"
    for speed in (20, None, "watch", 1):
        settings.speed = speed
        settings.write()
        assert WindowSettings(tmp_path).speed == speed


def test_keys_slow_a_run_down_and_release_it(open_window: OpenWindow, pilot: Pilot) -> None:
    pilot.open("spiral", epochs=1_000_000)
    for _place in SPEEDS:
        pilot.key(Qt.Key.Key_F6)
    assert pilot.window.transport.speed.text == "Speed: 1 step/s"
    pilot.click_train()
    pilot.wait_phase("running")
    pilot.wait_steps(1)
    link = pilot.window.live.run.link
    assert link is not None
    assert link.control.speed == 1
    # Every step can be watched: there is a frame for each.
    pilot.wait(lambda: len({f.step for f in pilot.frames}) >= 3)
    steps = sorted({f.step for f in pilot.frames})
    assert steps == list(range(steps[0], steps[-1] + 1))
    pilot.key(Qt.Key.Key_F7)
    assert link.control.speed == 2
    pilot.window.transport.speed.set_speed(None)
    pilot.wait_steps(200)
    pilot.key(Qt.Key.Key_F6)
    pilot.key(Qt.Key.Key_F6)
    pilot.window.settings.write()
    assert open_window().window.transport.speed.speed == 1000


def test_a_short_run_is_spread_over_some_seconds() -> None:
    assert speed_limit("watch") == Spread(WATCH_SECONDS)
    for speed in (None, 1, 500):
        assert speed_limit(speed) == speed


def test_spread_gives_more_of_its_time_to_the_first_steps() -> None:
    spread, steps = Spread(8.0), 10_000
    times = np.cumsum([1 / spread.steps_per_second(step, steps) for step in range(steps)])
    assert times[-1] == pytest.approx(8.0, rel=0.02)
    # Before the loss is known to change; loss_pace slows down where it falls.
    assert times[999] == pytest.approx(8.0 * 0.1 ** (1 / 1.6), rel=0.02)
    for step in (0, 100, 5000, steps):
        expected = times[-1] - (times[step - 1] if step else 0.0)
        assert spread.seconds_left(step, steps) == pytest.approx(expected, abs=0.2)
    assert Spread(8.0).steps_per_second(0, 3) >= 1 / 8


def test_the_window_slows_short_runs_down(pilot: Pilot) -> None:
    pilot.open("spiral")
    pilot.key(Qt.Key.Key_F6)
    assert pilot.window.transport.speed.text == "Speed: watchable"
    pilot.click_train()
    pilot.wait_phase("running")
    link = pilot.window.live.run.link
    assert link is not None
    assert link.control.speed == Spread(WATCH_SECONDS)
    pilot.key(Qt.Key.Key_F7)
    assert link.control.speed is None
    pilot.wait_phase("finished")


def test_the_slider_has_a_name_and_two_labelled_ends(pilot: Pilot) -> None:
    speed = pilot.window.transport.speed
    pilot.window.resize(1280, 720)
    pilot.wait(lambda: all(end.isVisible() for end in speed.ends))
    slow, full = speed.ends
    assert (slow.text(), full.text()) == ("slow", "full")
    assert slow.x() < speed.slider.x() < full.x()
    assert speed.text.startswith("Speed: ")
    words = [button for button in pilot.window.transport._labelled if button._has_word]
    assert len(words) == len(pilot.window.transport._labelled)
