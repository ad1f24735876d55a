"""Windows to test, closed and gone at the end of each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.piloting import DialogButtons, OpenWindow, Pilot, opening_windows


@pytest.fixture
def open_window(qtbot: QtBot, nnplay_home: Path) -> Iterator[OpenWindow]:
    """Return a function that opens a window; at the end each is closed without a question."""
    with opening_windows(qtbot, nnplay_home) as make:
        yield make


@pytest.fixture
def pilot(open_window: OpenWindow) -> Pilot:
    """Return the user of a window with the default experiment."""
    return open_window()


@pytest.fixture
def press_in_dialogs() -> Iterator[Callable[..., DialogButtons]]:
    made: list[DialogButtons] = []

    def make(*buttons: QMessageBox.StandardButton) -> DialogButtons:
        made.append(DialogButtons(*buttons))
        return made[-1]

    yield make
    for one in made:
        one.stop()
