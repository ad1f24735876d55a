"""The setup of every test: no screen, no home folder, and a check for leftovers."""

import gc
import itertools
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

# Before the first QApplication. A run under xvfb may choose xcb instead.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import shiboken6
from hypothesis import settings
from PySide6 import QtCore, QtWidgets

# The same commit gives the same verdict, and a busy machine is not a failing test.
settings.register_profile("nnplay", deadline=None, derandomize=True)
settings.load_profile("nnplay")

REPO = Path(__file__).parent.parent
# Objects being destroyed get this long, on a machine that may be busy.
GRACE_S = float(os.environ.get("NNPLAY_TEST_GRACE", "10"))


def pytest_configure(config: pytest.Config) -> None:
    """Compile the kernels where their sources have changed, once for all workers."""
    builder = REPO / "nnplay" / "engine" / "kernels" / "build.py"
    if hasattr(config, "workerinput") or not builder.exists():
        return
    done = subprocess.run([sys.executable, builder], capture_output=True, text=True, check=False)
    if done.returncode:
        raise pytest.UsageError(done.stderr)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Exempt what importing made from garbage collection.

    Tests with windows collect explicitly, and torch, Qt and thousands of test items would make each
    collection take longer than most of these tests.
    """
    gc.collect()
    gc.freeze()


# ----------------------------------------------------------- where Qt objects were made

_born: "weakref.WeakKeyDictionary[Any, str]" = weakref.WeakKeyDictionary()


def _remember_births(kind: Any) -> None:
    plain = kind.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        plain(self, *args, **kwargs)
        _born[self] = _creator(self, sys._getframe(1))

    kind.__init__ = init


def _creator(made: Any, frame: FrameType) -> str:
    # super().__init__() of a subclass is not the place of interest: the line that made it is.
    while frame.f_back and frame.f_code.co_name == "__init__" and _first_argument(frame) is made:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _first_argument(frame: FrameType) -> Any:
    names = frame.f_code.co_varnames
    return frame.f_locals.get(names[0]) if names else None


_remember_births(QtCore.QThread)
_remember_births(QtCore.QTimer)
for _name in dir(QtWidgets):
    _kind = getattr(QtWidgets, _name)
    if isinstance(_kind, type) and issubclass(_kind, QtWidgets.QWidget):
        _remember_births(_kind)

# ------------------------------------------------------------------- what a test left


def _running_qthreads() -> list[Any]:
    return [
        thread
        for thread in list(_born)
        if isinstance(thread, QtCore.QThread) and shiboken6.isValid(thread) and thread.isRunning()
    ]


def _active_timers() -> list[Any]:
    return [
        timer
        for timer in list(_born)
        if isinstance(timer, QtCore.QTimer) and shiboken6.isValid(timer) and timer.isActive()
    ]


def _windows() -> list[Any]:
    if not isinstance(QtCore.QCoreApplication.instance(), QtWidgets.QApplication):
        return []
    return [
        widget
        for widget in QtWidgets.QApplication.topLevelWidgets()
        # A window with a parent goes when its parent goes, and the parent is listed already.
        if shiboken6.isValid(widget)
        and widget.parent() is None
        # Qt keeps one tool tip for the whole application, and frees it with the application.
        and widget.metaObject().className() != "QTipLabel"
    ]


def _python_threads() -> list[Any]:
    return [thread for thread in threading.enumerate() if not _is_tolerated(thread)]


def _is_tolerated(thread: threading.Thread) -> bool:
    # A thread that Python did not start (QThread, OpenMP, autograd) gets such a stand-in when it
    # first runs Python code, and Python 3.11 keeps the stand-in after the thread has ended.
    if isinstance(thread, threading._DummyThread):
        return True
    # One daemon per process, started by the first progress bar, which only watches the clock.
    if type(thread).__module__ == "tqdm._monitor":
        return True
    # torch starts these daemons once per process, on the first compilation, and reuses them.
    if thread.daemon and type(thread).__module__.startswith("torch."):
        return True
    # pytest's own clock, where it cannot use a signal.
    return thread.name.startswith("pytest_timeout")


def _describe(left: Any) -> str:
    if isinstance(left, threading.Thread):
        target = getattr(left, "_target", None) or left.run
        code = getattr(target, "__code__", None)
        place = f", runs {code.co_filename}:{code.co_firstlineno}" if code else ""
        return f"{type(left).__name__} {left.name!r}{place}"
    name = f" {left.objectName()!r}" if left.objectName() else ""
    return f"{type(left).__name__}{name}, made at {_born.get(left, 'an unknown place, by Qt')}"


LOOKS: dict[str, Callable[[], list[Any]]] = {
    "a QThread that still runs (stop it and wait for it)": _running_qthreads,
    "a QTimer that is still active (stop it, or give it a parent that goes)": _active_timers,
    "a window (close it, or hand it to qtbot.addWidget)": _windows,
    "a Python thread that still runs (stop it and join it)": _python_threads,
}


def _leftovers(before: dict[str, set[int]]) -> dict[str, list[Any]]:
    return {
        what: left
        for what, look in LOOKS.items()
        if (left := [found for found in look() if id(found) not in before[what]])
    }


def _let_go() -> None:
    """Let Qt and Python free unreferenced objects."""
    gc.collect()
    if QtCore.QCoreApplication.instance() is not None:
        QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete.value)
        QtCore.QCoreApplication.processEvents()


@pytest.fixture(autouse=True)
def _leaves_nothing_behind() -> Iterator[None]:
    """Fail a test that leaves threads, active timers or windows for the tests after it."""
    # The objects are kept, not only their ids, so that no new object can reuse an id.
    kept = {what: look() for what, look in LOOKS.items()}
    before = {what: {id(found) for found in found_now} for what, found_now in kept.items()}
    yield
    left = _leftovers(before)
    end = time.monotonic() + GRACE_S
    while left and time.monotonic() < end:
        # Only now, as collecting takes long once torch is loaded and most tests leave nothing.
        left.clear()
        _let_go()
        left = _leftovers(before)
        if left:
            time.sleep(0.02)
    if left:
        lines = [f"{what}: {_describe(one)}" for what, ones in left.items() for one in ones]
        pytest.fail("the test left behind\n  " + "\n  ".join(lines), pytrace=False)


# ------------------------------------------------------------------------ surroundings


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    # mktemp lists its parent for each new folder, which takes long after some thousands.
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def nnplay_home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the settings, caches and runs of a test in its own folder, and return it."""
    home = next(_homes)
    home.mkdir()
    monkeypatch.setenv("NNPLAY_HOME", str(home))
    # Data sets too: a test that wants the real MNIST asks for `mnist_dir` and says so.
    monkeypatch.setenv("NNPLAY_DATA", str(home / "data"))
    return home


@pytest.fixture(scope="session")
def mnist_dir() -> Path:
    """Return the folder with the four MNIST files, from NNPLAY_DATA or from beside the checkout."""
    given = os.environ.get("NNPLAY_DATA")
    folder = (Path(given) if given else REPO.parent / "shared" / "data") / "mnist"
    if not (folder / "train-images-idx3-ubyte.gz").is_file():
        pytest.skip(f"needs the MNIST files: none in {folder}, name their parent in NNPLAY_DATA")
    return folder
