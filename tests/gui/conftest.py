"""Windows to test, closed and gone at the end of each test."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from nnplay.gui import theme
from nnplay.gui.settings import WindowSettings
from nnplay.gui.window import MainWindow
from tests.gui.piloting import Answers, Pilot

OpenWindow = Callable[..., Pilot]


def _let_go() -> None:
    """Let Qt and Python free the windows: each round frees what the one before held."""
    for _round in range(2):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # type: ignore[arg-type]
        gc.collect()


@pytest.fixture
def open_window(qtbot: QtBot, nnplay_home: Path) -> Iterator[OpenWindow]:
    """Return what opens a window; at the end each is closed without a question."""
    theme.apply(theme.LIGHT)
    pilots: list[Pilot] = []

    def make(folder: Path = nnplay_home) -> Pilot:
        window = MainWindow(folder, WindowSettings(folder))
        pilot = Pilot(window, qtbot)
        pilots.append(pilot)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        return pilot

    yield make
    for pilot in pilots:
        pilot.window.document.saved(nnplay_home / "never-written.json")
        pilot.window.close()
        pilot.window.wait_for_threads()
        pilot.window.deleteLater()
        # pytest holds the pilot until the end; what hangs on a window must go before.
        vars(pilot).clear()
    if pilots:
        _let_go()


@pytest.fixture
def pilot(open_window: OpenWindow) -> Pilot:
    """Return the user of a window with the default experiment."""
    return open_window()


@pytest.fixture
def answers() -> Iterator[Callable[..., Answers]]:
    made: list[Answers] = []

    def make(*buttons: QMessageBox.StandardButton) -> Answers:
        made.append(Answers(*buttons))
        return made[-1]

    yield make
    for one in made:
        one.stop()
