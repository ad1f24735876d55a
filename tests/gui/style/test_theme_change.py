"""A change of theme is quick, and leaves nothing of the other theme."""

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from nnplay.gui.panels.fit import FitPanel
from nnplay.gui.style import theme
from tests.gui.piloting import Pilot


def processor_time(action: Callable[[], object]) -> float:
    begun = time.process_time()
    action()
    return time.process_time() - begun


def test_a_theme_is_applied_far_faster_than_by_replacing_the_style_sheet(pilot: Pilot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(theme.LIGHT)
    applied = processor_time(lambda: theme.apply(theme.DARK))
    replaced = processor_time(lambda: app.setStyleSheet(theme._style(theme.LIGHT)))
    theme.apply(theme.LIGHT)
    # 0.3 s and 1.2 s for a whole window.
    assert applied < replaced / 2


def test_there_and_back_the_window_looks_as_before(pilot: Pilot) -> None:
    # The samples come from a thread, and must not arrive between two pictures.
    fit = pilot.window.workspace.panel(FitPanel)
    pilot.wait(lambda: fit.note == "100,000 points")
    pilot.wait(lambda: not fit.points._settle.isActive())
    for timer in pilot.window.findChildren(QTimer):
        timer.stop()
    theme.apply(theme.LIGHT)
    before = pilot.window.grab().toImage()
    theme.apply(theme.DARK)
    assert pilot.window.grab().toImage() != before
    theme.apply(theme.LIGHT)
    assert pilot.window.grab().toImage() == before
