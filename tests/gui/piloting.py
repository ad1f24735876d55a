"""A user who drives the real window by keys and clicks, and answers its questions."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMessageBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

import nnplay.engine  # noqa: F401 - loaded before garbage is distinguished from what stays
from nnplay.gui.forms import NumberField
from nnplay.gui.shell.settings import WindowSettings
from nnplay.gui.style import theme
from nnplay.gui.window import MainWindow
from nnplay.link import Trace
from nnplay.session import RunState

# Collecting garbage goes through everything that lives, which torch makes slow: what has been
# loaded once is left out of it. Each test of a window collects, to see what the window left.
gc.collect()
gc.freeze()

PATIENCE_MS = 60_000  # torch loads in the first run, on a machine that may be busy
NONE = Qt.KeyboardModifier.NoModifier


class Shown:
    """A trace as the window last showed it; the trace itself may be far ahead by now."""

    def __init__(self, trace: Trace) -> None:
        self._trace, self._count = trace, len(trace)

    def __len__(self) -> int:
        return self._count

    def column(self, name: str) -> npt.NDArray[np.float64]:
        return self._trace.column(name)[: self._count]

    def read(self) -> npt.NDArray[np.float64]:
        return self._trace.read()[: self._count]


class Pilot:
    """A user at the window, who sees what it shows and touches it only as a user can."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.states: list[RunState] = []
        self.frames: list[Any] = []
        self.steps = self.epochs = Shown(Trace(()))
        window.live.state_changed.connect(self.states.append)
        window.live.frame_ready.connect(self.frames.append)
        window.live.traces_grew.connect(self._keep_traces)

    def _keep_traces(self, steps: Trace, epochs: Trace) -> None:
        self.steps, self.epochs = Shown(steps), Shown(epochs)

    @property
    def state(self) -> RunState:
        return self.window.live.state

    @property
    def notice(self) -> str:
        return self.window.notice.text if self.window.notice.isVisible() else ""

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def wait_phase(self, *phases: str) -> RunState:
        self.wait(lambda: self.state.phase in phases)
        return self.state

    def wait_steps(self, count: int) -> None:
        self.wait(lambda: len(self.steps) >= count)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        # A dialog that has just closed may still be the active window, and shortcuts go there.
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)
        self.qtbot.keyClick(self.window, key, modifiers)

    def click(self, widget: QWidget, at: Any = None) -> None:
        args = () if at is None else (NONE, at)
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, *args)

    def button(self, action: QAction) -> QToolButton:
        """Return the button in the bar for an action."""
        buttons = self.window.transport.findChildren(QToolButton)
        return next(b for b in buttons if b.defaultAction() is action)

    def click_train(self) -> None:
        self.click(self.button(self.window.transport.train_action))

    def type(self, field: NumberField, text: str) -> None:
        """Replace the number in a field, and press Enter."""
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def type_epochs(self, epochs: int) -> None:
        self.type(self.window.workspace.training_editor.epochs, str(epochs))

    def type_lr(self, text: str) -> None:
        form = self.window.workspace.training_editor.rate
        field = form.field("lr")
        assert isinstance(field, NumberField)
        self.type(field, text)

    def open(self, preset: str, epochs: int | None = None) -> None:
        """Open an example by its button, and set the number of epochs."""
        self.click(self.window.examples.buttons[preset])
        if epochs is not None:
            self.type_epochs(epochs)

    def metric(self, name: str) -> str:
        """Return what the bar shows under a name, such as `step`."""
        labels = self.window.transport.findChildren(QLabel)
        return next(label.text() for label in labels if label.accessibleName() == name)


OpenWindow = Callable[..., Pilot]


def _let_go() -> None:
    """Let Qt and Python free the windows: each round frees what the one before held."""
    for _round in range(2):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # type: ignore[arg-type]
        gc.collect()


@contextmanager
def opening_windows(qtbot: QtBot, home: Path) -> Iterator[OpenWindow]:
    """Yield a function that opens a window; at the end each is closed without a question."""
    theme.apply(theme.LIGHT)
    pilots: list[Pilot] = []

    def make(folder: Path = home) -> Pilot:
        settings = WindowSettings(folder)
        if settings.speed == "watch":
            settings.speed = None  # nobody watches
        window = MainWindow(folder, settings)
        pilot = Pilot(window, qtbot)
        pilots.append(pilot)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        # As a user does, who is not that fast.
        window.workspace.build_panels()
        return pilot

    yield make
    for pilot in pilots:
        pilot.window.close_unasked()
        pilot.window.wait_for_threads()
        pilot.window.deleteLater()
        # pytest holds the pilot until the end; what refers to a window must be freed before.
        vars(pilot).clear()
    if pilots:
        _let_go()


class DialogButtons:
    """Presses the next of its buttons in each dialog that opens, and keeps the questions."""

    def __init__(self, *buttons: QMessageBox.StandardButton) -> None:
        self._buttons = list(buttons)
        self.asked: list[str] = []
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(10)

    def _look(self) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            self.asked.append(box.text())
            button = self._buttons.pop(0)
            box.button(button).click()
        elif isinstance(box, QDialog):
            self.asked.append(box.windowTitle())
            box.reject()

    def stop(self) -> None:
        self._timer.stop()
        self._timer.deleteLater()
