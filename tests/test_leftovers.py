"""The check in conftest finds leftovers of tests, and accepts all other tests."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

LEAKY = """
import threading
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QMainWindow
import pyqtgraph

kept = []

class Window(QMainWindow):
    def __init__(self):
        super().__init__()
        self.setObjectName("forgotten")

class Worker(QThread):
    def run(self):
        while not self.isInterruptionRequested():
            self.msleep(5)

def test_window(qapp):
    kept.append(Window())

def test_timer(qapp):
    timer = QTimer()
    timer.start(1000)
    kept.append(timer)

def test_qthread(qapp):
    kept.append(Worker())
    kept[-1].start()

def test_thread():
    stop = threading.Event()
    kept.append(stop)
    threading.Thread(target=stop.wait, name="forgotten thread").start()

def test_qt_warning(qapp):
    from PySide6.QtCore import qWarning
    qWarning("something is odd")

def test_tidy(qtbot):
    qtbot.addWidget(Window())
    plot = pyqtgraph.PlotWidget()
    plot.plot([1, 2, 3])
    qtbot.addWidget(plot)
    with qtbot.waitExposed(plot):
        plot.show()
    worker = Worker()
    worker.start()
    worker.requestInterruption()
    assert worker.wait(2000)

def test_ends():
    for one in kept:
        if isinstance(one, QThread):
            one.requestInterruption()
            one.wait()
        if isinstance(one, threading.Event):
            one.set()
"""


def test_leftovers_of_tests_are_found(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_TEST_GRACE", "0.5")
    repo = Path(__file__).parent.parent
    pytester.makeconftest((repo / "tests" / "conftest.py").read_text())
    pytester.makepyfile(test_leaky=LEAKY)
    (pytester.path / "pyproject.toml").write_text((repo / "pyproject.toml").read_text())
    # In a process of its own: the leftovers are real.
    result = pytester.runpytest_subprocess("test_leaky.py", "-p", "no:xdist")
    # test_qt_warning fails in its call, the leaks are errors of the teardown after a passed call.
    result.assert_outcomes(passed=6, failed=1, errors=4)
    said = result.stdout.str()
    assert "Window 'forgotten', made at" in said
    assert (
        f"test_leaky.py:{1 + LEAKY.strip().splitlines().index('    kept.append(Window())')}" in said
    )
    assert "QTimer, made at" in said
    assert "Worker, made at" in said
    assert "'forgotten thread'" in said
    assert "something is odd" in said
