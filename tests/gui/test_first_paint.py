"""The window is painted for the first time before any plot is built."""

import json
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnplay.gui.editors.frame import ScrollColumn
from nnplay.gui.panel.tab_stack import PanelSlot
from nnplay.gui.panels.data_preview import DataPreview
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.fit import FitPanel
from nnplay.gui.shell.settings import WindowSettings
from nnplay.gui.style import theme
from nnplay.gui.window import MainWindow

FITTING = 10
"""Of the panels: edited data, fit, network, gradients, residuals, samples, curves, results, runs
and predicted values suit the points of a line."""
HEAVY = {"torch", "pyqtgraph", "PIL", "psutil", "sklearn", "scipy"}
WATCHED = """
import json, os, sys
from PySide6.QtCore import QEvent, QObject
from nnplay.gui.window import MainWindow
from nnplay.start import main

report = {}

class Watch(QObject):
    def eventFilter(self, window, event):
        if event.type() == QEvent.Type.Paint and not report:
            report["loaded"] = sorted(name for name in sys.modules if "." not in name)
            report["built"] = len(window.workspace.built)
            window.workspace.completed.connect(self.end)
            self.window = window
        return False

    def end(self):
        report["in the end"] = len(self.window.workspace.built)
        report["seen"] = sum(panel.isVisible() for panel in self.window.workspace.built)
        print(json.dumps(report), flush=True)
        os._exit(0)

watch = Watch()
show = MainWindow.show

def watched(window):
    window.installEventFilter(watch)
    show(window)

MainWindow.show = watched
main(["--size", "1280x720"])
"""


def test_the_first_paint_waits_for_no_heavy_import(nnplay_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED], capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert not HEAVY & set(report["loaded"])
    assert report["built"] == 0
    assert report["in the end"] == FITTING
    assert report["seen"] >= 3


def unseen_window(qtbot: QtBot, home: Path) -> MainWindow:
    """Return a window that was never painted, so that it does not build its panels by itself."""
    theme.apply(theme.LIGHT)
    window = MainWindow(home, WindowSettings(home))

    def close(one: QWidget) -> None:
        window.close_unasked()
        window.wait_for_threads()

    qtbot.addWidget(window, before_close_func=close)
    return window


def test_panels_built_late_show_earlier_data(qtbot: QtBot, nnplay_home: Path) -> None:
    window = unseen_window(qtbot, nnplay_home)
    with qtbot.waitSignal(window.loading.loaded):
        pass
    assert not window.workspace.built
    workspace = window.workspace
    workspace.build_panels()
    assert len(window.workspace.built) == FITTING
    assert workspace.panel(DataPreview).empty_text == ""
    assert workspace.panel(FitPanel).note == "100,000 points"
    assert workspace.panel(DecisionPanel).empty_text
    assert workspace.panel(FitPanel).paint_controller._experiment is window.document.experiment


def test_a_run_that_begins_before_the_panels_are_built_builds_them(
    qtbot: QtBot, nnplay_home: Path
) -> None:
    window = unseen_window(qtbot, nnplay_home)
    assert not window.workspace.built
    window.controller.train()
    assert len(window.workspace.built) == FITTING
    qtbot.waitUntil(lambda: window.live.state.phase == "running", timeout=60_000)


def heading_middle(slot: PanelSlot) -> int:
    """Return the distance of the heading from the top of its panel, in half pixels."""
    heading = slot.currentWidget().findChild(QLabel, "heading")
    assert isinstance(heading, QLabel)
    layout = slot.currentWidget().layout()
    assert layout is not None
    layout.activate()
    return 2 * heading.y() + heading.height()


def scroll_ranges(window: MainWindow) -> list[tuple[int, int]]:
    """Return how far each scrolling column scrolls, and how much of it is visible."""
    bars = [column.verticalScrollBar() for column in window.findChildren(ScrollColumn)]
    return [(bar.maximum(), bar.pageStep()) for bar in bars]


def test_nothing_moves_when_the_panels_are_built(qtbot: QtBot, nnplay_home: Path) -> None:
    window = unseen_window(qtbot, nnplay_home)
    window.resize(QSize(1280, 720))
    window.grab()
    slots = window.workspace._slots
    before = {kind: slot.geometry() for kind, slot in slots.items()}
    thumbs = scroll_ranges(window)
    headings = {kind: heading_middle(slot) for kind, slot in slots.items() if slot.count()}
    assert len(headings) == 4
    window.workspace.build_panels()
    window.grab()
    after = {kind: slot.geometry() for kind, slot in slots.items()}
    seen = {kind: heading_middle(slots[kind]) for kind in headings}
    assert seen == headings
    assert after == before
    assert scroll_ranges(window) == thumbs
