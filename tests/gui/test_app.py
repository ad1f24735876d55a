"""The program as it is called: an image of the window, and a message where none can be made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from nnplay.experiment import open_file, preset, remove_layer, save
from nnplay.gui.style import theme


def nnplay(*args: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    return subprocess.run(
        [sys.executable, "-m", "nnplay", *map(str, args)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def assert_shows(out: Path, size: QSize, look: theme.Theme) -> None:
    """An image has the right size, the colours of its theme, and is not empty."""
    image = QImage(str(out))
    assert image.size() == size
    grid = [(x, y) for x in range(0, size.width(), 4) for y in range(0, size.height(), 4)]
    pixels = [image.pixelColor(x, y).name() for x, y in grid]
    assert len(set(pixels)) > 100
    assert pixels.count(look.surface) > len(pixels) / 10


def test_an_image_of_the_window_after_training(tmp_path: Path, nnplay_home: Path) -> None:
    out = tmp_path / "spiral.png"
    done = nnplay(
        "--screenshot", out, "--preset", "spiral", "--epochs", "5", "--size", "1280x720",
        "--theme", "dark",
    )  # fmt: skip
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")
    assert_shows(out, QSize(1280, 720), theme.DARK)
    # Nothing of the user's is touched.
    assert not (nnplay_home / "window.ini").exists()
    assert not (nnplay_home / "recent.json").exists()


@pytest.mark.slow
def test_a_file_of_its_own_is_trained_too(tmp_path: Path) -> None:
    path, out = tmp_path / "mine.json", tmp_path / "out.png"
    save(path, preset("linear-regression").experiment)
    done = nnplay(
        path, "--screenshot", out, "--epochs", "3", "--size", "1920x1080", "--theme", "light"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert_shows(out, QSize(1920, 1080), theme.LIGHT)


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (None, 2, "no preset called spirl. Did you mean spiral?"),
        ("{", 2, "broken.json could not be opened."),
        ("problem", 1, "Insert Flatten before it."),
    ],
    ids=["unknown preset", "broken file", "a problem"],
)
def test_a_file_that_cannot_be_opened_is_reported(
    content: str | None, status: int, words: str, tmp_path: Path
) -> None:
    out, path = tmp_path / "out.png", tmp_path / "broken.json"
    if content is None:
        done = nnplay("--preset", "spirl", "--screenshot", out)
    else:
        if content == "problem":
            save(path, remove_layer(preset("digits-offline").experiment, 0))
        else:
            path.write_text(content)
        done = nnplay(path, "--screenshot", out)
    assert done.returncode == status
    assert words in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert not out.exists()


@pytest.mark.slow
def test_an_image_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    out = tmp_path / "no" / "such.png"
    done = nnplay("--preset", "spiral", "--epochs", "1", "--screenshot", out)
    assert done.returncode == 1
    assert str(out) in done.stderr


def test_missing_data_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NNPLAY_DATA", raising=False)
    done = nnplay("--preset", "mnist-mlp", "--epochs", "1", "--screenshot", tmp_path / "out.png")
    assert done.returncode == 1
    assert "MNIST" in done.stderr
    assert "Traceback" not in done.stderr


STUMBLE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from nnplay.gui.app import run
from nnplay.gui.shell.options import WindowOptions
from nnplay.gui.window import MainWindow

app = QApplication([])

def stumble():
    QTimer.singleShot(0, look)
    raise ZeroDivisionError("one too few")

def look():
    (window,) = [w for w in app.topLevelWidgets() if isinstance(w, MainWindow)]
    print(window.notice.isVisible(), window.notice.text)
    window.close()

QTimer.singleShot(100, stumble)
raise SystemExit(run(WindowOptions(theme="dark")))
"""


def test_the_window_opens_survives_an_error_and_closes(nnplay_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUMBLE], capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True Unexpected error in nnplay: ZeroDivisionError")
    assert "one too few" in (nnplay_home / "nnplay.log").read_text()
    # It saves its position, and leaves no autosaved document.
    assert (nnplay_home / "window.ini").is_file()
    assert not list((nnplay_home / "autosave").glob("*"))


HOMELESS = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from nnplay.experiment import set_value
from nnplay.gui import app as module
from nnplay.gui.shell.options import WindowOptions
from nnplay.gui.window import MainWindow
from nnplay.session import Change
app = QApplication([])

def look():
    window = next(w for w in app.topLevelWidgets() if isinstance(w, MainWindow))
    experiment = window.document.experiment
    window.document.edit(Change(set_value(experiment, "epochs", 4321), "Change epochs"))
    window.autosaver.write()
    print(window.isVisible(), window.notice.text)
    assert window.files.save_to(sys.argv[1])
    window.close()

from pathlib import Path
sys.argv[1] = Path(sys.argv[1])
QTimer.singleShot(500, look)
sys.exit(module.run(WindowOptions()))
"""


@pytest.mark.parametrize("home", ["below a file", "cannot be written"])
def test_a_home_that_cannot_be_written_opens_a_window_that_says_so(
    home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    # Nobody, not even root, creates files in /proc.
    folder = tmp_path / "file" / "home" if home == "below a file" else Path("/proc/self")
    monkeypatch.setenv("NNPLAY_HOME", str(folder))
    done = subprocess.run(
        [sys.executable, "-c", HOMELESS, tmp_path / "mine.json"],
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    shown, _space, message = done.stdout.partition(" ")
    assert shown == "True"
    assert "cannot be kept" in message and str(folder) in message and "NNPLAY_HOME" in message
    assert open_file(tmp_path / "mine.json").epochs == 4321
